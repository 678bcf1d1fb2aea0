// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>

#include <array>
#include <string>

namespace confgraph::core {

/// The folders of one kind of entry. Paths are as configured; they need not be absolute.
struct Folders {
    std::string available;
    std::string enabled;
    std::string markers;  ///< STATE/module, STATE/conf or STATE/site

    friend bool operator==(const Folders &, const Folders &) = default;
};

struct Layout {
    std::string config;
    std::string state;
    std::string instance;
    std::string server;         ///< the server's binary
    std::string envvars;        ///< the file that sets variables for the server; shell
    std::string module_folder;  ///< ends in '/'
    std::array<Folders, 3> folders;

    [[nodiscard]] const Folders & of(Kind kind) const { return folders[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Folders & of(Kind kind) { return folders[static_cast<std::size_t>(kind)]; }

    friend bool operator==(const Layout &, const Layout &) = default;
};

}  // namespace confgraph::core

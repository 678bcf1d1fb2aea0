// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>
#include <confgraph/layout.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace confgraph::core {

/// How an entry of a kind is enabled.
enum class Mechanism : std::uint8_t {
    LINKS,   ///< a link in the enabled folder points to the file in the available folder
    LINES,   ///< a LoadModule line in a file of the enabled folder is active; else it is a comment
    WORDS,   ///< the name is a word of a variable in a file of the enabled folder
    SUFFIX,  ///< the file in the enabled folder, which is the available folder too, has the name NAME.conf
    NONE,    ///< there is nothing of this kind in the layout
};

/// The folders of one kind of entry. Paths are as configured; they need not be absolute.
struct Folders {
    std::string available;
    std::string enabled;
    std::string markers;  ///< STATE/module, STATE/conf or STATE/site
    Mechanism mechanism = Mechanism::LINKS;
    std::string file{};  ///< WORDS: the name of the file in the enabled folder
    /// ALT: the folder of lists that say what is to be enabled whenever packages are installed or removed.
    std::string start_lists{};

    friend bool operator==(const Folders &, const Folders &) = default;
};

/// See confgraph::LayoutOptions.
struct LayoutOptions {
    std::string instance{};
    std::string root{};
    std::optional<LayoutName> name{};
    bool environment = true;  ///< variables of this process's environment play a part
};

struct Layout {
    LayoutName name = LayoutName::DEBIAN;
    std::string root;  ///< the paths below are those of a system that lies here; empty for this one
    std::string config;
    std::string state;
    /// Where the original tools keep the markers of every instance, where this one has a folder of its own: an entry
    /// without any marker there is looked up here.
    std::string shared_state{};
    std::string instance;
    std::string server;  ///< the server's binary
    /// What the paths of servers begin with that have an MPM each, its name following: "/usr/sbin/httpd-". Empty where
    /// MPMs are modules.
    std::string mpm_servers{};
    std::string envvars;        ///< the file that sets variables for the server; shell
    std::string module_folder;  ///< ends in '/'
    std::array<Folders, 3> folders;

    [[nodiscard]] const Folders & of(Kind kind) const { return folders[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Folders & of(Kind kind) { return folders[static_cast<std::size_t>(kind)]; }

    friend bool operator==(const Layout &, const Layout &) = default;
};

}  // namespace confgraph::core

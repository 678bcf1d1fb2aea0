// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>
#include <confgraph/export.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package {

namespace core {
struct Headers;
}

/// The server's development headers.
class CONFGRAPH_API Headers {
public:
    explicit Headers(std::shared_ptr<const core::Headers> impl);

    /// Reads ap_mmn.h in a folder. Fails with CANNOT_READ, NOT_A_FILE, TOO_LARGE or NO_MMN.
    static Result<Headers> read(const std::string & folder);
    /// Reads the first ap_mmn.h in the folders where distributions have it.
    static Result<Headers> read_installed();
    /// Those folders, in the order in which they are looked at.
    static const std::vector<std::string> & usual_folders();

    /// The file that was read.
    [[nodiscard]] const std::string & path() const;
    [[nodiscard]] int mmn_major() const;
    [[nodiscard]] int mmn_minor() const;

private:
    std::shared_ptr<const core::Headers> impl_;
};

}  // namespace confgraph::package

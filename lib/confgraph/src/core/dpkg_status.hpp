// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

struct DpkgPackage {
    std::string state;
    std::string provides;

    [[nodiscard]] bool configured() const;
};

/// Finds a package in the text of dpkg's status file, or of one of the updates to it. Of one that is there for several
/// architectures, the configured one, else the last.
std::optional<DpkgPackage> find_package(std::string_view status, std::string_view package);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/plan.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::test {

/// Debian's layout below /etc/apache2 and /var/lib/apache2.
core::Layout debian_layout();

/// A catalog made by hand: what a scan would have read. References stand on lines 1, 2, 3... of their files.
class CatalogMaker {
public:
    CatalogMaker();

    using Names = std::vector<std::string>;

    /// A module that is available.
    core::Entry & module(const std::string & name, const Names & depends = {}, const Names & conflicts = {});
    /// A module that is available and enabled.
    core::Entry & enabled(const std::string & name, const Names & depends = {}, const Names & conflicts = {});
    /// A conf or site that is available.
    core::Entry & entry(Kind kind, const std::string & name, const Names & depends = {});

    core::Catalog catalog;
};

/// Requests as the tools make them.
core::Request enable(std::vector<std::string> names, Kind kind = Kind::MODULE);
core::Request disable(std::vector<std::string> names, Kind kind = Kind::MODULE);
core::Request switch_to(std::vector<std::string> names);

// What plans hold, as lines: "ENABLING a", "CREATE_LINK /etc/... -> ../...", "a CHANGES".
std::vector<std::string> notice_lines(const core::Plan & plan);
std::vector<std::string> step_lines(const core::Plan & plan);
std::vector<std::string> operation_lines(const core::Plan & plan);
std::vector<std::string> unit_lines(const core::Plan & plan);

}  // namespace confgraph::test

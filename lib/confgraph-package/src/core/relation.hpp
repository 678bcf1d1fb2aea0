// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

struct Relation {
    std::string name;
    std::string relation{};
    std::string version{};
    bool alternative = false;

    friend bool operator==(const Relation &, const Relation &) = default;
};

/// Reads a list of dependencies or provides in Debian's way: "a (>= 1) | b, c [amd64]".
std::vector<Relation> parse_relations(std::string_view list);

/// As it is written: "httpd-mmn = 20120211x8664", in a .deb "a (>= 1)".
std::string text_of(const Relation & relation, bool deb);

}  // namespace confgraph::package::core

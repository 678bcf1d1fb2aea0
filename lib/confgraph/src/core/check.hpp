// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/location.hpp"

#include <confgraph/check.hpp>

#include <string>
#include <vector>

namespace confgraph::core {

struct Finding {
    FindingCode code{};
    Kind kind{};
    std::string subject;
    std::string object;
    std::string path;
    std::string text;
    std::vector<std::string> names;
    std::vector<Location> where;
    DiagnosticCode diagnostic{};

    friend bool operator==(const Finding &, const Finding &) = default;
};

/// One way in which an enabled entry needs a module: from the entry that needs it down to the module.
struct Chain {
    Kind kind{};  ///< of the first of names; the others are modules
    std::vector<std::string> names;
    std::vector<Location> where;  ///< one for each step: where names[i] declares that it depends on names[i + 1]

    friend bool operator==(const Chain &, const Chain &) = default;
};

/// Everything wrong with the enabled set of a catalog that holds all of it.
std::vector<Finding> check(const Catalog & catalog);

/// For each enabled entry that needs a module, the shortest chain; sorted by length, then by name.
std::vector<Chain> why(const Catalog & catalog, std::string_view module);

}  // namespace confgraph::core

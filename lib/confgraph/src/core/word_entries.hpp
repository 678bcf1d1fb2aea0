// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/line_entries.hpp"

#include <map>
#include <string>
#include <vector>

namespace confgraph::core {

/// What makes up the modules of a layout that lists their names in a variable.
struct WordFolder {
    /// The file of the variables, and what it says.
    std::string path{};
    std::string text{};
    /// The path of each module's binary, by the name of its entry.
    std::map<std::string, std::string, std::less<>> binaries{};
    /// The MPMs that there are servers for: "prefork"; in the order in which the distribution looks for one.
    std::vector<std::string> mpms{};
};

/// Makes entries of all words, of all binaries, and of the MPMs. Where a variable cannot be read with certainty, each
/// entry that depends on it has an obstacle.
void add_word_entries(Catalog & catalog, const WordFolder & folder, const HasBinary & has_binary,
                      const IsStatic & is_static);

}  // namespace confgraph::core

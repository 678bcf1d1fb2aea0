// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/line_entries.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
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

/// The MPM whose server is started, as the file of the variables says: where that cannot be read with certainty, the
/// one that it probably says, or an empty name. Nothing where none is chosen: then it is the first one that there is a
/// server for.
std::optional<std::string> named_mpm(std::string_view text);

/// The same, out of those that there are servers for; empty where nothing tells.
std::string chosen_mpm(std::string_view text, const std::vector<std::string> & mpms);

/// Makes entries of all words, of all binaries, and of the MPMs. Where a variable cannot be read with certainty, each
/// entry that depends on it has an obstacle.
void add_word_entries(Catalog & catalog, const WordFolder & folder, const HasBinary & has_binary,
                      const IsStatic & is_static);

}  // namespace confgraph::core

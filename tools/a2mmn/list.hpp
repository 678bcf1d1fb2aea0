// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <optional>
#include <string>
#include <vector>

namespace a2mmn {

/// The lines of standard input. Says why when they cannot be read.
std::optional<std::vector<std::string>> read_list(tool::Output & output);

/// A file or a folder to work on.
struct Item {
    std::string path;
    bool listed = false;  ///< it comes from a list, which has whatever a package holds
};

/// The operands, lists replaced by what they name.
std::optional<std::vector<Item>> items(const std::vector<std::string> & paths, tool::Output & output);

}  // namespace a2mmn

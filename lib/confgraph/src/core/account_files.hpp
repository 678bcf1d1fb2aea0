// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

/// A line of a system's passwd or group file.
struct AccountLine {
    unsigned line = 0;       ///< counts from 1
    bool malformed = false;  ///< it has the name, and not what belongs to it
    std::uint32_t id = 0;
    std::uint32_t group = 0;  ///< of a user: the number of the own group
};

/// The first line of a name in a passwd file; nothing where there is none. Lines of others play no part, however broken
/// they are.
std::optional<AccountLine> find_user_line(std::string_view passwd, std::string_view name);

/// The same in a group file.
std::optional<AccountLine> find_group_line(std::string_view group, std::string_view name);

/// The name of the first group with a number in a group file, broken lines left out; empty where there is none.
std::string group_name(std::string_view group, std::uint32_t id);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/location.hpp"

#include <map>
#include <string>
#include <string_view>

namespace confgraph::core {

/// What ALT's lists say of an entry: whether it is to be enabled, and where they say so.
struct StartWish {
    bool enabled = false;
    Location where{};
    std::string line{};  ///< all that the line says
};

/// By the names of entries.
using StartWishes = std::map<std::string, StartWish, std::less<>>;

/// The line of a wish once it says the other value: every other byte stays.
std::string other_line(const StartWish & wish);

/// Takes in the lines NAME=yes and NAME=no of one list; what comes later counts. Other lines say nothing.
void add_start_list(StartWishes & wishes, const std::string & path, std::string_view text);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// What the name that a program is called by says: "a2dissite-web" disables sites of the instance "web".
struct CallName {
    confgraph::Action action;
    confgraph::Kind kind;
    std::string instance;
};

std::optional<CallName> parse_call_name(std::string_view name);

/// The name of the program that does something in an instance, fit to be printed: "a2dismod-web".
std::string call_name(confgraph::Action action, confgraph::Kind kind, std::string_view instance);

/// "enable", "disable" or "switch".
std::string_view action_word(confgraph::Action action);

/// "Module", "Conf" or "Site".
std::string_view title(confgraph::Kind kind);

}  // namespace tool

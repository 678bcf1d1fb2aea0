// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>
#include <confgraph/layout.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// What the name that a program is called by says: "a2dissite-web" disables sites of the instance "web".
struct CallName {
    confgraph::Action action;
    confgraph::Kind kind;
    std::string instance;
    /// The configuration that it and the options mean.
    confgraph::LayoutOptions place{};
    /// The layout of that configuration, once it is known.
    std::optional<confgraph::LayoutName> layout{};

    /// Whether it is one of the system that runs: else there are no services to tell of a change.
    [[nodiscard]] bool is_live() const { return place.root().empty(); }
};

std::optional<CallName> parse_call_name(std::string_view name);

/// The name of the program that does something in an instance, fit to be printed: "a2dismod-web".
std::string call_name(confgraph::Action action, confgraph::Kind kind, std::string_view instance);

/// A call of that program for the configuration that a call is about, fit to be printed: "a2dismod-web --root=DIR".
std::string command_for(const CallName & call, confgraph::Action action, confgraph::Kind kind);

/// "enable", "disable" or "switch".
std::string_view action_word(confgraph::Action action);

/// "Module", "Conf" or "Site".
std::string_view title(confgraph::Kind kind);

}  // namespace tool

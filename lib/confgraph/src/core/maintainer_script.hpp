// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>
#include <confgraph/maintainer_script.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

struct MaintainerScript {
    Script script{};
    std::string method;
    std::string argument;
};

/// What the policy asks of an entry.
struct Standing {
    bool linked = false;
    Actor enabled_by = Actor::NOBODY;
    Actor disabled_by = Actor::NOBODY;
};

std::string_view script_name(Script script);
std::optional<MaintainerScript> parse_maintainer_script(std::string_view words);
Decision decide(const MaintainerScript & script, Action action, const Standing & standing);
bool needs_action(const MaintainerScript & script, bool asked);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "common/call_name.hpp"

#include "common/command_line.hpp"

#include <confgraph/text.hpp>

#include <array>
#include <utility>

namespace tool {

using confgraph::Action;
using confgraph::Kind;

namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 3> KINDS = {
    {{"mod", Kind::MODULE}, {"conf", Kind::CONF}, {"site", Kind::SITE}}};

}  // namespace

std::optional<CallName> parse_call_name(std::string_view name) {
    for (const Action action : {Action::ENABLE, Action::DISABLE, Action::SWITCH}) {
        for (const auto & [end, kind] : KINDS) {
            const std::string plain = call_name(action, kind, {});
            if (name == plain) {
                return CallName{action, kind, {}};
            }
            if (name.starts_with(plain + "-") && name.size() > plain.size() + 1) {
                return CallName{action, kind, std::string(name.substr(plain.size() + 1))};
            }
        }
    }
    return std::nullopt;
}

std::string call_name(Action action, Kind kind, std::string_view instance) {
    std::string name;
    if (action == Action::SWITCH) {
        name = "a2mpm";
    } else {
        name = action == Action::ENABLE ? "a2en" : "a2dis";
        name += KINDS[static_cast<std::size_t>(kind)].first;
    }
    if (!instance.empty()) {
        name.append(1, '-').append(confgraph::escape(instance));
    }
    return name;
}

std::string command_for(const CallName & call, Action action, Kind kind) {
    return program_line(call_name(action, kind, {}), call.instance, call.place.root());
}

std::string_view action_word(Action action) {
    constexpr std::array<std::string_view, 3> WORDS = {"enable", "disable", "switch"};
    return WORDS[static_cast<std::size_t>(action)];
}

std::string_view title(Kind kind) {
    constexpr std::array<std::string_view, 3> TITLES = {"Module", "Conf", "Site"};
    return TITLES[static_cast<std::size_t>(kind)];
}

}  // namespace tool

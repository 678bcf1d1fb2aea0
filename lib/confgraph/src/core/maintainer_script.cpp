// SPDX-License-Identifier: Apache-2.0
#include "core/maintainer_script.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace confgraph::core {

namespace {

constexpr std::array<std::string_view, 4> SCRIPT_NAMES = {"preinst", "postinst", "prerm", "postrm"};

// The first arguments of all four scripts (Debian Policy, section 6.5), and of triggers (deb-triggers(5)).
constexpr std::array<std::string_view, 13> METHODS = {
    "install", "upgrade", "abort-upgrade", "configure", "deconfigure",    "abort-remove", "abort-deconfigure",
    "remove",  "purge",   "disappear",     "triggered", "failed-upgrade", "abort-install"};

std::string_view take_word(std::string_view & rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return word;
}

/// Whether the package goes, or can no longer be used.
bool goes(const MaintainerScript & script) {
    return script.method == "remove" || (script.script == Script::POSTRM && script.method == "purge") ||
           (script.script == Script::PRERM && script.method == "deconfigure");
}

Decision decide_enable(const MaintainerScript & script, const Standing & standing) {
    if (standing.linked) {
        return Decision::ENABLED;
    }
    if (standing.disabled_by != Actor::NOBODY) {
        return standing.disabled_by == Actor::ADMIN ? Decision::KEEP_DISABLED : Decision::ENABLE;
    }
    // A link that was removed by hand leaves the marker of who made it. In a first installation that tells of an
    // earlier life of the package.
    const bool removed_by_hand = standing.enabled_by != Actor::NOBODY;
    return removed_by_hand && !script.argument.empty() ? Decision::KEEP_DISABLED : Decision::ENABLE;
}

Decision decide_disable(const MaintainerScript & script, const Standing & standing) {
    if (script.script == Script::POSTRM && script.method == "purge") {
        const bool marked = standing.enabled_by != Actor::NOBODY || standing.disabled_by != Actor::NOBODY;
        return standing.linked ? Decision::PURGE : marked ? Decision::PURGE_STATE : Decision::NOT_ENABLED;
    }
    if (!standing.linked) {
        return Decision::NOT_ENABLED;
    }
    return goes(script) ? Decision::DISABLE : Decision::NOT_IN_UPGRADE;
}

}  // namespace

std::string_view script_name(Script script) { return SCRIPT_NAMES[static_cast<std::size_t>(script)]; }

std::optional<MaintainerScript> parse_maintainer_script(std::string_view words) {
    const auto script = std::find(SCRIPT_NAMES.begin(), SCRIPT_NAMES.end(), take_word(words));
    const auto method = std::find(METHODS.begin(), METHODS.end(), take_word(words));
    if (script == SCRIPT_NAMES.end() || method == METHODS.end()) {
        return std::nullopt;
    }
    const std::string_view argument = take_word(words);
    return MaintainerScript{static_cast<Script>(script - SCRIPT_NAMES.begin()), std::string(*method),
                            std::string(argument)};
}

Decision decide(const MaintainerScript & script, Action action, const Standing & standing) {
    switch (action) {
        case Action::ENABLE:
            return decide_enable(script, standing);
        case Action::DISABLE:
            return decide_disable(script, standing);
        case Action::SWITCH:
            break;
    }
    // A switch is asked for by a package that cannot do without it: only what the administrator said counts.
    return standing.linked                        ? Decision::ENABLED
           : standing.disabled_by == Actor::ADMIN ? Decision::KEEP_DISABLED
                                                  : Decision::ENABLE;
}

bool needs_action(const MaintainerScript & script, bool asked) {
    switch (script.script) {
        case Script::PREINST:
            break;
        case Script::POSTINST:
            return script.method == "configure" && (script.argument.empty() || asked);
        case Script::PRERM:
            return script.method == "remove" || script.method == "deconfigure" || script.method == "purge";
        case Script::POSTRM:
            return script.method == "remove" || script.method == "purge";
    }
    return false;
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/layout_settings.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

constexpr auto NPOS = std::string_view::npos;
constexpr std::array<std::string_view, 4> WORDS = {"debian", "fedora", "suse", "alt"};

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == NPOS ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes one setting in. Returns whether it makes sense.
bool take(LayoutSettings & settings, std::string_view line) {
    const auto equals = line.find('=');
    if (equals == NPOS) {
        return false;
    }
    const std::string_view name = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (value.empty() || value.find('\0') != NPOS) {
        return false;
    }
    if (name == "layout") {
        const bool fresh = !settings.name;
        settings.name = layout_from_word(value);
        return fresh && settings.name;
    }
    const bool known = std::any_of(LAYOUT_SETTINGS.begin(), LAYOUT_SETTINGS.end(),
                                   [&](const LayoutSetting & setting) { return setting.name == name; });
    return known && (name != "config" || value.starts_with('/')) && settings.values.emplace(name, value).second;
}

}  // namespace

LayoutSettings parse_layout_settings(std::string_view text) {
    LayoutSettings settings;
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::string_view setting = trimmed(line);
        if (!setting.empty() && !setting.starts_with('#') && !take(settings, setting)) {
            settings.bad_line = number;
            settings.bad_text = setting;
            break;
        }
    }
    return settings;
}

std::string_view layout_word(LayoutName name) { return WORDS[static_cast<std::size_t>(name)]; }

std::optional<LayoutName> layout_from_word(std::string_view word) {
    const auto * const found = std::find(WORDS.begin(), WORDS.end(), word);
    return found == WORDS.end() ? std::nullopt : std::optional(static_cast<LayoutName>(found - WORDS.begin()));
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/build_settings.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::package::core {

namespace {

constexpr std::string_view BLANKS = " \t\r\f\v";
// Those of a server refer to each other over three or four steps, and the longest list has some hundred names of files.
constexpr unsigned MAX_DEPTH = 20;
constexpr std::size_t MAX_VALUE_BYTES = 64UL * 1024;
constexpr unsigned MAX_REFERENCES = 10000;

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(BLANKS), text.size()));
    return text.substr(0, text.find_last_not_of(BLANKS) + 1);
}

/// The name in the reference that a text begins with, and how long that reference is; empty when it is none.
std::pair<std::string_view, std::size_t> reference(std::string_view text) {
    if (text.size() < 2 || (text[1] != '{' && text[1] != '(')) {
        return {};
    }
    const auto end = text.find(text[1] == '{' ? '}' : ')');
    if (end == std::string_view::npos) {
        return {};
    }
    return {text.substr(2, end - 2), end + 1};
}

}  // namespace

struct BuildSettings::Expansion {
    std::string text;
    unsigned references = 0;
};

BuildSettings BuildSettings::parse(std::string_view text) {
    BuildSettings settings;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto sign = line.find('=');
        if (sign == std::string_view::npos) {
            continue;
        }
        const std::string_view name = trimmed(line.substr(0, sign));
        if (!name.empty()) {
            settings.values_.insert_or_assign(std::string(name), std::string(trimmed(line.substr(sign + 1))));
        }
    }
    return settings;
}

std::optional<std::string> BuildSettings::value(std::string_view name) const {
    Expansion expansion;
    if (!values_.contains(name) || !append(name, 0, expansion)) {
        return std::nullopt;
    }
    return std::move(expansion.text);
}

bool BuildSettings::append(std::string_view name, unsigned depth, Expansion & expansion) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
        return true;
    }
    if (depth == MAX_DEPTH || ++expansion.references > MAX_REFERENCES) {
        return false;
    }
    std::string_view rest = found->second;
    while (!rest.empty()) {
        const std::string_view plain = rest.substr(0, rest.find('$'));
        expansion.text.append(plain);
        rest.remove_prefix(plain.size());
        if (const auto [other, length] = reference(rest); length != 0) {
            if (!append(other, depth + 1, expansion)) {
                return false;
            }
            rest.remove_prefix(length);
        } else if (!rest.empty()) {
            expansion.text.push_back('$');
            rest.remove_prefix(1);
        }
        if (expansion.text.size() > MAX_VALUE_BYTES) {
            return false;
        }
    }
    return true;
}

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#include "core/account_files.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

namespace confgraph::core {

namespace {

/// The fields of the first line that takes says yes to, with its number.
template <class Take>
std::optional<std::pair<unsigned, std::vector<std::string_view>>> find_line(std::string_view text, Take take) {
    for (unsigned number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view rest = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::vector<std::string_view> fields;
        while (fields.empty() || rest.data() != nullptr) {
            const auto colon = rest.find(':');
            fields.push_back(rest.substr(0, colon));
            rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
        }
        if (take(fields)) {
            return std::pair(number, std::move(fields));
        }
    }
    return std::nullopt;
}

/// A number as it stands; nothing for that which means none.
std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number != std::numeric_limits<std::uint32_t>::max() ? std::optional(number) : std::nullopt;
}

std::optional<std::uint32_t> number_at(const std::vector<std::string_view> & fields, std::size_t index) {
    return index < fields.size() ? number_of(fields[index]) : std::nullopt;
}

// Where the numbers stand, and how many fields there have to be: name, password, and so on.
constexpr std::size_t ID = 2;
constexpr std::size_t GROUP = 3;
constexpr std::size_t GROUP_FIELDS = 4;
constexpr std::size_t USER_FIELDS = 7;

}  // namespace

std::optional<AccountLine> find_user_line(std::string_view passwd, std::string_view name) {
    const auto found = find_line(passwd, [&](const auto & fields) { return fields.front() == name; });
    if (!found || name.empty()) {
        return std::nullopt;
    }
    const auto id = number_at(found->second, ID);
    const auto group = number_at(found->second, GROUP);
    const bool right = id && group && found->second.size() == USER_FIELDS;
    return AccountLine{.line = found->first, .malformed = !right, .id = id.value_or(0), .group = group.value_or(0)};
}

std::optional<AccountLine> find_group_line(std::string_view group, std::string_view name) {
    const auto found = find_line(group, [&](const auto & fields) { return fields.front() == name; });
    if (!found || name.empty()) {
        return std::nullopt;
    }
    const auto id = number_at(found->second, ID);
    const bool right = id && found->second.size() == GROUP_FIELDS;
    return AccountLine{.line = found->first, .malformed = !right, .id = id.value_or(0)};
}

std::string group_name(std::string_view group, std::uint32_t id) {
    const auto found = find_line(group, [&](const auto & fields) {
        return fields.size() == GROUP_FIELDS && !fields.front().empty() && number_of(fields[ID]) == id;
    });
    return found ? std::string(found->second.front()) : std::string();
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/start_lists.hpp"

#include "core/name.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view BLANKS = " \t\r";
    const auto begin = text.find_first_not_of(BLANKS);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(BLANKS) - begin + 1);
}

}  // namespace

std::string other_line(const StartWish & wish) {
    const std::string_view line = wish.line;
    const auto equals = line.find('=');
    const std::string_view value = trimmed(line.substr(equals + 1));
    const auto start = static_cast<std::size_t>(value.data() - line.data());
    std::string other(line.substr(0, start));
    return other.append(wish.enabled ? "no" : "yes").append(line.substr(start + value.size()));
}

void add_start_list(StartWishes & wishes, const std::string & path, std::string_view text) {
    for (unsigned number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) {
            continue;
        }
        const std::string_view name = trimmed(line.substr(0, equals));
        const std::string_view value = trimmed(line.substr(equals + 1));
        if ((value == "yes" || value == "no") && !name.starts_with('#') && check_name(name) == NameProblem::NONE) {
            wishes.insert_or_assign(std::string(name), StartWish{value == "yes", {path, number}, std::string(line)});
        }
    }
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/directive.hpp"

#include <algorithm>
#include <cstddef>

namespace confgraph::core {

namespace {

constexpr std::string_view BLANKS = " \t\r\n\f\v";

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(BLANKS);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(BLANKS) - first + 1);
}

bool is_blank(char byte) { return BLANKS.find(byte) != std::string_view::npos; }

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    const auto lower = [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

std::string take_argument(std::string_view & rest) {
    rest = trim(rest);
    if (rest.empty()) {
        return {};
    }
    std::string word;
    const char quote = rest.front();
    if (quote != '"' && quote != '\'') {
        const auto end = std::min(rest.find_first_of(BLANKS), rest.size());
        word = rest.substr(0, end);
        rest.remove_prefix(end);
        return word;
    }
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != quote; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == quote || rest[i + 1] == '\\')) {
            ++i;
        }
        word += rest[i];
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
    return word;
}

}  // namespace confgraph::core

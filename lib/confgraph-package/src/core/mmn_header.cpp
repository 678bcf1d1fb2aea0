// SPDX-License-Identifier: Apache-2.0
#include "core/mmn_header.hpp"

#include <algorithm>
#include <charconv>

namespace confgraph::package::core {

namespace {

constexpr std::string_view BLANKS = " \t\r\f\v";

std::string_view next_word(std::string_view & line) {
    line.remove_prefix(std::min(line.find_first_not_of(BLANKS), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(BLANKS));
    line.remove_prefix(word.size());
    return word;
}

/// The number that a line defines a name as.
std::optional<int> definition(std::string_view line, std::string_view name) {
    line.remove_prefix(std::min(line.find_first_not_of(BLANKS), line.size()));
    if (!line.starts_with('#')) {
        return std::nullopt;
    }
    line.remove_prefix(1);
    if (next_word(line) != "define" || next_word(line) != name) {
        return std::nullopt;
    }
    const std::string_view word = next_word(line);
    int number = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
    // A comment may follow at once.
    const bool whole = end.ptr == word.data() + word.size() || *end.ptr == '/';
    return end.ec == std::errc() && number >= 0 && whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<Headers> parse_mmn_header(std::string_view text) {
    std::optional<int> major;
    std::optional<int> minor;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (const auto number = definition(line, "MODULE_MAGIC_NUMBER_MAJOR")) {
            major = number;
        } else if (const auto other = definition(line, "MODULE_MAGIC_NUMBER_MINOR")) {
            minor = other;
        }
    }
    if (!major || *major == 0 || !minor) {
        return std::nullopt;
    }
    return Headers{{}, *major, *minor};
}

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#include "core/mmn_header.hpp"

#include <algorithm>
#include <charconv>

namespace confgraph::package::core {

namespace {

constexpr std::string_view BLANKS = " \t\r\f\v";
constexpr std::string_view DIGITS = "0123456789";
constexpr std::string_view VERSION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._+~-";
constexpr std::size_t MAX_NOTE_BYTES = 100;

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

std::string MmnNote::rpm_isa() const { return text.substr(std::min(text.find_first_not_of(DIGITS), text.size())); }

std::optional<MmnNote> parse_mmn_note(std::string_view text) {
    constexpr std::string_view BETWEEN_WORDS = " \t\r\n\f\v";
    text.remove_prefix(std::min(text.find_first_not_of(BETWEEN_WORDS), text.size()));
    text = text.substr(0, text.find_last_not_of(BETWEEN_WORDS) + 1);
    const auto major = parse_mmn(text.substr(0, text.find_first_not_of(DIGITS)));
    // What follows goes into a dependency, so that it has to be a version there.
    if (!major || text.size() > MAX_NOTE_BYTES || text.find_first_not_of(VERSION) != std::string_view::npos) {
        return std::nullopt;
    }
    return MmnNote{std::string(text), *major};
}

std::optional<int> parse_mmn(std::string_view text) {
    int number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = end.ptr == text.data() + text.size();
    return end.ec == std::errc() && whole && number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace confgraph::package::core

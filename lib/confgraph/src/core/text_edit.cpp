// SPDX-License-Identifier: Apache-2.0
#include "core/text_edit.hpp"

#include "core/sysconfig.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

/// A part of a text.
struct Span {
    std::size_t start = 0;
    std::size_t size = 0;

    [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(start, size); }
};

std::string replaced(std::string_view text, const Span & span, std::string_view by) {
    std::string result;
    result.reserve(text.size() - span.size + by.size());
    return result.append(text.substr(0, span.start)).append(by).append(text.substr(span.start + span.size));
}

/// A line without what ends it.
std::optional<Span> find_line(std::string_view text, unsigned line) {
    if (line == 0) {
        return std::nullopt;
    }
    std::size_t start = 0;
    for (; line > 1; --line) {
        const auto end = text.find('\n', start);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        start = end + 1;
    }
    const auto end = std::min(text.find('\n', start), text.size());
    // Nothing follows the last end of a line.
    if (start == text.size()) {
        return std::nullopt;
    }
    const bool carriage_return = end > start && text[end - 1] == '\r';
    return Span{start, end - start - (carriage_return ? 1 : 0)};
}

bool is_name_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/// Whether a byte means nothing but itself to a shell, quoted or not.
bool is_word_byte(char byte) {
    constexpr std::string_view OTHERS = "_-.+:,@%/=";
    return is_name_byte(byte) || OTHERS.find(byte) != std::string_view::npos;
}

bool is_word(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_word_byte); }

/// The variable that a line assigns.
std::string_view assigned_variable(std::string_view line) {
    const auto end = std::min(line.find('='), line.size());
    auto start = end;
    while (start > 0 && is_name_byte(line[start - 1])) {
        --start;
    }
    return line.substr(start, end - start);
}

/// A text with a line changed by one of the functions that change a word; nothing where that changes nothing.
std::optional<std::string> change_word(std::string_view text, unsigned line, std::string_view word,
                                       std::string (*change)(std::string_view, std::string_view, std::string_view)) {
    const auto found = find_line(text, line);
    if (!found || !is_word(word)) {
        return std::nullopt;
    }
    const std::string_view before = found->of(text);
    const std::string after = change(before, assigned_variable(before), word);
    return after == before ? std::nullopt : std::optional(replaced(text, *found, after));
}

}  // namespace

std::optional<std::string> edit_line(std::string_view text, unsigned line, std::string_view before,
                                     std::string_view after) {
    const auto found = find_line(text, line);
    if (!found || after.find('\n') != std::string_view::npos) {
        return std::nullopt;
    }
    Span span = *found;
    // Who takes the carriage return for a part of the line may do so.
    if (span.of(text) != before && text.substr(span.start, span.size + 1) == before && before.ends_with('\r')) {
        ++span.size;
    }
    return span.of(text) == before ? std::optional(replaced(text, span, after)) : std::nullopt;
}

std::optional<std::string> add_word(std::string_view text, unsigned line, std::string_view word) {
    return change_word(text, line, word, with_word);
}

std::optional<std::string> remove_word(std::string_view text, unsigned line, std::string_view word) {
    return change_word(text, line, word, without_word);
}

}  // namespace confgraph::core

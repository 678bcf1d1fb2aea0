// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

/// How large a file can be that is edited, in bytes, and what becomes of it. Journals have whole files in them.
constexpr std::size_t MAX_TEXT_BYTES = 1024UL * 1024;

/// A text whose line, counted from one, says something else than before. What ends the line stays. Nothing where that
/// line does not say what it should, or would be more than one line.
std::optional<std::string> edit_line(std::string_view text, unsigned line, std::string_view before,
                                     std::string_view after);

/// A text in which the variable that is assigned in a line has one word more, behind its last one: with_word(). Nothing
/// where the line is no plain assignment, the word would not be one, or is there already.
std::optional<std::string> add_word(std::string_view text, unsigned line, std::string_view word);

/// A text in which the variable that is assigned in a line has not got a word any more, however often it had it.
/// Nothing where it has not, or where add_word() gives nothing.
std::optional<std::string> remove_word(std::string_view text, unsigned line, std::string_view word);

}  // namespace confgraph::core

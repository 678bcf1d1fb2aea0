// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tool {

// What is known of the terminal on standard output (1) or standard error (2), if one is there. Each descriptor is asked
// once, and not at all unless the answer matters.

bool is_terminal(int descriptor);

/// Whether it shows colours, and is to: never with NO_COLOR, nor where TERM says that it cannot.
bool has_colours(int descriptor);

/// Its columns, or what COLUMNS says; 80 where neither is known. Nothing narrower than a word is any use: for text
/// there are never less than 40.
std::size_t columns(int descriptor);

/// The same, however few there are.
std::size_t real_columns(int descriptor);

enum class Colour { RED, YELLOW, GREEN, CYAN };

/// A text in a colour where there are colours, else as it is.
std::string coloured(int descriptor, Colour colour, std::string_view text);

/// How many columns a text takes: most characters one, those of East Asia two, combining ones none. The process is in
/// the locale C, whose functions know nothing of that.
std::size_t width_of(std::string_view text);

/// The beginning of a text, as many whole characters as fit into that many columns.
std::string cut(std::string_view text, std::size_t width);

/// A text broken between words so that no line is wider than that; lines after the first begin with so many blanks.
/// What is before the text on the first line takes "used" columns. A width of 0 breaks nothing.
std::string filled(std::string_view text, std::size_t width, std::size_t indent, std::size_t used);

}  // namespace tool

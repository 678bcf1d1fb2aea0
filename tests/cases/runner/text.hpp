// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::cases {

/// The words of a line, separated by blanks.
std::vector<std::string> split(std::string_view line);

/// Replaces \xNN by the byte, \n by a newline and \\ by a backslash. A word of two quotation marks is empty.
std::string decode(std::string_view word);

/// The other way round, so that any text is one word.
std::string encode(std::string_view text);

/// The lines that two texts share or not, as diff -u shows them, with all of what they share.
std::string difference(const std::vector<std::string> & expected, const std::vector<std::string> & actual);

}  // namespace confgraph::cases

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace confgraph::core {

// How httpd takes the lines of its configuration apart.

/// A text without blanks at its ends.
std::string_view trim(std::string_view text);

/// Whether a character separates words.
bool is_blank(char byte);

/// Whether two words are the same to httpd.
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// Takes the next argument of a directive off the front of rest, the way httpd does: blanks separate, single or double
/// quotes hold blanks together, a backslash inside quotes takes the quote character literally.
std::string take_argument(std::string_view & rest);

}  // namespace confgraph::core

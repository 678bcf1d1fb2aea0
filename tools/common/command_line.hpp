// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tool {

// Commands as they are shown, to be copied into a shell: no name of a file may be more than a word there.

/// A word of a command line, in quotes where a shell would see more in it than itself.
std::string shell_word(std::string_view text);

/// Words of a command line, with blanks between them.
std::string shell_words(const std::vector<std::string> & texts);

/// The call of one of our programs for an instance and a root, either of which may be empty: "a2dismod-NAME
/// --root=DIR".
std::string program_line(std::string_view program, std::string_view instance, std::string_view root);

}  // namespace tool

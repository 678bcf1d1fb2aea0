// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// Why the value of a variable cannot be read, or edited, with certainty.
enum class SysconfigProblem : std::uint8_t {
    NONE,
    NOT_ASSIGNED,    ///< no line assigns it
    ASSIGNED_TWICE,  ///< two lines assign it; the line is the second one
    APPENDED,        ///< NAME+=
    EXPANSION,       ///< the value holds $, a backquote or a backslash
    SEVERAL_LINES,   ///< the value goes on after the end of its line
    SEVERAL_PARTS,   ///< the value is made of parts that are quoted differently
    NOT_ASSIGNMENTS  ///< a line of the file is a command; what it does to the variable is not known
};

/// What a problem is, to be put after the variable's name: "is assigned twice".
std::string_view problem_text(SysconfigProblem problem);

/// A word of a value, and where in the file it begins.
struct SysconfigWord {
    std::string_view text;
    std::size_t offset = 0;

    [[nodiscard]] std::size_t end() const { return offset + text.size(); }
};

/// What a file of shell assignments gives a variable. Views are of the file's text.
struct SysconfigValue {
    SysconfigProblem problem = SysconfigProblem::NONE;
    unsigned line = 0;      ///< of the assignment, or of what is in the way; 0 where there is no such line
    std::string_view text;  ///< without its quotes
    std::size_t offset = 0;
    char quote = '\0';  ///< the quote around it, if there is one
    std::vector<SysconfigWord> words;

    [[nodiscard]] explicit operator bool() const { return problem == SysconfigProblem::NONE; }
};

/// Looks a variable up in a file such as those of /etc/sysconfig: a shell script of nothing but assignments. Anything
/// else in it could change the variable, too, so that it makes the answer a problem.
SysconfigValue find_value(std::string_view file, std::string_view variable);

/// What the words of a variable probably are, where find_value has a problem: those that are written there, expansions
/// left out.
std::vector<std::string> likely_words(std::string_view file, std::string_view variable);

/// The text of the file once a word is the last one of a variable's value. Quotes come around a value that has none and
/// would be two words; every other byte stays. A file that has the word already, or cannot be edited, stays altogether.
std::string with_word(std::string_view file, std::string_view variable, std::string_view word);

/// The text of the file once no word of a variable's value is this one: with_word undone.
std::string without_word(std::string_view file, std::string_view variable, std::string_view word);

/// The line of an assignment, without its end, once the value is another one, whose characters need no quotes. The
/// quotes stay. The value is one that was found in the file.
std::string line_with_value(std::string_view file, const SysconfigValue & value, std::string_view replacement);

}  // namespace confgraph::core

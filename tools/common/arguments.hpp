// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// The options of a program, for what Getopt::Long and Getopt::Std do and CLI11 does not.
struct OptionNames {
    std::string_view short_flags;
    std::string_view short_values;  ///< short options that take a value
    std::vector<std::string_view> long_flags;
    std::vector<std::string_view> long_values;
};

struct Arguments {
    /// The arguments after the program's name, long options written out.
    std::vector<std::string> words;
    /// What is wrong with the options, in the words of Perl's modules.
    std::vector<std::string> errors;
};

/// Writes out long options that are abbreviated without doubt, whatever their case, and finds the unknown ones. What
/// follows "--" stays as it is.
Arguments complete_options(int argc, const char * const * argv, const OptionNames & options);

/// The last part of the path a program was called by.
std::string_view base_name(std::string_view path);

}  // namespace tool

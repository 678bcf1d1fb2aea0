// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// Runs a program found through PATH, its standard streams those of this process, or its standard output the standard
/// error of this process. Returns its exit status; 128 and the
/// signal's number when one ended it; nothing when it could not be started.
std::optional<int> run(const std::vector<std::string> & arguments, bool output_to_stderr);

/// Runs a program whose standard streams lead nowhere.
std::optional<int> run_silently(const std::vector<std::string> & arguments);

/// Runs a program with a text as its standard input and gives what it writes to its standard output; nothing when it
/// could not be started or failed.
std::optional<std::string> filter(const std::vector<std::string> & arguments, std::string_view input);

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// Sources a text by /bin/sh in an empty environment, as the library does with an envvars file, and gives the variables
/// that it exports; nothing when the shell fails.
///
/// The text comes from a fuzzer: the shell gets an empty folder, a second of time, no right to write a byte to a file
/// and, when this process is root's, the rights of nobody.
std::optional<std::map<std::string, std::string>> evaluate_confined(std::string_view text);

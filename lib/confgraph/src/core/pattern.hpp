// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// Whether an argument has any of the characters that make a shell pattern: * ? [ or braces.
bool is_pattern(std::string_view text);

/// What the braces of a pattern stand for: "{a,b}*" gives "a*" and "b*". Without braces, the pattern itself.
/// Expands to at most MAX_ALTERNATIVES patterns; what goes beyond is left out.
std::vector<std::string> expand_braces(std::string_view pattern);
constexpr std::size_t MAX_ALTERNATIVES = 4096;

/// Whether a name matches a pattern of * ? [...] [!...] and backslash, by bytes; a leading dot must be matched by a
/// dot.
bool matches(std::string_view pattern, std::string_view name);

/// A pattern without wildcards as the name it stands for, its backslashes taken away; empty when it has wildcards.
std::string literal(std::string_view pattern);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>

#include <string_view>

namespace confgraph::core {

/// What is wrong with a name given as an argument or in a magic comment.
enum class NameProblem { NONE, EMPTY, HAS_SLASH, HAS_CONTROL, LEADING_DASH, DOTS, TOO_LONG };

/// Whether a text can be the name of an entry. A name becomes part of a path, so this is what keeps every path inside
/// the folders of the configuration.
NameProblem check_name(std::string_view name);

/// A name without the suffix of its kind's files, if it ends in it.
std::string_view strip_suffix(Kind kind, std::string_view name);

/// A name as a2query understands it: without a leading "mod_" and without a trailing ".load" or ".conf".
std::string_view strip_decoration(std::string_view name);

/// The order in which Debian's tools see the files of a folder: letters compare without case, ties by byte.
bool glob_less(std::string_view left, std::string_view right);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"

#include <confgraph/kind.hpp>

#include <string>
#include <string_view>

namespace confgraph::core {

/// What is wrong with a name given as an argument or in a magic comment.
enum class NameProblem { NONE, EMPTY, HAS_SLASH, HAS_CONTROL, LEADING_DASH, DOTS, TOO_LONG };

/// Whether a text can be the name of an entry. A name becomes part of a path, so this is what keeps every path inside
/// the folders of the configuration.
NameProblem check_name(std::string_view name);

/// Whether a text can be the name of a file that is edited or renamed. Hidden files are none: the server reads none.
bool is_file_name(std::string_view name);

/// A name without the suffix of its kind's files, if it ends in it.
std::string_view strip_suffix(Kind kind, std::string_view name);

/// The name of the module that an identifier, a binary's name or a user's way to write one means: without "mod_" and
/// "_module", ".so", ".load" and ".conf".
std::string module_name(std::string_view text);

/// The name of the entry that an argument means: in layouts of links, as Debian's tools understand it; in others, any
/// of the ways to name a module.
std::string entry_name(const Layout & layout, Kind kind, std::string_view argument);

/// A name as a2query understands it: without a leading "mod_" and without a trailing ".load" or ".conf".
std::string_view strip_decoration(std::string_view name);

/// The order in which Debian's tools see the files of a folder: letters compare without case, ties by byte.
bool glob_less(std::string_view left, std::string_view right);

}  // namespace confgraph::core

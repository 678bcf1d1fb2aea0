// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "io/file_system.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::io {

/// Looks up an environment variable.
using Lookup = std::function<std::optional<std::string>(const std::string & name)>;

/// Evaluates an envvars file and gives the variables that it exports.
using Evaluate = std::function<Result<std::map<std::string, std::string>>(const std::string & file)>;

/// Finds out which layout there is, and its folders. evaluate is called only in Debian's layout, and only when its
/// answer can matter.
Result<core::Layout> find_layout(const core::LayoutOptions & options, const Lookup & lookup, const FileReader & files,
                                 const Evaluate & evaluate);

/// The same without looking at what the envvars file says. Where the layout cannot be found out, it is Debian's.
core::Layout layout_without_envvars(const core::LayoutOptions & options, const Lookup & lookup,
                                    const FileReader & files);

/// The folders of Debian's layout, with what evaluation gave.
core::Layout layout_from(const core::LayoutOptions & options, const Lookup & lookup,
                         const std::map<std::string, std::string> & evaluated);

/// Looks up in the environment of this process.
std::optional<std::string> environment_variable(const std::string & name);

/// Evaluates with /bin/sh in an empty environment. The file's name is passed as an argument, never as code.
Result<std::map<std::string, std::string>> evaluate_with_shell(const std::string & file);

/// The same, as the server's control script does it for a configuration: with APACHE_CONFDIR.
Result<std::map<std::string, std::string>> evaluate_for(const std::string & file, const std::string & config);

/// Evaluates without a shell: see core::read_plain_envvars(). Fails with ENVVARS_NOT_PLAIN.
Result<std::map<std::string, std::string>> evaluate_as_text(const FileReader & files, const std::string & file);

}  // namespace confgraph::io

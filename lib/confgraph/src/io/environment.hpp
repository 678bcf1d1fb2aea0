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

/// Finds the folders of an instance's configuration. evaluate is called only when its answer can matter.
Result<core::Layout> find_layout(std::string_view instance, const Lookup & lookup, const FileReader & files,
                                 const Evaluate & evaluate);

/// The same, with what evaluation gave.
core::Layout layout_from(std::string_view instance, const Lookup & lookup,
                         const std::map<std::string, std::string> & evaluated);

/// The usual folders below another root.
core::Layout layout_below(std::string_view root);

/// Looks up in the environment of this process.
std::optional<std::string> environment_variable(const std::string & name);

/// Evaluates with /bin/sh in an empty environment. The file's name is passed as an argument, never as code.
Result<std::map<std::string, std::string>> evaluate_with_shell(const std::string & file);

}  // namespace confgraph::io

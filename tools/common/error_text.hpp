// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// An error that left everything as it was, or says what it did not, in one line: what, where, what to do.
std::string error_text(const confgraph::Error & error);

/// The same of a configuration that may have a root, where the paths begin.
std::string error_text(const confgraph::Error & error, const std::string & root);

/// What could not be finished of a change that was made, in one line: what, where.
std::string problem_text(const confgraph::Error & error);

/// The words of another program, made fit for a terminal: its lines, each indented.
std::string indented(std::string_view words);

/// Why nothing can be asked about the instances of a configuration.
std::string no_instances_text(std::string_view layout, std::string_view config_folder);

}  // namespace tool

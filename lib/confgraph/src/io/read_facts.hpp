// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/facts_parser.hpp"
#include "io/file_system.hpp"

#include <string>
#include <string_view>

namespace confgraph::io {

/// Reads what a .load or .conf file says about itself. What is wrong with the file becomes a diagnostic: one that
/// cannot be read, or is no file, gives empty facts. Memory and time are bounded, whatever lies at the path.
core::FileFacts read_facts(const FileReader & files, const std::string & path, std::string_view own_name,
                           core::Depth depth);

/// The same for a path whose type is known.
core::FileFacts read_facts(const FileReader & files, const std::string & path, FileType type, std::string_view own_name,
                           core::Depth depth);

/// The same for a text, of the first MiB of it.
core::FileFacts parse_facts(std::string_view text, std::string_view own_name);

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/line_entries.hpp"
#include "io/file_system.hpp"

#include <string>

namespace confgraph::io {

/// The path of a binary that a LoadModule directive names; with variables in it, as written.
std::string binary_path(const core::Layout & layout, const std::string & file);

/// Reads the folder of LoadModule lines, and lists that of the binaries. A file that cannot be read is a diagnostic;
/// fails when the folder of lines cannot be listed.
Result<core::LineFolder> read_line_folder(const FileReader & files, const core::Layout & layout);

/// Whether a binary is there that a line names; true where that cannot be told.
bool has_binary(const FileReader & files, const core::Layout & layout, const core::LineFolder & folder,
                const std::string & file);

/// The identifier of the module in a binary; empty where it does not tell, or there are several.
std::string read_identifier(const FileReader & files, const std::string & path);

}  // namespace confgraph::io

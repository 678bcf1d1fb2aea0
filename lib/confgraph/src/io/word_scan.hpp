// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/word_entries.hpp"
#include "io/file_system.hpp"

#include <string>
#include <vector>

namespace confgraph::io {

/// Reads the file that lists the names of modules, and lists the binaries. Fails when the file cannot be read.
Result<core::WordFolder> read_word_folder(const FileReader & files, const core::Layout & layout);

/// The MPMs that there are servers for, in the order in which distributions look for one.
std::vector<std::string> list_mpm_servers(const FileReader & files, const core::Layout & layout);

/// The server that is started where each MPM has one and a variable chooses it; the layout's own where none is chosen.
std::string chosen_server(const FileReader & files, const core::Layout & layout);

}  // namespace confgraph::io

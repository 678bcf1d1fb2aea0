// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

#include <cstddef>
#include <string>

namespace confgraph::io {

/// Reads all that a file says, in pieces of so many bytes. Never waits. EFBIG when that is more than limit bytes.
IoResult<std::string> read_whole(const FileReader & files, const std::string & path, std::size_t limit,
                                 std::size_t piece_bytes = 4096);

}  // namespace confgraph::io

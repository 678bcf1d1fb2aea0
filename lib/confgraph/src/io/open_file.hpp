// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

#include <dirent.h>
#include <sys/stat.h>

namespace confgraph::io {

// What a FileReader reads, of something that is open.

FileInfo info_of(const struct stat & status);
IoResult<bool> read_pieces(int file, std::size_t piece_bytes, const std::function<bool(std::string_view)> & take);
IoResult<std::vector<std::string>> list_names(DIR * folder);

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/read_whole.hpp"

#include <cerrno>
#include <string_view>

namespace confgraph::io {

IoResult<std::string> read_whole(const FileReader & files, const std::string & path, std::size_t limit,
                                 std::size_t piece_bytes) {
    std::string text;
    const auto read = files.read(path, piece_bytes, [&](std::string_view piece) {
        text.append(piece);
        return text.size() <= limit;
    });
    if (!read) {
        return read.error();
    }
    if (!read.value()) {
        return Errno{EFBIG};
    }
    return text;
}

}  // namespace confgraph::io

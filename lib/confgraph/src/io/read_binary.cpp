// SPDX-License-Identifier: Apache-2.0
#include "io/read_binary.hpp"

#include "core/elf_image.hpp"

#include <cerrno>

namespace confgraph::io {

namespace {

// The largest module of Debian's archive has some 10 MiB.
constexpr std::uint64_t MAX_BINARY_BYTES = 256UL * 1024 * 1024;
constexpr std::size_t PIECE_BYTES = 256UL * 1024;

}  // namespace

IoResult<std::string> read_binary(const FileReader & files, const std::string & path) {
    const auto info = files.info(path);
    if (!info) {
        return info.error();
    }
    const std::uint64_t size = info.value().size;
    if (info.value().type != FileType::REGULAR || size > MAX_BINARY_BYTES) {
        return Errno{EINVAL};
    }
    std::string bytes;
    bool possible = false;
    const auto read = files.read(path, PIECE_BYTES, [&](std::string_view piece) {
        if (bytes.empty()) {
            possible = core::ElfImage::plausible(piece, size);
            if (possible) {
                bytes.reserve(static_cast<std::size_t>(size));
            }
        }
        bytes.append(piece);
        return possible && bytes.size() <= MAX_BINARY_BYTES;
    });
    if (!read) {
        return read.error();
    }
    if (!possible) {
        return Errno{EINVAL};
    }
    return bytes;
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/open_file.hpp"

#include <cerrno>
#include <memory>
#include <unistd.h>

namespace confgraph::io {

FileInfo info_of(const struct stat & status) {
    const FileType type = S_ISREG(status.st_mode)   ? FileType::REGULAR
                          : S_ISDIR(status.st_mode) ? FileType::FOLDER
                          : S_ISLNK(status.st_mode) ? FileType::LINK
                                                    : FileType::OTHER;
    const auto changed = static_cast<std::uint64_t>(status.st_ctim.tv_sec) * 1'000'000'000U +
                         static_cast<std::uint64_t>(status.st_ctim.tv_nsec);
    return {type, status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), changed};
}

IoResult<bool> read_pieces(int file, std::size_t piece_bytes, const std::function<bool(std::string_view)> & take) {
    // Small pieces, the rule, need no allocation.
    char small[4096];
    std::unique_ptr<char[]> large;
    if (piece_bytes > sizeof small) {
        large.reset(new char[piece_bytes]);
    }
    char * const buffer = large ? large.get() : small;
    while (true) {
        const ssize_t length = ::read(file, buffer, piece_bytes);
        if (length < 0) {
            if (errno == EINTR) {
                continue;
            }
            return Errno{errno};
        }
        if (length == 0) {
            return true;
        }
        if (!take({buffer, static_cast<std::size_t>(length)})) {
            return false;
        }
    }
}

IoResult<std::vector<std::string>> list_names(DIR * folder) {
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        const dirent * entry = ::readdir(folder);
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
    if (errno != 0) {
        return Errno{errno};
    }
    return names;
}

}  // namespace confgraph::io

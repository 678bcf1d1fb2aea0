// SPDX-License-Identifier: Apache-2.0
#include "io/posix_file_system.hpp"

#include "io/descriptor.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace confgraph::io {

namespace {

Errno last_error() { return {errno}; }

FileInfo to_info(const struct stat & status) {
    const FileType type = S_ISREG(status.st_mode)   ? FileType::REGULAR
                          : S_ISDIR(status.st_mode) ? FileType::FOLDER
                          : S_ISLNK(status.st_mode) ? FileType::LINK
                                                    : FileType::OTHER;
    const auto changed = static_cast<std::uint64_t>(status.st_ctim.tv_sec) * 1'000'000'000U +
                         static_cast<std::uint64_t>(status.st_ctim.tv_nsec);
    return {type, status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), changed};
}

}  // namespace

IoResult<FileInfo> PosixFileSystem::info(const std::string & path) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return last_error();
    }
    return to_info(status);
}

IoResult<FileInfo> PosixFileSystem::link_info(const std::string & path) const {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return last_error();
    }
    return to_info(status);
}

IoResult<std::string> PosixFileSystem::read_link(const std::string & path) const {
    char buffer[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), buffer, sizeof buffer);
    if (length < 0) {
        return last_error();
    }
    return std::string(buffer, static_cast<std::size_t>(length));
}

IoResult<std::vector<std::string>> PosixFileSystem::list(const std::string & path) const {
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(::opendir(path.c_str()), ::closedir);
    if (!folder) {
        return last_error();
    }
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        const dirent * entry = ::readdir(folder.get());
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
    if (errno != 0) {
        return last_error();
    }
    return names;
}

IoResult<std::string> PosixFileSystem::canonical_path(const std::string & path) const {
    char buffer[PATH_MAX];
    if (::realpath(path.c_str(), buffer) == nullptr) {
        return last_error();
    }
    return std::string(buffer);
}

IoResult<bool> PosixFileSystem::read(const std::string & path, std::size_t piece_bytes,
                                     const std::function<bool(std::string_view)> & take) const {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.value() < 0) {
        return last_error();
    }
    // Small pieces, the rule, need no allocation.
    char small[4096];
    std::unique_ptr<char[]> large;
    if (piece_bytes > sizeof small) {
        large.reset(new char[piece_bytes]);
    }
    char * const buffer = large ? large.get() : small;
    while (true) {
        const ssize_t length = ::read(file.value(), buffer, piece_bytes);
        if (length < 0) {
            if (errno == EINTR) {
                continue;
            }
            return last_error();
        }
        if (length == 0) {
            return true;
        }
        if (!take({buffer, static_cast<std::size_t>(length)})) {
            return false;
        }
    }
}

IoResult<std::string> PosixFileSystem::working_directory() const {
    char buffer[PATH_MAX];
    if (::getcwd(buffer, sizeof buffer) == nullptr) {
        return last_error();
    }
    return std::string(buffer);
}

}  // namespace confgraph::io

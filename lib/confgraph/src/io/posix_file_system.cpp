// SPDX-License-Identifier: Apache-2.0
#include "io/posix_file_system.hpp"

#include "io/descriptor.hpp"
#include "io/open_file.hpp"

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

}  // namespace

IoResult<FileInfo> PosixFileSystem::info(const std::string & path) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return last_error();
    }
    return info_of(status);
}

IoResult<FileInfo> PosixFileSystem::link_info(const std::string & path) const {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return last_error();
    }
    return info_of(status);
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
    return list_names(folder.get());
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
    return read_pieces(file.value(), piece_bytes, take);
}

IoResult<std::string> PosixFileSystem::working_directory() const {
    char buffer[PATH_MAX];
    if (::getcwd(buffer, sizeof buffer) == nullptr) {
        return last_error();
    }
    return std::string(buffer);
}

}  // namespace confgraph::io

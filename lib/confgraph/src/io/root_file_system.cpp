// SPDX-License-Identifier: Apache-2.0
#include "io/root_file_system.hpp"

#include "io/open_file.hpp"
#include "io/posix_file_system.hpp"

#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace confgraph::io {

namespace {

IoResult<struct stat> status_of(const IoResult<Descriptor> & file) {
    if (!file) {
        return file.error();
    }
    struct stat status {};
    if (::fstat(file.value().value(), &status) != 0) {
        return Errno{errno};
    }
    return status;
}

IoResult<FileInfo> file_info(const IoResult<Descriptor> & file) {
    const auto status = status_of(file);
    return status ? IoResult<FileInfo>(info_of(status.value())) : IoResult<FileInfo>(status.error());
}

}  // namespace

IoResult<Descriptor> RootFileSystem::open(const std::string & path, int flags) const {
    return root_ ? root_.value().open(path, flags) : IoResult<Descriptor>(root_.error());
}

IoResult<FileInfo> RootFileSystem::info(const std::string & path) const { return file_info(open(path, O_PATH)); }

IoResult<FileInfo> RootFileSystem::link_info(const std::string & path) const {
    return file_info(open(path, O_PATH | O_NOFOLLOW));
}

IoResult<std::string> RootFileSystem::read_link(const std::string & path) const {
    const auto link = open(path, O_PATH | O_NOFOLLOW);
    const auto status = status_of(link);
    if (!status) {
        return status.error();
    }
    // Asked of what is no link, the kernel says that there is nothing.
    if (!S_ISLNK(status.value().st_mode)) {
        return Errno{EINVAL};
    }
    char buffer[PATH_MAX];
    const ssize_t length = ::readlinkat(link.value().value(), "", buffer, sizeof buffer);
    if (length < 0) {
        return Errno{errno};
    }
    return std::string(buffer, static_cast<std::size_t>(length));
}

IoResult<std::vector<std::string>> RootFileSystem::list(const std::string & path) const {
    auto opened = open(path, O_RDONLY | O_DIRECTORY);
    if (!opened) {
        return opened.error();
    }
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(::fdopendir(opened.value().value()), ::closedir);
    if (!folder) {
        return Errno{errno};
    }
    opened.value().release();
    return list_names(folder.get());
}

IoResult<std::string> RootFileSystem::canonical_path(const std::string & path) const {
    return root_ ? root_.value().canonical_path(path) : IoResult<std::string>(root_.error());
}

IoResult<bool> RootFileSystem::read(const std::string & path, std::size_t piece_bytes,
                                    const std::function<bool(std::string_view)> & take) const {
    // To open a device can be to do something with it.
    const auto there = info(path);
    if (!there) {
        return there.error();
    }
    if (there.value().type != FileType::REGULAR) {
        return Errno{there.value().type == FileType::FOLDER ? EISDIR : ENXIO};
    }
    const auto file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return file ? read_pieces(file.value().value(), piece_bytes, take) : IoResult<bool>(file.error());
}

IoResult<std::string> RootFileSystem::working_directory() const { return std::string("/"); }

std::unique_ptr<const FileReader> files_of(const std::string & root) {
    if (root.empty()) {
        return std::make_unique<const PosixFileSystem>();
    }
    return std::make_unique<const RootFileSystem>(Root::open(root));
}

}  // namespace confgraph::io

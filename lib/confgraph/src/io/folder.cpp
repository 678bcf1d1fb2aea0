// SPDX-License-Identifier: Apache-2.0
#include "io/folder.hpp"

#include "io/root.hpp"

#include <climits>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>

namespace confgraph::io {

namespace {

IoResult<Done> done_unless(bool failed) {
    if (failed) {
        return Errno{errno};
    }
    return Done{};
}

template <class Call>
IoResult<Done> done(Call call) {
    return done_unless(uninterrupted(call) < 0);
}

}  // namespace

IoResult<Done> flush(int descriptor) {
    const bool failed = uninterrupted([&] { return ::fsync(descriptor); }) < 0;
    return done_unless(failed && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS);
}

IoResult<Folder> Folder::open(const std::string & root, const std::string & path, bool follow) {
    auto descriptor = open_below(root, path, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
    if (!descriptor) {
        return descriptor.error();
    }
    return Folder(std::move(descriptor).value());
}

IoResult<Folder> Folder::open_in(const std::string & name) const {
    Descriptor opened(uninterrupted(
        [&] { return ::openat(descriptor(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); }));
    if (!opened.open()) {
        return Errno{errno};
    }
    return Folder(std::move(opened));
}

IoResult<std::optional<std::string>> Folder::link(const std::string & name) const {
    char buffer[PATH_MAX];
    const ssize_t length = ::readlinkat(descriptor(), name.c_str(), buffer, sizeof buffer);
    if (length >= 0) {
        return std::optional(std::string(buffer, static_cast<std::size_t>(length)));
    }
    if (errno == ENOENT) {
        return std::optional<std::string>();
    }
    return Errno{errno};
}

IoResult<std::vector<FolderEntry>> Folder::list() const {
    // A description of its own: the position in the folder is not shared with anybody.
    const int again = uninterrupted([&] { return ::openat(descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (again < 0) {
        return Errno{errno};
    }
    const std::unique_ptr<DIR, int (*)(DIR *)> folder(::fdopendir(again), ::closedir);
    if (!folder) {
        const Errno error{errno};
        ::close(again);
        return error;
    }
    std::vector<FolderEntry> entries;
    while (true) {
        errno = 0;
        const dirent * entry = ::readdir(folder.get());
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_UNKNOWN) {
            struct stat status {};
            is_folder =
                ::fstatat(descriptor(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
        }
        entries.push_back({std::string(name), entry->d_ino, is_folder});
    }
    if (errno != 0) {
        return Errno{errno};
    }
    return entries;
}

IoResult<Descriptor> Folder::open_file(const std::string & name) const {
    // O_NONBLOCK: opening a FIFO must not wait for a writer.
    Descriptor file(uninterrupted([&] {
        return ::openat(descriptor(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    }));
    if (!file.open()) {
        return Errno{errno};
    }
    return file;
}

IoResult<Done> Folder::create_link(const std::string & target, const std::string & name) const {
    return done([&] { return ::symlinkat(target.c_str(), descriptor(), name.c_str()); });
}

IoResult<Descriptor> Folder::make_file(const std::string & name, unsigned mode) const {
    // O_EXCL does not follow a link that somebody planted there.
    Descriptor file(uninterrupted(
        [&] { return ::openat(descriptor(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); }));
    if (!file.open()) {
        return Errno{errno};
    }
    return file;
}

IoResult<Done> Folder::create_file(const std::string & name) const {
    const auto file = make_file(name, 0666);
    return file ? IoResult<Done>(Done{}) : IoResult<Done>(file.error());
}

IoResult<Done> Folder::create_folder(const std::string & name, unsigned mode) const {
    return done([&] { return ::mkdirat(descriptor(), name.c_str(), mode); });
}

IoResult<Done> Folder::hard_link(const Folder & from, const std::string & name, const std::string & as) const {
    return done([&] { return ::linkat(from.descriptor(), name.c_str(), descriptor(), as.c_str(), 0); });
}

IoResult<Done> Folder::take(const Folder & from, const std::string & name, const std::string & as) const {
    const auto move = [&](unsigned flags) {
        return done([&] { return ::renameat2(from.descriptor(), name.c_str(), descriptor(), as.c_str(), flags); });
    };
    const auto moved = move(RENAME_NOREPLACE);
    if (moved || (moved.error().value != EINVAL && moved.error().value != ENOSYS)) {
        return moved;
    }
    // Some file systems know no flags. Only the lock keeps others out then.
    struct stat status {};
    if (::fstatat(descriptor(), as.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return Errno{EEXIST};
    }
    return move(0);
}

IoResult<Done> Folder::bring(const Folder & from, const std::string & name) const {
    return done([&] { return ::renameat(from.descriptor(), name.c_str(), descriptor(), name.c_str()); });
}

IoResult<Done> Folder::replace(const std::string & name, const std::string & by) const {
    return done([&] { return ::renameat(descriptor(), by.c_str(), descriptor(), name.c_str()); });
}

IoResult<Done> Folder::exchange(const std::string & one, const std::string & other) const {
    return done([&] { return ::renameat2(descriptor(), one.c_str(), descriptor(), other.c_str(), RENAME_EXCHANGE); });
}

IoResult<Done> Folder::remove(const std::string & name) const {
    return done([&] { return ::unlinkat(descriptor(), name.c_str(), 0); });
}

IoResult<Done> Folder::remove_folder(const std::string & name) const {
    return done([&] { return ::unlinkat(descriptor(), name.c_str(), AT_REMOVEDIR); });
}

IoResult<Done> Folder::sync() const { return flush(descriptor()); }

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/lock.hpp"

#include "core/error.hpp"
#include "core/relative_path.hpp"
#include "core/text.hpp"
#include "io/folder.hpp"
#include "io/posix_file_system.hpp"
#include "io/root.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <vector>

namespace confgraph::io {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char * LOCK_NAME = "lock";

/// Whether the lock's file is still the one that was opened: somebody may have removed the state directory.
bool is_current(const Descriptor & file, const core::Layout & layout) {
    struct stat opened {};
    if (::fstat(file.value(), &opened) != 0) {
        return false;
    }
    const auto there = link_status_below(layout.root, lock_path(layout));
    return there && opened.st_dev == there.value().st_dev && opened.st_ino == there.value().st_ino;
}

bool is_file(const Descriptor & file) {
    struct stat status {};
    return ::fstat(file.value(), &status) == 0 && S_ISREG(status.st_mode);
}

/// Opens the lock's file, or leaves errno. Neither is a link followed that somebody planted there, nor a FIFO waited
/// for.
Descriptor open_lock(const core::Layout & layout, int flags) {
    const auto folder = Folder::open(layout.root, work_folder(layout), false);
    if (!folder) {
        errno = folder.error().value;
        return Descriptor();
    }
    Descriptor file(uninterrupted([&] {
        return ::openat(folder.value().descriptor(), LOCK_NAME, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
                        0600);
    }));
    return file;
}

bool try_flock(const Descriptor & file) {
    return uninterrupted([&] { return ::flock(file.value(), LOCK_EX | LOCK_NB); }) == 0;
}

std::string read_text(const std::string & path) {
    std::string text;
    const auto read = PosixFileSystem().read(path, 4096, [&](std::string_view piece) {
        text.append(piece);
        return true;
    });
    return read ? text : std::string();
}

/// Takes the next word of a line off it.
std::string_view next_word(std::string_view & line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

/// A process in words.
std::string describe(const std::string & process) {
    std::string command = read_text("/proc/" + process + "/comm");
    command.resize(std::min(command.find('\n'), command.size()));
    return "process " + process + (command.empty() ? "" : " (" + core::escape(command) + ")");
}

/// The process that holds the lock, as the kernel's list of locks has it.
std::string holder_of(const Descriptor & file) {
    struct stat status {};
    const std::string locks = ::fstat(file.value(), &status) == 0 ? read_text("/proc/locks") : std::string();
    const std::string inode = ":" + std::to_string(status.st_ino);
    std::string likely;
    for (std::string_view rest = locks; !rest.empty();) {
        // 1: FLOCK  ADVISORY  WRITE 1234 08:02:131 0 EOF
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        next_word(line);
        const bool flock = next_word(line) == "FLOCK";
        next_word(line);
        next_word(line);
        const std::string process(next_word(line));
        const std::string place(next_word(line));
        // Processes of other namespaces have no number here.
        if (!flock || !place.ends_with(inode) || process == "0" || process.starts_with('-')) {
            continue;
        }
        // Some file systems have another number here than stat tells: then the inode has to do.
        std::array<char, 32> device{};
        std::snprintf(device.data(), device.size(), "%02x:%02x", major(status.st_dev), minor(status.st_dev));
        if (place == device.data() + inode) {
            return describe(process);
        }
        likely = likely.empty() ? process : likely;
    }
    return likely.empty() ? "another process" : describe(likely);
}

void sleep_for(std::chrono::milliseconds time) {
    const timespec nap{0, static_cast<long>(std::chrono::nanoseconds(time).count())};
    ::nanosleep(&nap, nullptr);
}

}  // namespace

std::string work_folder(const core::Layout & layout) { return layout.state + "/confgraph"; }

std::string lock_path(const core::Layout & layout) { return work_folder(layout) + "/" + LOCK_NAME; }

Descriptor try_lock(const core::Layout & layout) {
    Descriptor file = open_lock(layout, O_RDONLY);
    if (file.open() && (!is_file(file) || !try_flock(file) || !is_current(file, layout))) {
        return Descriptor();
    }
    return file;
}

IoResult<Done> create_folders(const std::string & root, const std::string & path, std::vector<std::string> & made) {
    std::vector<std::string> missing;
    std::string folder = path;
    while (!folder.empty() && !status_below(root, folder)) {
        missing.push_back(folder);
        const auto slash = folder.rfind('/');
        folder.resize(slash == std::string::npos ? 0 : slash);
    }
    for (auto next = missing.rbegin(); next != missing.rend(); ++next) {
        if (const auto folder_made = make_folder_below(root, *next, 0777)) {
            made.push_back(*next);
        } else if (folder_made.error().value != EEXIST) {
            return folder_made;
        }
    }
    return Done{};
}

Result<Done> sync_parents(const std::string & root, const std::vector<std::string> & made) {
    for (const std::string & folder : made) {
        const std::string parent = core::parent_folder(folder);
        const auto opened = Folder::open(root, parent, true);
        const auto flushed = opened ? opened.value().sync() : IoResult<Done>(opened.error());
        if (!flushed) {
            return core::make_error(ErrorCode::CANNOT_FLUSH, parent, flushed.error().value);
        }
    }
    return Done{};
}

namespace {

/// Makes the folder of the lock and the journals. Readers need no privileges, whatever the file mode creation mask is.
IoResult<Done> make_work_folder(const core::Layout & layout, std::vector<std::string> & made) {
    const std::string folder = work_folder(layout);
    if (auto created = create_folders(layout.root, folder, made); !created) {
        return created;
    }
    return made.empty() ? IoResult<Done>(Done{}) : set_mode_below(layout.root, folder, 0755);
}

}  // namespace

Result<Descriptor> take_lock(const core::Layout & layout, bool sync, std::chrono::milliseconds limit,
                             const std::function<void(const std::string &)> & waiting) {
    using std::chrono::milliseconds;
    constexpr milliseconds PATIENCE{1000};
    constexpr milliseconds LONGEST_NAP{20};
    const std::string path = lock_path(layout);
    const auto failure = [&](int error) { return core::make_error(ErrorCode::CANNOT_LOCK, path, error); };
    const auto start = Clock::now();
    milliseconds nap{1};
    bool told = false;
    while (true) {
        std::vector<std::string> made;
        Descriptor file = open_lock(layout, O_RDWR | O_CREAT);
        if (!file.open() && errno == ENOENT) {
            if (const auto folders = make_work_folder(layout, made); !folders) {
                return failure(folders.error().value);
            }
            if (const auto flushed = sync ? sync_parents(layout.root, made) : Result<Done>(Done{}); !flushed) {
                return flushed.error();
            }
            file = open_lock(layout, O_RDWR | O_CREAT);
        }
        if (!file.open()) {
            return failure(errno);
        }
        if (!is_file(file)) {
            return failure(EINVAL);
        }
        while (!try_flock(file)) {
            if (errno != EWOULDBLOCK) {
                return failure(errno);
            }
            const auto waited = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
            if (waited >= limit) {
                return core::make_error({.code = ErrorCode::LOCKED, .path = path, .text = holder_of(file)});
            }
            if (!told && waited >= PATIENCE) {
                told = true;
                if (waiting) {
                    waiting(holder_of(file));
                }
            }
            sleep_for(std::min(nap, limit - waited));
            nap = std::min(nap * 2, LONGEST_NAP);
        }
        if (is_current(file, layout)) {
            return file;
        }
    }
}

}  // namespace confgraph::io

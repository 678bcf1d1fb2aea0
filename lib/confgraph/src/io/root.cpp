// SPDX-License-Identifier: Apache-2.0
#include "io/root.hpp"

#include "core/relative_path.hpp"

#include <algorithm>
#include <climits>
#include <deque>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <optional>
#include <string_view>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

// As many as the kernel follows.
constexpr int MAX_LINKS = 40;
// The kernel gives up when something is renamed while it goes through "..", anywhere on the machine.
constexpr int MAX_TRIES = 32;

IoResult<Descriptor> opened(int descriptor) {
    if (descriptor < 0) {
        return Errno{errno};
    }
    return Descriptor(descriptor);
}

IoResult<Done> done_unless(bool failed) {
    if (failed) {
        return Errno{errno};
    }
    return Done{};
}

IoResult<struct stat> status_of(const Descriptor & file) {
    struct stat status {};
    if (::fstat(file.value(), &status) != 0) {
        return Errno{errno};
    }
    return status;
}

/// Whether a link lies where links need not lead to what they say.
bool may_be_magic(const Descriptor & link) {
    struct statfs status {};
    return ::fstatfs(link.value(), &status) != 0 || status.f_type == PROC_SUPER_MAGIC;
}

/// Goes the way that a path describes. Each folder on it is held open, so that ".." leads to where it was come from,
/// wherever that has been moved meanwhile.
class Walk {
public:
    explicit Walk(const Descriptor & root) : root_(root) {}

    /// Goes to the end; follow says whether through a link that is there.
    IoResult<Done> go(const std::string & path, bool follow) {
        if (path.empty()) {
            return Errno{ENOENT};
        }
        if (path.size() >= PATH_MAX) {
            return Errno{ENAMETOOLONG};
        }
        follow_ = follow;
        push(path);
        while (!parts_.empty()) {
            const std::string part = std::move(parts_.front());
            parts_.pop_front();
            if (part == "..") {
                if (!way_.empty()) {
                    way_.pop_back();
                }
            } else if (auto entered = enter(part); !entered) {
                return entered;
            }
        }
        return Done{};
    }

    /// Opens what the way ended at.
    IoResult<Descriptor> open(int flags) {
        if ((flags & (O_PATH | O_DIRECTORY)) == O_PATH && end_.open()) {
            return std::move(end_);
        }
        const auto call = [&](int folder, const char * name) {
            return opened(uninterrupted([&] { return ::openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC); }));
        };
        return end_.open() ? call(folder(), end_name_.c_str()) : call(folder(), ".");
    }

    [[nodiscard]] std::string path() const {
        std::string text;
        for (const Step & step : way_) {
            text.append("/").append(step.name);
        }
        if (end_.open()) {
            text.append("/").append(end_name_);
        }
        return text.empty() ? "/" : text;
    }

private:
    struct Step {
        std::string name;
        Descriptor folder;
    };

    [[nodiscard]] int folder() const { return way_.empty() ? root_.value() : way_.back().folder.value(); }

    /// What a path says has to be gone before the rest.
    void push(std::string_view path) {
        std::vector<std::string> parts;
        const bool last = parts_.empty();
        bool as_folder = false;
        while (!path.empty()) {
            const std::string_view part = path.substr(0, path.find('/'));
            as_folder = part.size() < path.size() || part == "." || part == "..";
            path.remove_prefix(std::min(part.size() + 1, path.size()));
            if (!part.empty() && part != ".") {
                parts.emplace_back(part);
            }
        }
        as_folder_ = as_folder_ || (last && as_folder);
        parts_.insert(parts_.begin(), parts.begin(), parts.end());
    }

    IoResult<Done> enter(const std::string & name) {
        auto there =
            opened(uninterrupted([&] { return ::openat(folder(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC); }));
        if (!there) {
            return there.error();
        }
        const auto status = status_of(there.value());
        if (!status) {
            return status.error();
        }
        if (S_ISDIR(status.value().st_mode)) {
            way_.push_back({name, std::move(there).value()});
            return Done{};
        }
        const bool last = parts_.empty() && !as_folder_;
        if (S_ISLNK(status.value().st_mode) && (follow_ || !last)) {
            return follow(there.value());
        }
        if (!last) {
            return Errno{ENOTDIR};
        }
        end_ = std::move(there).value();
        end_name_ = name;
        return Done{};
    }

    IoResult<Done> follow(const Descriptor & link) {
        if (++links_ > MAX_LINKS || may_be_magic(link)) {
            return Errno{ELOOP};
        }
        char buffer[PATH_MAX];
        const ssize_t length = ::readlinkat(link.value(), "", buffer, sizeof buffer);
        if (length < 0) {
            return Errno{errno};
        }
        const std::string_view target(buffer, static_cast<std::size_t>(length));
        if (target.empty()) {
            return Errno{ENOENT};
        }
        if (target.starts_with('/')) {
            way_.clear();
        }
        push(target);
        return Done{};
    }

    const Descriptor & root_;
    std::deque<std::string> parts_;  // that are left to go
    std::vector<Step> way_;          // the folders that were gone into
    Descriptor end_;                 // what is no folder, at the end
    std::string end_name_;
    int links_ = 0;
    bool follow_ = true;
    bool as_folder_ = false;  // a slash at the end: only a folder is right there
};

/// Nothing when the kernel does not do it: it has no such call, or somebody keeps programs from calling it.
std::optional<IoResult<Descriptor>> ask_kernel(const Descriptor & root, const std::string & path, int flags) {
#ifdef SYS_openat2
    open_how how{};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    for (int i = 0; i < MAX_TRIES; ++i) {
        const long descriptor = ::syscall(SYS_openat2, root.value(), path.c_str(), &how, sizeof how);
        if (descriptor >= 0) {
            return IoResult<Descriptor>(Descriptor(static_cast<int>(descriptor)));
        }
        if (errno == ENOSYS || errno == EPERM) {
            return std::nullopt;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return IoResult<Descriptor>(Errno{errno});
        }
    }
#else
    static_cast<void>(root);
    static_cast<void>(path);
    static_cast<void>(flags);
#endif
    return std::nullopt;
}

/// Where something that is made or removed has its name.
struct Name {
    Descriptor folder;
    std::string name;
};

IoResult<Name> name_below(const std::string & root, const std::string & path) {
    const std::string clean = core::clean_path(path);
    auto folder = open_below(root, core::parent_folder(clean), O_PATH | O_DIRECTORY);
    if (!folder) {
        return folder.error();
    }
    return Name{std::move(folder).value(), std::string(core::last_part(clean))};
}

IoResult<struct stat> status_in(const std::string & root, const std::string & path, int flags) {
    const auto file = open_below(root, path, O_PATH | flags);
    return file ? status_of(file.value()) : IoResult<struct stat>(file.error());
}

}  // namespace

IoResult<Root> Root::open(const std::string & folder, Resolver resolver) {
    auto descriptor = opened(uninterrupted([&] { return ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); }));
    if (!descriptor) {
        return descriptor.error();
    }
    return Root(std::move(descriptor).value(), resolver);
}

IoResult<Descriptor> Root::open(const std::string & path, int flags) const {
    if (resolver_ == Resolver::KERNEL) {
        if (auto answer = ask_kernel(folder_, path, flags)) {
            return std::move(*answer);
        }
    }
    Walk walk(folder_);
    if (const auto gone = walk.go(path, (flags & O_NOFOLLOW) == 0); !gone) {
        return gone.error();
    }
    return walk.open(flags);
}

IoResult<std::string> Root::canonical_path(const std::string & path) const {
    Walk walk(folder_);
    if (const auto gone = walk.go(path, true); !gone) {
        return gone.error();
    }
    return walk.path();
}

IoResult<Descriptor> open_below(const std::string & root, const std::string & path, int flags) {
    if (root.empty()) {
        return opened(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC); }));
    }
    const auto folder = Root::open(root);
    return folder ? folder.value().open(path, flags) : IoResult<Descriptor>(folder.error());
}

IoResult<struct stat> status_below(const std::string & root, const std::string & path) {
    if (!root.empty()) {
        return status_in(root, path, 0);
    }
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return Errno{errno};
    }
    return status;
}

IoResult<struct stat> link_status_below(const std::string & root, const std::string & path) {
    if (!root.empty()) {
        return status_in(root, path, O_NOFOLLOW);
    }
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return Errno{errno};
    }
    return status;
}

IoResult<Done> make_folder_below(const std::string & root, const std::string & path, unsigned mode) {
    if (root.empty()) {
        return done_unless(uninterrupted([&] { return ::mkdir(path.c_str(), mode); }) < 0);
    }
    const auto name = name_below(root, path);
    return !name ? IoResult<Done>(name.error())
                 : done_unless(uninterrupted([&] {
                                   return ::mkdirat(name.value().folder.value(), name.value().name.c_str(), mode);
                               }) < 0);
}

IoResult<Done> remove_folder_below(const std::string & root, const std::string & path) {
    if (root.empty()) {
        return done_unless(::rmdir(path.c_str()) != 0);
    }
    const auto name = name_below(root, path);
    return !name ? IoResult<Done>(name.error())
                 : done_unless(::unlinkat(name.value().folder.value(), name.value().name.c_str(), AT_REMOVEDIR) != 0);
}

IoResult<Done> set_mode_below(const std::string & root, const std::string & path, unsigned mode) {
    if (root.empty()) {
        return done_unless(uninterrupted([&] { return ::chmod(path.c_str(), mode); }) < 0);
    }
    const auto folder = open_below(root, path, O_RDONLY | O_DIRECTORY);
    return !folder ? IoResult<Done>(folder.error())
                   : done_unless(uninterrupted([&] { return ::fchmod(folder.value().value(), mode); }) < 0);
}

}  // namespace confgraph::io

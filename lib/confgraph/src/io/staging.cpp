// SPDX-License-Identifier: Apache-2.0
#include "io/staging.hpp"

#include "core/error.hpp"
#include "core/relative_path.hpp"
#include "io/attributes.hpp"
#include "io/link_writer.hpp"
#include "io/root.hpp"
#include "io/text_writer.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <initializer_list>
#include <linux/magic.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace confgraph::io {

namespace {

/// A link that stands in the copy for a moment.
constexpr const char * PLACEHOLDER = ".confgraph";

/// Whether an error says that this is no way at all, and not that something went wrong on it.
bool is_one_of(const Errno & error, std::initializer_list<int> values) {
    return std::find(values.begin(), values.end(), error.value) != values.end();
}

bool is_mount_point(const Folder & folder) {
    struct statx status {};
    return ::statx(folder.descriptor(), "", AT_EMPTY_PATH, 0, &status) == 0 &&
           (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
           (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool is_overlay(const Folder & folder) {
    struct statfs status {};
    return ::fstatfs(folder.descriptor(), &status) == 0 && status.f_type == OVERLAYFS_SUPER_MAGIC;
}

/// Whether two lists of a folder, each in any order, have the same names and, if asked, the same inodes.
bool same_entries(const std::vector<FolderEntry> & left, const std::vector<FolderEntry> & right, bool same_inodes) {
    std::unordered_map<std::string_view, std::uint64_t> inodes;
    for (const FolderEntry & entry : left) {
        inodes.emplace(entry.name, entry.inode);
    }
    return left.size() == right.size() && std::all_of(right.begin(), right.end(), [&](const FolderEntry & entry) {
               const auto known = inodes.find(entry.name);
               return known != inodes.end() && (!same_inodes || known->second == entry.inode);
           });
}

/// Whether a file is what a change makes of another one, or was before it, finished or not.
bool is_of_change(const Folder & folder, const std::string & name, const core::Change & change) {
    if (name != change.name && name != temporary_name(change.name)) {
        return false;
    }
    const auto found = read_text(folder, name);
    return found && found.value() &&
           (may_be_unfinished(found.value()->text, change.before) ||
            may_be_unfinished(found.value()->text, change.after));
}

}  // namespace

Staging::Staging(std::string root, std::string enabled_folder)
    : root_(std::move(root)), enabled_path_(std::move(enabled_folder)) {
    std::string_view path = enabled_path_;
    while (path.size() > 1 && path.ends_with('/')) {
        path.remove_suffix(1);
    }
    base_ = core::last_part(path);
    parent_path_ = core::parent_folder(path);
    name_ = "." + base_ + ".confgraph";
    path_ = parent_path_ + "/" + name_;
}

Result<Obstacle> Staging::prepare(const std::vector<core::LinkChange> & links,
                                  const std::vector<core::Change> & files) {
    using Step = std::function<IoResult<Obstacle>()>;
    const std::array<Step, 4> steps = {[&] { return find_place(); }, [&] { return make_folder(); },
                                       [&] { return check_layers(); }, [&] { return fill(links, files); }};
    watch_.look_around();
    for (const Step & step : steps) {
        const auto obstacle = step();
        if (!obstacle) {
            return failed(obstacle.error());
        }
        if (obstacle.value() != Obstacle::NONE) {
            if (const auto removed = clean_up(); !removed) {
                return failed(removed.error());
            }
            return obstacle.value();
        }
    }
    watch_.look_around();
    return Obstacle::NONE;
}

IoResult<Done> Staging::sync_copy() const {
    for (const std::string & name : made_files_) {
        const auto file = copy_->open_file(name);
        const auto flushed = file ? flush(file.value().value()) : IoResult<Done>(file.error());
        if (!flushed) {
            return flushed;
        }
    }
    return copy_->sync();
}

Result<Obstacle> Staging::failed(const Errno & error) {
    std::vector<std::string> left;
    if (!clean_up()) {
        left.push_back(path_);
    }
    if (!changed_meanwhile_.empty()) {
        return core::make_error(ErrorCode::CHANGED_MEANWHILE, changed_meanwhile_, error.value, std::move(left));
    }
    return core::make_error(ErrorCode::CANNOT_STAGE, path_, error.value, std::move(left));
}

/// Opens the enabled folder and the one it lies in.
IoResult<Obstacle> Staging::find_place() {
    if (base_.empty() || base_ == "." || base_ == "..") {
        return Obstacle::UNSUPPORTED;
    }
    auto parent = Folder::open(root_, parent_path_, true);
    if (!parent) {
        return parent.error();
    }
    auto enabled = parent.value().open_in(base_);
    if (!enabled) {
        if (is_one_of(enabled.error(), {ELOOP, ENOTDIR}) && parent.value().link(base_)) {
            return Obstacle::SYMBOLIC_LINK;
        }
        return enabled.error();
    }
    if (is_mount_point(enabled.value())) {
        return Obstacle::MOUNT_POINT;
    }
    parent_ = std::move(parent).value();
    enabled_ = std::move(enabled).value();
    return Obstacle::NONE;
}

IoResult<Obstacle> Staging::make_folder() {
    const auto made = parent_->create_folder(name_, 0700);
    if (!made) {
        return is_one_of(made.error(), {EEXIST}) ? IoResult<Obstacle>(Obstacle::NAME_TAKEN)
               : is_one_of(made.error(), {EACCES, EPERM, EROFS, ENAMETOOLONG}) ? IoResult<Obstacle>(Obstacle::PARENT)
                                                                               : IoResult<Obstacle>(made.error());
    }
    made_ = true;
    auto copy = parent_->open_in(name_);
    if (!copy) {
        return copy.error();
    }
    copy_ = std::move(copy).value();
    if (const auto copied = copy_attributes(enabled_->descriptor(), copy_->descriptor()); !copied) {
        return is_one_of(copied.error(), {EPERM, EACCES, EOPNOTSUPP, ENOTSUP})
                   ? IoResult<Obstacle>(Obstacle::UNSUPPORTED)
                   : IoResult<Obstacle>(copied.error());
    }
    return Obstacle::NONE;
}

/// An overlay cannot move a folder that lies in a lower layer. It says so before it looks whether the name that the
/// folder would get is free: so it is asked for something that it refuses in any case, since linking everything into
/// the copy would lift all of it to the upper layer for nothing.
IoResult<Obstacle> Staging::check_layers() const {
    if (!is_overlay(*enabled_)) {
        return Obstacle::NONE;
    }
    if (const auto placed = copy_->create_link(PLACEHOLDER, PLACEHOLDER); !placed) {
        return placed.error();
    }
    const auto moved = parent_->replace(name_, base_);
    if (moved) {
        // No file system replaces a folder that is not empty. One that does gets the chance to undo it.
        if (const auto back = parent_->replace(base_, name_); !back) {
            return back.error();
        }
        return Obstacle::UNSUPPORTED;
    }
    if (is_one_of(moved.error(), {EXDEV})) {
        return Obstacle::OTHER_LAYER;
    }
    if (const auto removed = copy_->remove(PLACEHOLDER); !removed) {
        return removed.error();
    }
    return Obstacle::NONE;
}

IoResult<Done> Staging::add_link(const core::LinkChange & link) {
    changed_.insert(link.name);
    const auto there = enabled_->link(link.name);
    if (!there || there.value() != link.before) {
        changed_meanwhile_ = enabled_path_ + "/" + link.name;
        // EINVAL: there is something, but no link.
        return there || there.error().value == EINVAL ? Errno{} : there.error();
    }
    return link.after ? copy_->create_link(*link.after, link.name) : IoResult<Done>(Done{});
}

IoResult<Obstacle> Staging::add_text(const core::Change & change) {
    changed_.insert({change.name, temporary_name(change.name)});
    auto found = read_text(*enabled_, change.name);
    const bool as_planned =
        found && (found.value() ? change.before == found.value()->text : !change.before.has_value());
    if (!as_planned) {
        changed_meanwhile_ = enabled_path_ + "/" + change.name;
        // EINVAL: there is something, but no file that can be edited.
        return found || found.error().value == EINVAL ? Errno{} : found.error();
    }
    const TextFile * const old =
        found.value() ? &old_files_.emplace(change.name, std::move(*found.value())).first->second : nullptr;
    if (!change.after) {
        return Obstacle::NONE;
    }
    made_files_.push_back(change.name);
    // Flushed together with the others.
    const auto written =
        write_text(*copy_, change.name, *change.after, {.like = old != nullptr ? &old->file : nullptr, .sync = false});
    if (!written) {
        return is_one_of(written.error(), {EPERM, EACCES, EOPNOTSUPP, ENOTSUP})
                   ? IoResult<Obstacle>(Obstacle::UNSUPPORTED)
                   : IoResult<Obstacle>(written.error());
    }
    return Obstacle::NONE;
}

IoResult<Obstacle> Staging::add_file(const core::Change & change) {
    if (change.code == core::ChangeCode::TEXT) {
        return add_text(change);
    }
    changed_.insert({change.name, change.replaced});
    struct stat status {};
    const auto is_there = [&](const std::string & name) {
        return ::fstatat(enabled_->descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    };
    if (is_there(change.name) || !is_there(change.replaced)) {
        changed_meanwhile_ = enabled_path_ + "/" + change.name;
        return Errno{};
    }
    return add_entry(change.replaced, change.name);
}

/// Gives something in the folder a name in the copy.
IoResult<Obstacle> Staging::add_entry(const std::string & name, const std::string & as) {
    const auto linked = copy_->hard_link(*enabled_, name, as);
    if (!linked) {
        return is_one_of(linked.error(), {EPERM, EMLINK, EXDEV, EOPNOTSUPP, ENOSYS})
                   ? IoResult<Obstacle>(Obstacle::UNSUPPORTED)
                   : IoResult<Obstacle>(linked.error());
    }
    return Obstacle::NONE;
}

IoResult<Obstacle> Staging::fill(const std::vector<core::LinkChange> & links, const std::vector<core::Change> & files) {
    for (const core::LinkChange & link : links) {
        if (const auto added = add_link(link); !added) {
            return added.error();
        }
    }
    for (const core::Change & change : files) {
        if (auto added = add_file(change); !added || added.value() != Obstacle::NONE) {
            return added;
        }
    }
    auto listed = enabled_->list();
    if (!listed) {
        return listed.error();
    }
    copied_ = std::move(listed).value();
    for (const FolderEntry & entry : copied_) {
        if (entry.is_folder) {
            return Obstacle::SUBFOLDER;
        }
        if (changed_.contains(entry.name)) {
            continue;
        }
        if (auto added = add_entry(entry.name, entry.name); !added || added.value() != Obstacle::NONE) {
            return added;
        }
    }
    return is_overlay(*enabled_) ? list_again() : Obstacle::NONE;
}

/// In an overlay, what was linked has been lifted to the upper layer, and has another inode number since.
IoResult<Obstacle> Staging::list_again() {
    auto listed = enabled_->list();
    if (!listed) {
        return listed.error();
    }
    if (!same_entries(copied_, listed.value(), false)) {
        changed_meanwhile_ = enabled_path_;
        return Errno{};
    }
    copied_ = std::move(listed).value();
    return Obstacle::NONE;
}

bool Staging::is_current() const {
    const auto listed = enabled_->list();
    return listed && same_entries(copied_, listed.value(), true) && changed_file().empty();
}

/// The name of a file that changes and is no longer the one that was copied; empty if none.
std::string Staging::changed_file() const {
    const auto changed = std::find_if(old_files_.begin(), old_files_.end(), [&](const auto & file) {
        return !is_unchanged(*enabled_, file.first, file.second);
    });
    return changed == old_files_.end() ? std::string() : changed->first;
}

/// The copy's path for a watch, which knows no roots.
std::string Staging::watched_path() const {
    return root_.empty() ? path_ : "/proc/self/fd/" + std::to_string(copy_->descriptor());
}

Result<Obstacle> Staging::exchange() {
    if (const std::string name = changed_file(); !name.empty()) {
        return core::make_error({.code = ErrorCode::CHANGED_MEANWHILE, .path = enabled_path_ + "/" + name});
    }
    // A reader that lists the copy while it has the folder's place could otherwise find it emptied.
    watch_.start(watched_path());
    const auto exchanged = parent_->exchange(base_, name_);
    if (exchanged) {
        exchanged_ = true;
        exposed_ = true;
        return Obstacle::NONE;
    }
    const Errno error = exchanged.error();
    const Obstacle obstacle = is_one_of(error, {EXDEV})                        ? Obstacle::OTHER_LAYER
                              : is_one_of(error, {EBUSY})                      ? Obstacle::MOUNT_POINT
                              : is_one_of(error, {EINVAL, ENOSYS, EOPNOTSUPP}) ? Obstacle::UNSUPPORTED
                              : is_one_of(error, {EACCES, EPERM, EROFS})       ? Obstacle::PARENT
                                                                               : Obstacle::NONE;
    if (obstacle == Obstacle::NONE) {
        return core::make_error(ErrorCode::CANNOT_STAGE, path_, error.value);
    }
    return obstacle;
}

IoResult<Done> Staging::exchange_back() {
    auto exchanged = parent_->exchange(base_, name_);
    exchanged_ = exchanged_ && !exchanged;
    watch_.wait_for_closing();
    return exchanged;
}

void Staging::settle(const std::vector<core::Change> & changes) {
    const bool has_files = std::any_of(changes.begin(), changes.end(), core::is_file);
    std::optional<TextWriter> files;
    if (auto again = has_files ? enabled_->open_in(".") : IoResult<Folder>(Errno{}); again) {
        files.emplace(std::move(again).value(), path_, &*copy_);
    }
    LinkWriter links(std::move(*enabled_), path_, &*copy_);
    const bool changed = std::all_of(changes.begin(), changes.end(), [&](const core::Change & change) {
        return core::is_link(change) ? links.apply(change).ok() : files && files->apply(change).ok();
    });
    if (changed) {
        static_cast<void>(parent_->exchange(base_, name_).ok());
    }
    watch_.wait_for_closing();
}

IoResult<Done> Staging::sync() const {
    const auto enabled = parent_->open_in(base_);
    const auto flushed = enabled ? enabled.value().sync() : IoResult<Done>(enabled.error());
    return flushed ? parent_->sync() : flushed;
}

IoResult<Done> Staging::open_parent() {
    if (!parent_) {
        auto parent = Folder::open(root_, parent_path_, true);
        if (!parent) {
            return parent.error();
        }
        parent_ = std::move(parent).value();
    }
    return Done{};
}

bool Staging::is_taken() {
    const auto exists = [&] { return link_status_below(root_, path_).ok(); };
    return exists() && (!clean_up_leftover() || exists());
}

/// A copy belongs to whom the enabled folder belongs, or, while it is being made, to this user.
bool Staging::is_own(const Folder & folder) const {
    struct stat status {};
    if (::fstat(folder.descriptor(), &status) != 0) {
        return false;
    }
    if (status.st_uid == ::geteuid()) {
        return true;
    }
    const auto enabled = status_below(root_, enabled_path_);
    return enabled && status.st_uid == enabled.value().st_uid;
}

/// Whether there is nothing in a folder but links, files that the enabled folder has too, and those that changes make:
/// what can be lost without a loss.
IoResult<bool> Staging::is_copy(const Folder & folder, const std::vector<FolderEntry> & entries,
                                const std::vector<core::Change> & changes) const {
    const auto enabled = parent_->open_in(base_);
    if (!enabled) {
        return enabled.error();
    }
    for (const FolderEntry & entry : entries) {
        struct stat here {};
        if (::fstatat(folder.descriptor(), entry.name.c_str(), &here, AT_SYMLINK_NOFOLLOW) != 0) {
            return Errno{errno};
        }
        const auto is_enabled = [&](const std::string & name) {
            struct stat there {};
            return ::fstatat(enabled.value().descriptor(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
                   here.st_dev == there.st_dev && here.st_ino == there.st_ino;
        };
        const auto is_made = [&](const core::Change & change) {
            if (change.code == core::ChangeCode::RENAME) {
                return (entry.name == change.name && is_enabled(change.replaced)) ||
                       (entry.name == change.replaced && is_enabled(change.name));
            }
            return change.code == core::ChangeCode::TEXT && is_of_change(folder, entry.name, change);
        };
        const bool known =
            S_ISLNK(here.st_mode) || is_enabled(entry.name) || std::any_of(changes.begin(), changes.end(), is_made);
        if (!known) {
            return false;
        }
    }
    return true;
}

IoResult<Done> Staging::clean_up_leftover(const std::vector<core::Change> & changes) {
    if (const auto opened = open_parent(); !opened) {
        return is_one_of(opened.error(), {ENOENT}) ? IoResult<Done>(Done{}) : opened;
    }
    const auto copy = parent_->open_in(name_);
    if (!copy) {
        // Nothing, or a file or link that somebody else put there.
        return is_one_of(copy.error(), {ENOENT, ENOTDIR, ELOOP}) ? IoResult<Done>(Done{})
                                                                 : IoResult<Done>(copy.error());
    }
    if (!is_own(copy.value())) {
        return Done{};
    }
    const auto entries = copy.value().list();
    if (!entries) {
        return entries.error();
    }
    const auto certain = is_copy(copy.value(), entries.value(), changes);
    if (!certain) {
        return certain.error();
    }
    if (!certain.value()) {
        return Done{};
    }
    for (const FolderEntry & entry : entries.value()) {
        if (const auto removed = copy.value().remove(entry.name); !removed) {
            return removed;
        }
    }
    return parent_->remove_folder(name_);
}

IoResult<Done> Staging::clean_up() {
    if (!made_) {
        return Done{};
    }
    const auto folder = parent_->open_in(name_);
    if (!folder) {
        return is_one_of(folder.error(), {ENOENT}) ? IoResult<Done>(Done{}) : IoResult<Done>(folder.error());
    }
    const auto entries = folder.value().list();
    if (!entries) {
        return entries.error();
    }
    std::unordered_map<std::string_view, std::uint64_t> known;
    for (const FolderEntry & entry : copied_) {
        known.emplace(entry.name, entry.inode);
    }
    for (const FolderEntry & entry : entries.value()) {
        const auto copied = known.find(entry.name);
        const bool own = changed_.contains(entry.name) || (copied != known.end() && copied->second == entry.inode);
        const auto gone = own || !exposed_ ? folder.value().remove(entry.name) : rescue(folder.value(), entry);
        if (!gone) {
            return gone;
        }
    }
    return parent_->remove_folder(name_);
}

/// Brings what somebody else has put into the copy, or replaced in it, into the enabled folder.
IoResult<Done> Staging::rescue(const Folder & folder, const FolderEntry & entry) const {
    const auto enabled = parent_->open_in(base_);
    if (!enabled) {
        return enabled.error();
    }
    if (auto brought = enabled.value().bring(folder, entry.name); !brought) {
        return brought;
    }
    // Two names of one file stay as they are when one is to take the place of the other.
    const auto removed = folder.remove(entry.name);
    return removed || is_one_of(removed.error(), {ENOENT}) ? IoResult<Done>(Done{}) : removed;
}

}  // namespace confgraph::io

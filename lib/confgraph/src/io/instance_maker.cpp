// SPDX-License-Identifier: Apache-2.0
#include "io/instance_maker.hpp"

#include "core/error.hpp"
#include "core/instance_name.hpp"
#include "core/relative_path.hpp"
#include "io/accounts.hpp"
#include "io/attributes.hpp"
#include "io/folder.hpp"
#include "io/instance_scan.hpp"
#include "io/lock.hpp"
#include "io/root.hpp"
#include "io/text_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

namespace {

using core::InstanceRecord;
using core::InstanceStep;
using State = core::InstanceRecord::State;

confgraph::Error failure(ErrorCode code, const std::string & path, int error) {
    return core::make_error(code, path, error);
}

confgraph::Error not_created(const std::string & path, int error) {
    // What is there now was not there when this was planned.
    return failure(error == EEXIST ? ErrorCode::CHANGED_MEANWHILE : ErrorCode::CANNOT_CREATE_FILE, path, error);
}

/// The folder that something has its name in. In a root, neither a link nor ".." leads out of that.
IoResult<Folder> open_parent(const System & system, const std::string & path) {
    return Folder::open(system.root(), core::parent_folder(path), true);
}

std::string name_of(const std::string & path) { return std::string(core::last_part(path)); }

Descriptor create_file(const Folder & folder, const std::string & name) {
    return Descriptor(uninterrupted([&] {
        return ::openat(folder.descriptor(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    }));
}

Result<Done> sync_folder(const System & system, const std::string & path) {
    const auto folder = Folder::open(system.root(), path, true);
    const auto flushed = folder ? folder.value().sync() : IoResult<Done>(folder.error());
    return flushed ? Result<Done>(Done{}) : failure(ErrorCode::CANNOT_FLUSH, path, flushed.error().value);
}

/// Removes a folder with all that is in it; links in it are not followed.
IoResult<Done> remove_tree(const Folder & parent, const std::string & name, std::string_view spare = {}) {
    const auto folder = parent.open_in(name);
    if (!folder) {
        return folder.error();
    }
    const auto entries = folder.value().list();
    if (!entries) {
        return entries.error();
    }
    for (const FolderEntry & entry : entries.value()) {
        if (entry.name == spare) {
            continue;
        }
        const auto removed =
            entry.is_folder ? remove_tree(folder.value(), entry.name) : folder.value().remove(entry.name);
        if (!removed) {
            return removed;
        }
    }
    return spare.empty() ? parent.remove_folder(name) : IoResult<Done>(Done{});
}

Result<Done> remove_folder(const System & system, const std::string & path, std::string_view spare = {}) {
    const auto parent = open_parent(system, path);
    const auto removed = parent ? remove_tree(parent.value(), name_of(path), spare) : IoResult<Done>(parent.error());
    if (!removed && removed.error().value != ENOENT) {
        return failure(ErrorCode::CANNOT_CLEAN_UP, path, removed.error().value);
    }
    return Done{};
}

/// The record of an instance, on the disk.
class RecordFile {
public:
    RecordFile(const System & system, std::string state) : system_(system), state_(std::move(state)) {}

    /// Makes the state folder, and the record in it, durably.
    Result<Done> create(const InstanceRecord & record) {
        const auto parent = open_parent(system_, state_);
        if (!parent) {
            return not_created(state_, parent.error().value);
        }
        // Readers need no privileges, whatever the file mode creation mask is.
        const auto made = parent.value().create_folder(name_of(state_), 0755);
        if (!made && (made.error().value != EEXIST || !is_empty_state(system_.files(), state_))) {
            return not_created(state_, made.error().value);
        }
        if (const auto set = set_mode_below(system_.root(), state_, 0755); !set) {
            return not_created(state_, set.error().value);
        }
        if (auto flushed = sync_folder(system_, core::parent_folder(state_)); !flushed) {
            return flushed;
        }
        return write(record);
    }

    /// Puts the record in the place of the one before.
    Result<Done> write(const InstanceRecord & record) {
        const std::string path = core::instance_record_path(state_);
        const std::string temporary = name_of(core::new_instance_record_path(state_));
        const auto folder = Folder::open(system_.root(), state_, false);
        if (!folder) {
            return not_created(path, folder.error().value);
        }
        (void)folder.value().remove(temporary);
        const Descriptor file = create_file(folder.value(), temporary);
        if (!file.open()) {
            return not_created(path, errno);
        }
        if (const auto written = write_all(file.value(), core::write_record(record)); !written) {
            return not_created(path, written.error().value);
        }
        if (::fchmod(file.value(), 0644) != 0) {
            return not_created(path, errno);
        }
        const auto flushed = flush(file.value());
        const auto replaced = flushed ? folder.value().replace(name_of(path), temporary) : flushed;
        const auto done = replaced ? folder.value().sync() : replaced;
        return done ? Result<Done>(Done{}) : not_created(path, done.error().value);
    }

    /// The record goes last: as long as it is there, the next command completes what this one began.
    Result<Done> remove() {
        const std::string path = core::instance_record_path(state_);
        if (auto removed = remove_folder(system_, state_, name_of(path)); !removed) {
            return removed;
        }
        if (auto removed = remove_folder(system_, state_); !removed) {
            return removed;
        }
        return sync_folder(system_, core::parent_folder(state_));
    }

private:
    const System & system_;
    std::string state_;
};

/// Carries out the steps of a plan.
class Maker {
public:
    Maker(const System & system, const core::InstancePlan & plan)
        : system_(system), plan_(plan), accounts_(system), hidden_(core::hidden_folder(plan.config)) {}

    Result<Done> run() {
        for (const InstanceStep & step : plan_.steps) {
            if (auto made = make(step, place_of(step.path)); !made) {
                return made;
            }
        }
        return give_name();
    }

    /// What belongs to somebody else than it should.
    [[nodiscard]] const std::vector<core::InstanceIssue> & notes() const { return notes_; }

private:
    /// What belongs to the configuration is made beside its place.
    std::string place_of(const std::string & path) const {
        const bool inside = path == plan_.config || path.starts_with(plan_.config + "/");
        return inside ? hidden_ + path.substr(plan_.config.size()) : path;
    }

    Result<Done> make(const InstanceStep & step, const std::string & path) {
        const auto parent = open_parent(system_, path);
        if (!parent) {
            return not_created(path, parent.error().value);
        }
        switch (step.code) {
            case InstanceStepCode::MAKE_FOLDER:
                return make_folder(step, parent.value(), path);
            case InstanceStepCode::MAKE_LINK:
                return make_link(step, parent.value(), path);
            case InstanceStepCode::COPY_FILE:
            case InstanceStepCode::WRITE_FILE:
                break;
        }
        return make_file(step, parent.value(), path);
    }

    Result<Done> make_folder(const InstanceStep & step, const Folder & parent, const std::string & path) {
        const auto made = parent.create_folder(name_of(path), 0700);
        const auto folder = made || (made.error().value == EEXIST && step.may_exist) ? parent.open_in(name_of(path))
                                                                                     : IoResult<Folder>(made.error());
        if (!folder) {
            return not_created(path, folder.error().value);
        }
        if (!made) {
            return Done{};
        }
        if (!step.source.empty()) {
            const auto source = Folder::open(system_.root(), step.source, true);
            if (!source) {
                return not_created(path, source.error().value);
            }
            if (auto like = make_like(source.value().descriptor(), folder.value().descriptor(), step, path); !like) {
                return like;
            }
        } else if (::fchmod(folder.value().descriptor(), step.mode) != 0) {
            return not_created(path, errno);
        }
        return give_to_user(step, folder.value().descriptor(), path);
    }

    Result<Done> give_to_user(const InstanceStep & step, int file, const std::string & path) {
        if (step.owner.empty()) {
            return Done{};
        }
        const auto user = accounts_.user(step.owner);
        const auto group = accounts_.group(step.group);
        if (!user || !group) {
            return not_created(path, ENOENT);
        }
        struct stat status {};
        const bool has = ::fstat(file, &status) == 0 && status.st_uid == user->id && status.st_gid == group->id;
        if (has || uninterrupted([&] { return ::fchown(file, user->id, group->id); }) == 0) {
            return Done{};
        }
        const int error = errno;
        return owner_left(step, step.owner + ":" + step.group, error) ? Result<Done>(Done{}) : not_created(path, error);
    }

    /// Who builds a system as an ordinary user, or as one that stands for root, cannot give anything away: where it is
    /// put together, that can be made up for.
    bool owner_left(const InstanceStep & step, std::string owner, int error) {
        if (!system_.offline() || !may_not_give_away(error)) {
            return false;
        }
        notes_.push_back({.code = InstanceIssueCode::OWNER_LEFT, .path = step.path, .text = std::move(owner)});
        return true;
    }

    static std::string numbers_of(const struct stat & status) {
        return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
    }

    /// Gives what was made the attributes of its source.
    Result<Done> make_like(int source, int file, const InstanceStep & step, const std::string & path) {
        if (!system_.offline()) {
            const auto copied = copy_attributes(source, file);
            return copied ? Result<Done>(Done{}) : not_created(path, copied.error().value);
        }
        const auto given = copy_possible_attributes(source, file);
        if (!given) {
            return not_created(path, given.error().value);
        }
        struct stat status {};
        // What is the run user's is about to be given to that.
        if (!given.value() && step.owner.empty() && ::fstat(source, &status) == 0) {
            (void)owner_left(step, numbers_of(status), EPERM);
        }
        return Done{};
    }

    Result<Done> make_link(const InstanceStep & step, const Folder & parent, const std::string & path) {
        const std::string name = name_of(path);
        if (const auto made = parent.create_link(step.target, name); !made) {
            return not_created(path, made.error().value);
        }
        const auto like =
            step.source.empty() ? IoResult<struct stat>(Errno{ENOENT}) : link_status_below(system_.root(), step.source);
        if (!like || (like.value().st_uid == ::geteuid() && like.value().st_gid == ::getegid()) ||
            ::fchownat(parent.descriptor(), name.c_str(), like.value().st_uid, like.value().st_gid,
                       AT_SYMLINK_NOFOLLOW) == 0) {
            return Done{};
        }
        const int error = errno;
        return owner_left(step, numbers_of(like.value()), error) ? Result<Done>(Done{}) : not_created(path, error);
    }

    Result<Done> make_file(const InstanceStep & step, const Folder & parent, const std::string & path) {
        struct stat status {};
        auto opened = step.source.empty() ? IoResult<Descriptor>(Descriptor()) : open_source(step.source, status);
        if (!opened) {
            return failure(ErrorCode::CANNOT_READ, step.source, opened.error().value);
        }
        const Descriptor source = std::move(opened).value();
        const Descriptor file = create_file(parent, name_of(path));
        if (!file.open()) {
            return not_created(path, errno);
        }
        if (step.code == InstanceStepCode::WRITE_FILE) {
            if (const auto written = write_all(file.value(), step.text); !written) {
                return not_created(path, written.error().value);
            }
        } else if (auto copied = copy(source.value(), file.value(), step.source, path); !copied) {
            return copied;
        }
        if (!source.open()) {
            return ::fchmod(file.value(), step.mode) == 0 ? Result<Done>(Done{}) : not_created(path, errno);
        }
        if (auto like = make_like(source.value(), file.value(), step, path); !like) {
            return like;
        }
        const timespec times[2] = {status.st_atim, status.st_mtim};
        if (step.code == InstanceStepCode::COPY_FILE && ::futimens(file.value(), times) != 0) {
            return not_created(path, errno);
        }
        return Done{};
    }

    /// Only a file is opened: to open a device can be to do something with it.
    IoResult<Descriptor> open_source(const std::string & path, struct stat & status) const {
        const auto there = link_status_below(system_.root(), path);
        if (!there || !S_ISREG(there.value().st_mode)) {
            return there ? Errno{EINVAL} : there.error();
        }
        auto source = open_below(system_.root(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
        if (source && ::fstat(source.value().value(), &status) != 0) {
            return Errno{errno};
        }
        return source;
    }

    static Result<Done> copy(int from, int to, const std::string & source, const std::string & path) {
        char buffer[64 * 1024];
        while (true) {
            const ssize_t length = uninterrupted([&] { return ::read(from, buffer, sizeof buffer); });
            if (length < 0) {
                return failure(ErrorCode::CANNOT_READ, source, errno);
            }
            if (length == 0) {
                return Done{};
            }
            if (const auto written = write_all(to, {buffer, static_cast<std::size_t>(length)}); !written) {
                return not_created(path, written.error().value);
            }
        }
    }

    /// The point of no return: the configuration gets its name when all else is there, and on the disk.
    Result<Done> give_name() {
        const auto parent = open_parent(system_, plan_.config);
        const auto folder = parent ? parent.value().open_in(name_of(hidden_)) : IoResult<Folder>(parent.error());
        if (!folder) {
            return not_created(hidden_, folder.error().value);
        }
        if (::syncfs(folder.value().descriptor()) != 0) {
            return failure(ErrorCode::CANNOT_FLUSH, hidden_, errno);
        }
        if (const auto named = parent.value().take(parent.value(), name_of(hidden_), name_of(plan_.config)); !named) {
            return not_created(plan_.config, named.error().value);
        }
        return sync_folder(system_, core::parent_folder(plan_.config));
    }

    const System & system_;
    const core::InstancePlan & plan_;
    Accounts accounts_;
    std::string hidden_;
    std::vector<core::InstanceIssue> notes_;
};

/// What of a plan has to be removed again: what is inside of a folder goes with it.
InstanceRecord record_of(const core::InstancePlan & plan) {
    InstanceRecord record{.state = State::MAKING, .name = plan.request.name};
    const auto below = [](const std::string & path, const std::string & folder) {
        return path == folder || path.starts_with(folder + "/");
    };
    for (const InstanceStep & step : plan.steps) {
        const bool goes_with_other =
            below(step.path, plan.config) || below(step.path, plan.state) ||
            std::any_of(record.things.begin(), record.things.end(), [&](const InstanceStep & thing) {
                return thing.code == InstanceStepCode::MAKE_FOLDER && !thing.shared && below(step.path, thing.path);
            });
        if (!goes_with_other) {
            record.things.push_back(
                {.code = step.code == InstanceStepCode::COPY_FILE ? InstanceStepCode::WRITE_FILE : step.code,
                 .path = step.path,
                 .target = step.target,
                 .shared = step.shared});
        }
    }
    return record;
}

/// Removes what a record names.
class Remover {
public:
    Remover(const System & system, const InstanceRecord & record, const core::Layout & layout, bool purge)
        : system_(system),
          record_(record),
          config_(core::instance_path(layout.config, record.name)),
          state_(core::instance_path(layout.state, record.name)),
          log_folder_(core::instance_path(core::LOG_FOLDER, record.name)),
          purge_(purge) {}

    /// Returns what was left, since it is something else now.
    Result<std::vector<std::string>> run() {
        if (auto hidden = hide_configuration(); !hidden) {
            return hidden.error();
        }
        for (auto thing = record_.things.rbegin(); thing != record_.things.rend(); ++thing) {
            if (auto removed = remove(*thing); !removed) {
                return removed.error();
            }
        }
        if (auto removed = remove_folder(system_, core::hidden_folder(config_)); !removed) {
            return removed.error();
        }
        if (auto removed = RecordFile(system_, state_).remove(); !removed) {
            return removed.error();
        }
        return std::move(left_);
    }

private:
    /// In one step the configuration is gone.
    Result<Done> hide_configuration() {
        const auto parent = open_parent(system_, config_);
        if (!parent) {
            return failure(ErrorCode::CANNOT_CLEAN_UP, config_, parent.error().value);
        }
        const std::string hidden = name_of(core::hidden_folder(config_));
        auto moved = parent.value().take(parent.value(), name_of(config_), hidden);
        if (!moved && moved.error().value == EEXIST) {
            if (auto removed = remove_folder(system_, core::hidden_folder(config_)); !removed) {
                return removed;
            }
            moved = parent.value().take(parent.value(), name_of(config_), hidden);
        }
        if (!moved && moved.error().value != ENOENT) {
            return failure(ErrorCode::CANNOT_CLEAN_UP, config_, moved.error().value);
        }
        return sync_folder(system_, core::parent_folder(config_));
    }

    Result<Done> remove(const InstanceStep & thing) {
        const auto parent = open_parent(system_, thing.path);
        struct stat status {};
        if (!parent ||
            ::fstatat(parent.value().descriptor(), name_of(thing.path).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            return Done{};
        }
        if (thing.code == InstanceStepCode::MAKE_FOLDER) {
            return remove_made_folder(thing, parent.value(), S_ISDIR(status.st_mode));
        }
        const auto target = parent.value().link(name_of(thing.path));
        const bool same = thing.code == InstanceStepCode::MAKE_LINK
                              ? target && target.value() == std::optional(thing.target)
                              : S_ISREG(status.st_mode);
        if (!same) {
            left_.push_back(thing.path);
            return Done{};
        }
        const auto removed = parent.value().remove(name_of(thing.path));
        return removed || removed.error().value == ENOENT
                   ? Result<Done>(Done{})
                   : failure(ErrorCode::CANNOT_CLEAN_UP, thing.path, removed.error().value);
    }

    Result<Done> remove_made_folder(const InstanceStep & thing, const Folder & parent, bool is_folder) {
        if (!is_folder) {
            left_.push_back(thing.path);
            return Done{};
        }
        if (!thing.shared && (thing.path != log_folder_ || purge_)) {
            return remove_folder(system_, thing.path);
        }
        // Where the server never ran, there is nothing to keep; and where somebody else put something, all.
        (void)parent.remove_folder(name_of(thing.path));
        return Done{};
    }

    const System & system_;
    const InstanceRecord & record_;
    std::string config_;
    std::string state_;
    std::string log_folder_;
    bool purge_;
    std::vector<std::string> left_;
};

Result<Descriptor> lock(const core::Layout & layout, const LockWait & wait) {
    return take_lock(layout, true, wait.limit, wait.waiting);
}

}  // namespace

Result<core::InstancePlan> create_instance(const System & system, const core::InstanceRequest & request,
                                           const LockWait & wait) {
    const core::Layout layout = default_layout(system.root());
    const auto held = lock(layout, wait);
    if (!held) {
        return held.error();
    }
    auto record = read_record(system, request.name);
    if (record && record->state != State::MADE) {
        if (const auto removed = Remover(system, *record, layout, false).run(); !removed) {
            return removed.error();
        }
    }
    core::InstancePlan plan = core::plan_instance(read_instance_facts(system, request), request);
    if (!plan.refusals.empty()) {
        return failure(ErrorCode::CHANGED_MEANWHILE, plan.refusals.front().path, 0);
    }
    InstanceRecord made = record_of(plan);
    RecordFile file(system, plan.state);
    Result<Done> done = file.create(made);
    if (done) {
        Maker maker(system, plan);
        done = maker.run();
        if (done) {
            plan.notes.insert(plan.notes.end(), maker.notes().begin(), maker.notes().end());
        } else {
            // Before the configuration has its name, all of it goes again.
            (void)Remover(system, made, layout, false).run();
        }
    }
    if (!done) {
        return done.error();
    }
    made.state = State::MADE;
    if (auto written = file.write(made); !written) {
        return written.error();
    }
    return plan;
}

Result<std::vector<std::string>> remove_instance(const System & system, const std::string & name, bool purge,
                                                 const LockWait & wait) {
    const core::Layout layout = default_layout(system.root());
    const auto held = lock(layout, wait);
    if (!held) {
        return held.error();
    }
    const core::Instance instance = read_instance(system, name);
    auto record = name.empty() ? std::nullopt : read_record(system, name);
    if (!record) {
        return failure(ErrorCode::NOT_AN_INSTANCE, core::instance_path(layout.config, name), 0);
    }
    if (instance.running != Running::NO && !system.offline()) {
        return core::make_error({.code = ErrorCode::INSTANCE_RUNS,
                                 .path = instance.layout.config,
                                 .text = instance.process ? std::to_string(*instance.process) : std::string()});
    }
    // No command changes it while it goes. Where that keeps its markers elsewhere, its lock is there.
    const auto own =
        instance.layout.state == layout.state ? Result<Descriptor>(Descriptor()) : lock(instance.layout, wait);
    if (!own) {
        return own.error();
    }
    record->state = State::REMOVING;
    if (auto written = RecordFile(system, core::instance_path(layout.state, name)).write(*record); !written) {
        return written.error();
    }
    return Remover(system, *record, layout, purge).run();
}

}  // namespace confgraph::io

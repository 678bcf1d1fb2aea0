// SPDX-License-Identifier: Apache-2.0
#include "io/text_writer.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace confgraph::io {

using core::Change;
using core::ChangeCode;
using core::Image;

namespace {

Image image_of(const std::optional<TextFile> & file) { return file ? Image(file->text) : Image(); }

/// Whether there is something of a name that can be renamed. A folder cannot: what is in it would go along.
IoResult<bool> is_there(const Folder & folder, const std::string & name) {
    struct stat status {};
    if (::fstatat(folder.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return S_ISREG(status.st_mode) || S_ISLNK(status.st_mode) ? IoResult<bool>(true)
                                                                  : IoResult<bool>(Errno{EINVAL});
    }
    return errno == ENOENT ? IoResult<bool>(false) : IoResult<bool>(Errno{errno});
}

}  // namespace

std::string temporary_name(const std::string & name) { return "." + name + ".confgraph"; }

Error TextWriter::failure(ErrorCode code, const std::string & name, const Errno & error,
                          const std::string & temporary) const {
    std::vector<std::string> left;
    if (!temporary.empty()) {
        const auto removed = folder_->remove(temporary);
        if (!removed && removed.error().value != ENOENT) {
            left.push_back(path_ + "/" + temporary);
        }
    }
    return core::make_error(code, path_ + "/" + name, error.value, std::move(left));
}

Result<Done> TextWriter::open() {
    if (folder_) {
        return Done{};
    }
    auto opened = Folder::open(root_, path_, true);
    if (!opened) {
        return core::make_error(ErrorCode::CANNOT_READ, path_, opened.error().value);
    }
    folder_ = std::move(opened).value();
    return Done{};
}

Result<std::optional<TextFile>> TextWriter::read(const std::string & name) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    auto found = read_text(*folder_, name);
    if (!found) {
        // EINVAL: there is something, but no file that can be edited.
        const bool strange = found.error().value == EINVAL;
        return failure(strange ? ErrorCode::CHANGED_MEANWHILE : ErrorCode::CANNOT_READ, name,
                       strange ? Errno{} : found.error());
    }
    return std::move(found).value();
}

Result<TextWriter::State> TextWriter::state(const Change & change) {
    if (change.code == ChangeCode::RENAME) {
        return state_of_rename(change);
    }
    const auto there = read(change.name);
    if (!there) {
        return there.error().code() == ErrorCode::CHANGED_MEANWHILE ? Result<State>(State::NEITHER) : there.error();
    }
    const Image image = image_of(there.value());
    return image == change.after ? State::AFTER : image == change.before ? State::BEFORE : State::NEITHER;
}

Result<TextWriter::State> TextWriter::state_of_rename(const Change & change) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    const auto before = is_there(*folder_, change.replaced);
    const auto after = is_there(*folder_, change.name);
    for (const auto * one : {&before, &after}) {
        if (!*one && one->error().value != EINVAL) {
            return failure(ErrorCode::CANNOT_READ, one == &before ? change.replaced : change.name, one->error());
        }
    }
    if (!before || !after || before.value() == after.value()) {
        return State::NEITHER;
    }
    return after.value() ? State::AFTER : State::BEFORE;
}

Result<bool> TextWriter::apply(const Change & change) {
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    return change.code == ChangeCode::RENAME ? rename(change) : apply_text(change);
}

Result<bool> TextWriter::rename(const Change & change) {
    const auto now = state_of_rename(change);
    if (!now) {
        return now.error();
    }
    if (now.value() == State::NEITHER) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.name, {});
    }
    if (now.value() == State::AFTER) {
        return false;
    }
    if (const auto renamed = folder_->take(*folder_, change.replaced, change.name); !renamed) {
        return failure(ErrorCode::CANNOT_RENAME_FILE, change.name, renamed.error());
    }
    return true;
}

Result<bool> TextWriter::apply_text(const Change & change) {
    auto found = read(change.name);
    if (!found) {
        return found.error();
    }
    const Image image = image_of(found.value());
    if (image == change.after) {
        return false;
    }
    if (image != change.before) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.name, {});
    }
    const std::string temporary = change.after ? temporary_name(change.name) : std::string();
    TextFile * const there = found.value() ? &*found.value() : nullptr;
    if (change.after) {
        if (auto prepared = prepare(change, temporary, there); !prepared) {
            return prepared.error();
        }
    }
    if (there != nullptr && !is_unchanged(*folder_, change.name, *there)) {
        return failure(ErrorCode::CHANGED_MEANWHILE, change.name, {}, temporary);
    }
    if (!change.after) {
        if (const auto removed = folder_->remove(change.name); !removed) {
            return failure(ErrorCode::CANNOT_REMOVE_FILE, change.name, removed.error());
        }
    } else {
        const auto placed = there != nullptr ? folder_->replace(change.name, temporary)
                                             : folder_->take(*folder_, temporary, change.name);
        if (!placed) {
            return failure(placed.error().value == EEXIST ? ErrorCode::CHANGED_MEANWHILE : ErrorCode::CANNOT_WRITE_FILE,
                           change.name, placed.error(), temporary);
        }
    }
    // What was there first is what can come back.
    if (there != nullptr) {
        old_.try_emplace(change.name, std::move(*there));
    }
    return true;
}

/// Makes the file that is to get the name of a changed one.
Result<Done> TextWriter::prepare(const Change & change, const std::string & temporary, const TextFile * old) {
    if (has_model(change)) {
        const auto linked = folder_->hard_link(*model_, change.name, temporary);
        return linked ? Result<Done>(Done{}) : failure(ErrorCode::CANNOT_WRITE_FILE, change.name, linked.error());
    }
    WriteSettings settings{.like = old == nullptr ? nullptr : &old->file, .sync = sync_};
    if (const auto first = old_.find(change.name); first != old_.end() && first->second.text == change.after) {
        settings.like = &first->second.file;
        settings.with_time = true;
    }
    const auto written = write_text(*folder_, temporary, *change.after, settings);
    if (written) {
        return Done{};
    }
    const bool taken = written.error().value == EEXIST;
    return failure(ErrorCode::CANNOT_WRITE_FILE, taken ? temporary : change.name, written.error(),
                   taken ? std::string() : temporary);
}

bool TextWriter::has_model(const Change & change) const {
    if (model_ == nullptr) {
        return false;
    }
    const auto there = read_text(*model_, change.name);
    return there && image_of(there.value()) == change.after;
}

Result<Done> TextWriter::clean_up(const Change & change) {
    if (change.code != ChangeCode::TEXT) {
        return Done{};
    }
    const std::string temporary = temporary_name(change.name);
    const auto there = read(temporary);
    if (!there) {
        // Not a file, or not one that can be read: somebody else's.
        return Done{};
    }
    // One that says something else is somebody else's, too.
    const bool own = there.value() && (may_be_unfinished(there.value()->text, change.after) ||
                                       may_be_unfinished(there.value()->text, change.before));
    if (own) {
        if (const auto removed = folder_->remove(temporary); !removed) {
            return failure(ErrorCode::CANNOT_CLEAN_UP, temporary, removed.error());
        }
    }
    return Done{};
}

IoResult<Done> TextWriter::sync() { return folder_ ? folder_->sync() : IoResult<Done>(Done{}); }

}  // namespace confgraph::io

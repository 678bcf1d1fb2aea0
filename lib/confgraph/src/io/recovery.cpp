// SPDX-License-Identifier: Apache-2.0
#include "io/recovery.hpp"

#include "core/error.hpp"
#include "io/changer.hpp"
#include "io/journal_file.hpp"

#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

/// Makes the changes that an interrupted command has not made yet.
Result<Done> complete(const core::Layout & layout, const core::Journal & journal, const std::string & path, bool sync) {
    const auto changes = journal.word == core::JournalWord::FORWARD ? journal.changes : core::reversed(journal.changes);
    Changer changer(layout, sync);
    auto stranger = changer.stranger(changes);
    if (!stranger) {
        return stranger.error();
    }
    if (!stranger.value().empty()) {
        return core::make_error(
            {.code = ErrorCode::CHANGED_MEANWHILE, .path = std::move(stranger).value(), .text = path});
    }
    auto cleaned = changer.clean_up_copy(changes);
    if (cleaned) {
        cleaned = changer.clean_up_temporary(changes);
    }
    if (!cleaned) {
        return cleaned;
    }
    // Where some links or files are changed already, the command was changing them one by one.
    const auto untouched = changer.untouched(changes);
    if (!untouched) {
        return untouched.error();
    }
    if (untouched.value() && changer.needs_copy(changes) && !changer.copy_is_foreign()) {
        auto prepared = changer.prepare(changes);
        if (prepared && sync) {
            prepared = changer.sync_copy();
        }
        if (!prepared) {
            return prepared;
        }
    }
    if (auto made = changer.make(changes); !made) {
        return made;
    }
    changer.settle(changes);
    if (auto flushed = sync ? changer.sync_all(changes) : Result<Done>(Done{}); !flushed) {
        return flushed;
    }
    return changer.clean_up();
}

}  // namespace

Result<bool> recover(const FileReader & files, const core::Layout & layout, bool sync) {
    const auto found = read_journal(files, layout);
    if (!found) {
        return found.error();
    }
    if (!found.value().exists) {
        return false;
    }
    const auto file = JournalFile::open(files, layout);
    if (!file) {
        return file.error();
    }
    const std::optional<core::Journal> & journal = found.value().journal;
    // One that was cut off, or is pending, changed nothing yet.
    const bool decided = journal && journal->word != core::JournalWord::PENDING;
    auto completed = decided ? complete(layout, *journal, file.value().path(), sync)
                             : Changer(layout).clean_up_copy(journal ? journal->changes : std::vector<core::Change>());
    if (completed) {
        completed = file.value().remove();
    }
    if (completed && sync) {
        completed = file.value().sync_folder();
    }
    if (!completed) {
        return completed.error();
    }
    return true;
}

}  // namespace confgraph::io

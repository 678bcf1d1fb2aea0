// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "io/folder.hpp"
#include "io/open_watch.hpp"
#include "io/text_file.hpp"

#include <confgraph/transaction.hpp>

#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace confgraph::io {

/// A complete copy of an enabled folder with changes made to it, which takes the folder's place in one step.
///
/// The copy lies beside the folder and holds hard links: what a file or link is, to whom it belongs and how it is
/// labelled, stays. The folder's owner, mode, access control lists and extended attributes are copied. While the copy
/// has its place, the folder is changed in turn, and takes its place back in one step: in the end it is the folder that
/// it was, also for those who have it open or work in it.
class Staging {
public:
    /// Names the place of the copy, below a root. Nothing is read or made yet.
    Staging(std::string root, std::string enabled_folder);

    /// Whether something that is no copy has the copy's place. A copy that somebody left behind there, without a
    /// journal that tells of it, is removed.
    bool is_taken();

    /// Makes the copy. When that, or an exchange, is impossible, says why, and nothing is left of it. Fails with
    /// CHANGED_MEANWHILE or CANNOT_STAGE. files: changes of code TEXT and RENAME.
    Result<Obstacle> prepare(const std::vector<core::LinkChange> & links, const std::vector<core::Change> & files = {});
    /// Flushes the copy, and the files that were made for it.
    [[nodiscard]] IoResult<Done> sync_copy() const;

    /// Whether the folder still is what was copied. Nobody is kept from changing it while the server tests the copy.
    [[nodiscard]] bool is_current() const;

    /// Exchanges the folder and the copy. When that is impossible, says why. Fails with CHANGED_MEANWHILE, when a file
    /// that changes is no longer the one that was copied, and CANNOT_STAGE.
    Result<Obstacle> exchange();
    /// Whether the copy has the folder's place, and the old folder the copy's.
    [[nodiscard]] bool exchanged() const { return exchanged_; }
    /// Exchanges them back.
    IoResult<Done> exchange_back();

    /// Makes the same changes to the folder and brings it back to its place; then nothing can be taken back any more.
    /// Where that fails, the copy keeps the place.
    void settle(const std::vector<core::Change> & changes);

    /// Flushes what has the folder's place, and that it has it.
    [[nodiscard]] IoResult<Done> sync() const;

    /// Removes the copy, or what has its place, if it was made. What somebody else has put into it meanwhile is brought
    /// into the enabled folder.
    IoResult<Done> clean_up();
    /// Removes the copy, or the old folder in its place, that an interrupted command left when it made these changes.
    /// Where it holds something that would be lost, it is left as it is.
    IoResult<Done> clean_up_leftover(const std::vector<core::Change> & changes = {});

    [[nodiscard]] const std::string & path() const { return path_; }

private:
    IoResult<Obstacle> find_place();
    IoResult<Obstacle> make_folder();
    IoResult<Obstacle> check_layers() const;
    IoResult<Obstacle> fill(const std::vector<core::LinkChange> & links, const std::vector<core::Change> & files);
    IoResult<Done> add_link(const core::LinkChange & link);
    IoResult<Obstacle> add_file(const core::Change & change);
    IoResult<Obstacle> add_entry(const std::string & name, const std::string & as);
    IoResult<Obstacle> add_text(const core::Change & change);
    [[nodiscard]] std::string changed_file() const;
    IoResult<Obstacle> list_again();
    Result<Obstacle> failed(const Errno & error);
    [[nodiscard]] std::string watched_path() const;
    IoResult<Done> open_parent();
    [[nodiscard]] bool is_own(const Folder & folder) const;
    [[nodiscard]] IoResult<bool> is_copy(const Folder & folder, const std::vector<FolderEntry> & entries,
                                         const std::vector<core::Change> & changes) const;
    IoResult<Done> rescue(const Folder & folder, const FolderEntry & entry) const;

    std::string root_;
    std::string enabled_path_;
    std::string parent_path_;
    std::string base_;
    std::string name_;  // of the copy
    std::string path_;
    std::optional<Folder> parent_;
    std::optional<Folder> enabled_;
    std::optional<Folder> copy_;
    std::vector<FolderEntry> copied_;
    std::unordered_set<std::string> changed_;  // names of the links and files that change
    std::vector<std::string> made_files_;      // names of the files that are in the copy alone
    std::map<std::string, TextFile> old_files_;
    OpenWatch watch_;
    bool made_ = false;
    bool exchanged_ = false;
    bool exposed_ = false;  // the copy had the folder's place for a while
    std::string changed_meanwhile_;
};

}  // namespace confgraph::io

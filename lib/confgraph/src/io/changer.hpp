// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "core/layout.hpp"
#include "io/link_writer.hpp"
#include "io/marker_writer.hpp"
#include "io/staging.hpp"
#include "io/text_writer.hpp"

#include <confgraph/transaction.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace confgraph::io {

/// Makes the changes of one journal, and can take back what it made.
class Changer {
public:
    /// sync: whether files are flushed before they get their names.
    explicit Changer(const core::Layout & layout, bool sync = true);

    /// Whether the changes need a copy of the folder of enabled modules: more than one of its links or files changes.
    [[nodiscard]] bool needs_copy(const std::vector<core::Change> & changes) const;
    /// Whether something that is not confgraph's has the copy's place, so that there can be none.
    bool copy_is_foreign() { return staging_.is_taken(); }
    /// Says that there will be no copy, since its place is taken.
    void go_without_copy();

    /// Makes the copy for an exchange, or finds out why there can be none. Nothing that the server reads is changed.
    Result<Done> prepare(const std::vector<core::Change> & changes);
    /// Flushes the copy, if there is one.
    Result<Done> sync_copy();
    /// Makes the changes: new markers, links and files, old markers. Says after each how many of how many are made.
    Result<Done> make(const std::vector<core::Change> & changes,
                      const std::function<void(std::size_t, std::size_t)> & progress = {});
    /// Takes back what make() did, last things first. Returns the paths of what could not be.
    std::vector<std::string> take_back();

    /// The link or file of a change that somebody else has changed; empty if none.
    Result<std::string> stranger(const std::vector<core::Change> & changes);
    /// Whether every link and file is what it is before the changes.
    Result<bool> untouched(const std::vector<core::Change> & changes);

    /// Ends an exchange. Nothing can be taken back afterwards.
    void settle(const std::vector<core::Change> & changes);
    /// Flushes what was changed.
    Result<Done> sync();
    /// Flushes what these changes are about, whoever has made them.
    Result<Done> sync_all(const std::vector<core::Change> & changes);
    /// Removes the copy, or the old folder in its place.
    Result<Done> clean_up();
    /// Removes the copy that a command left when it was interrupted while it made these changes.
    Result<Done> clean_up_copy(const std::vector<core::Change> & changes);
    /// Removes temporary links and files that these changes may have left when they were interrupted.
    Result<Done> clean_up_temporary(const std::vector<core::Change> & changes);

    [[nodiscard]] Way way() const { return way_; }
    [[nodiscard]] Obstacle obstacle() const { return obstacle_; }
    [[nodiscard]] const Staging & staging() const { return staging_; }

private:
    enum class Phase { NEW_MARKERS, LINKS, OLD_MARKERS };

    static Phase phase_of(const core::Change & change);
    Result<Done> exchange();
    [[nodiscard]] Result<Done> cleaned(const IoResult<Done> & removed) const;
    Result<bool> apply(const core::Change & change);
    Result<bool> is_left_to_switch(const std::unordered_set<std::string_view> & switched, const core::Change & change);
    Result<std::string> half_switched(const core::Change & change);
    Result<std::string> changed_file(const std::vector<core::Change> & changes);
    LinkWriter & links(Kind kind) { return links_[static_cast<std::size_t>(kind)]; }
    TextWriter & files(const core::Change & change) {
        return (change.list ? lists_ : files_)[static_cast<std::size_t>(change.kind)];
    }

    std::string root_;
    std::array<LinkWriter, 3> links_;
    std::array<TextWriter, 3> files_;
    std::array<TextWriter, 3> lists_;
    MarkerWriter markers_;
    Staging staging_;
    bool own_folder_ = false;  // the folder of enabled modules has nothing else in it
    bool staged_ = false;
    Way way_ = Way::NONE;
    Obstacle obstacle_ = Obstacle::NONE;
    std::vector<core::Change> done_;
};

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan.hpp"

#include <confgraph/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace confgraph::core {

/// What a link points to, or all that a file says; nothing where there is none.
using Image = std::optional<std::string>;

enum class ChangeCode : std::uint8_t {
    LINK,    ///< a link comes, goes, or points elsewhere
    SWITCH,  ///< a link takes the place of another at once
    MARKER,  ///< a marker comes or goes
    TEXT,    ///< a file comes, goes, or says something else
    RENAME,  ///< a file gets another name in its folder
};

/// One thing that a plan changes, with what it is before and after: enough to do it, to undo it, and to tell which of
/// the two is the case.
struct Change {
    ChangeCode code{};
    Kind kind{};
    /// A link's or file's name in the enabled folder, or the name of the entry that a marker is about.
    std::string name{};
    /// The link or file before and after; before a switch there is none of this name. For a marker only whether there
    /// is one counts. RENAME has neither.
    Image before{};
    Image after{};
    /// SWITCH: the link that goes, and what it points to. RENAME: the name that goes.
    std::string replaced{};
    std::string replaced_target{};
    /// MARKER: which of an entry's markers, by its bit number.
    std::size_t marker = 0;
    /// TEXT: the file lies in Folders::start_lists, and not in the enabled folder.
    bool list = false;

    friend bool operator==(const Change &, const Change &) = default;
};

/// What a plan changes, in its order; several operations on one link, marker or file are one change. Fails with
/// CHANGED_MEANWHILE when an operation does not fit what its file said when it was read, and with FILE_TOO_LARGE.
Result<std::vector<Change>> changes_of(const Plan & plan);

/// Whether a change is about links, or about a file; else it is about a marker.
bool is_link(const Change & change);
bool is_file(const Change & change);

/// What becomes of one link in all.
struct LinkChange {
    Kind kind{};
    std::string name;
    Image before;
    Image after;
};

/// What becomes of each link, whatever the ways in between; in the order of the changes. Files are not links.
std::vector<LinkChange> link_changes(const std::vector<Change> & changes);

/// The change that takes another one back.
Change reversed(const Change & change);
/// Changes that take others back, in the order in which that is safe.
std::vector<Change> reversed(const std::vector<Change> & changes);

}  // namespace confgraph::core

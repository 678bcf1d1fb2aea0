// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace confgraph::core {

/// What a link points to; nothing where there is no link.
using Image = std::optional<std::string>;

enum class ChangeCode : std::uint8_t {
    LINK,    ///< a link comes, goes, or points elsewhere
    SWITCH,  ///< a link takes the place of another at once
    MARKER,  ///< a marker comes or goes
};

/// One thing that a plan changes, with what it is before and after: enough to do it, to undo it, and to tell which of
/// the two is the case.
struct Change {
    ChangeCode code{};
    Kind kind{};
    /// A link's name in the enabled folder, or the name of the entry that a marker is about.
    std::string name{};
    /// The link before and after; before a switch there is none of this name. For a marker only whether there is one
    /// counts.
    Image before{};
    Image after{};
    /// SWITCH: the link that goes, and what it points to.
    std::string replaced{};
    std::string replaced_target{};
    /// MARKER: which of an entry's markers, by its bit number.
    std::size_t marker = 0;

    friend bool operator==(const Change &, const Change &) = default;
};

/// What a plan changes, in its order; several operations on one link or marker are one change.
std::vector<Change> changes_of(const Plan & plan);

/// What becomes of one link in all.
struct LinkChange {
    Kind kind{};
    std::string name;
    Image before;
    Image after;
};

/// What becomes of each link, whatever the ways in between; in the order of the changes.
std::vector<LinkChange> link_changes(const std::vector<Change> & changes);

/// The change that takes another one back.
Change reversed(const Change & change);
/// Changes that take others back, in the order in which that is safe.
std::vector<Change> reversed(const std::vector<Change> & changes);

}  // namespace confgraph::core

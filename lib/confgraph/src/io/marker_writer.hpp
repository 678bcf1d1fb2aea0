// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "core/layout.hpp"
#include "io/folder.hpp"

#include <confgraph/result.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace confgraph::io {

/// Makes and removes markers.
class MarkerWriter {
public:
    explicit MarkerWriter(const core::Layout & layout) : layout_(layout) {}

    /// Makes a change of code MARKER. Returns whether anything was changed: a marker may be there, or gone, already.
    /// Fails with CANNOT_WRITE_MARKER and CANNOT_REMOVE_MARKER.
    Result<bool> apply(const core::Change & change);

    /// The folders of the markers that changes are about.
    std::vector<std::string> folders_of(const std::vector<core::Change> & changes);

    /// Removes the folders that were made for markers; returns those that could not be.
    std::vector<std::string> remove_folders();
    /// Flushes the folders in which anything was changed.
    Result<Done> sync();

private:
    struct Place {
        std::string path;
        std::optional<Folder> folder;
        bool missing = false;
        bool changed = false;
    };

    Place & place_of(const core::Change & change);
    IoResult<Done> open(Place & place, bool make);

    const core::Layout & layout_;
    std::array<Place, 12> places_;
    std::vector<std::string> made_;
};

}  // namespace confgraph::io

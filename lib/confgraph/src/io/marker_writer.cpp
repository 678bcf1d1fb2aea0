// SPDX-License-Identifier: Apache-2.0
#include "io/marker_writer.hpp"

#include "core/catalog.hpp"
#include "core/error.hpp"
#include "io/lock.hpp"
#include "io/root.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

namespace {

bool is_file(const Folder & folder, const std::string & name) {
    struct stat status {};
    return ::fstatat(folder.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

MarkerWriter::Place & MarkerWriter::place_of(const core::Change & change) {
    Place & place = places_[static_cast<std::size_t>(change.kind) * core::MARKER_FOLDERS.size() + change.marker];
    if (place.path.empty()) {
        place.path = layout_.of(change.kind).markers;
        place.path.append(1, '/').append(core::MARKER_FOLDERS[change.marker]);
    }
    return place;
}

IoResult<Done> MarkerWriter::open(Place & place, bool make) {
    if (place.folder) {
        return Done{};
    }
    auto opened = Folder::open(layout_.root, place.path, true);
    if (!opened && opened.error().value == ENOENT && make) {
        if (auto made = create_folders(layout_.root, place.path, made_); !made) {
            return made;
        }
        opened = Folder::open(layout_.root, place.path, true);
    }
    if (!opened) {
        return opened.error();
    }
    place.folder = std::move(opened).value();
    return Done{};
}

Result<bool> MarkerWriter::apply(const core::Change & change) {
    Place & place = place_of(change);
    const bool comes = change.after.has_value();
    const auto failure = [&](const Errno & error) {
        return core::make_error(comes ? ErrorCode::CANNOT_WRITE_MARKER : ErrorCode::CANNOT_REMOVE_MARKER,
                                place.path + "/" + change.name, error.value);
    };
    if (const auto opened = open(place, comes); !opened) {
        if (!comes && opened.error().value == ENOENT) {
            return false;
        }
        return failure(opened.error());
    }
    const auto changed = comes ? place.folder->create_file(change.name) : place.folder->remove(change.name);
    place.changed = place.changed || changed;
    if (changed) {
        return true;
    }
    const bool already = comes ? changed.error().value == EEXIST && is_file(*place.folder, change.name)
                               : changed.error().value == ENOENT;
    if (!already) {
        return failure(changed.error());
    }
    // An earlier run may not have come to flush it.
    place.changed = true;
    return false;
}

std::vector<std::string> MarkerWriter::folders_of(const std::vector<core::Change> & changes) {
    std::vector<std::string> folders;
    for (const core::Change & change : changes) {
        if (change.code == core::ChangeCode::MARKER) {
            const std::string & path = place_of(change).path;
            if (std::find(folders.begin(), folders.end(), path) == folders.end()) {
                folders.push_back(path);
            }
        }
    }
    return folders;
}

std::vector<std::string> MarkerWriter::remove_folders() {
    std::vector<std::string> left;
    for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) {
        // One that somebody else has put something into stays.
        const auto removed = remove_folder_below(layout_.root, *folder);
        const int error = removed ? 0 : removed.error().value;
        if (!removed && error != ENOTEMPTY && error != EEXIST && error != ENOENT) {
            left.push_back(*folder);
        }
    }
    made_.clear();
    return left;
}

Result<Done> MarkerWriter::sync() {
    const auto failure = [](const std::string & path, int error) {
        return core::make_error(ErrorCode::CANNOT_FLUSH, path, error);
    };
    for (const Place & place : places_) {
        if (place.changed) {
            if (const auto flushed = place.folder->sync(); !flushed) {
                return failure(place.path, flushed.error().value);
            }
        }
    }
    return sync_parents(layout_.root, made_);
}

}  // namespace confgraph::io

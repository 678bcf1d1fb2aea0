// SPDX-License-Identifier: Apache-2.0
#include "io/changer.hpp"

#include "core/error.hpp"
#include "io/lock.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace confgraph::io {

using core::Change;
using core::ChangeCode;

namespace {

/// Whether a change is one of the folder of enabled modules.
bool is_in_folder(const Change & change) {
    return change.kind == Kind::MODULE && change.code != ChangeCode::MARKER && !change.list;
}

template <class Condition>
std::vector<Change> those(const std::vector<Change> & changes, Condition condition) {
    std::vector<Change> found;
    std::copy_if(changes.begin(), changes.end(), std::back_inserter(found), condition);
    return found;
}

}  // namespace

Changer::Changer(const core::Layout & layout, bool sync)
    : root_(layout.root),
      links_{LinkWriter(layout.root, layout.of(Kind::MODULE).enabled),
             LinkWriter(layout.root, layout.of(Kind::CONF).enabled),
             LinkWriter(layout.root, layout.of(Kind::SITE).enabled)},
      files_{TextWriter(layout.root, layout.of(Kind::MODULE).enabled, sync),
             TextWriter(layout.root, layout.of(Kind::CONF).enabled, sync),
             TextWriter(layout.root, layout.of(Kind::SITE).enabled, sync)},
      lists_{TextWriter(layout.root, layout.of(Kind::MODULE).start_lists, sync),
             TextWriter(layout.root, layout.of(Kind::CONF).start_lists, sync),
             TextWriter(layout.root, layout.of(Kind::SITE).start_lists, sync)},
      markers_(layout),
      staging_(layout.root, layout.of(Kind::MODULE).enabled),
      own_folder_(layout.of(Kind::MODULE).mechanism != core::Mechanism::WORDS &&
                  layout.of(Kind::MODULE).mechanism != core::Mechanism::NONE) {}

bool Changer::needs_copy(const std::vector<Change> & changes) const {
    std::size_t count = 0;
    for (const Change & change : changes) {
        if (is_in_folder(change)) {
            count += change.code == ChangeCode::SWITCH ? 2U : 1U;
        }
    }
    return own_folder_ && count > 1;
}

void Changer::go_without_copy() {
    way_ = Way::ORDERED;
    obstacle_ = Obstacle::NAME_TAKEN;
}

Result<Done> Changer::prepare(const std::vector<Change> & changes) {
    const auto in_folder = those(changes, is_in_folder);
    const auto obstacle = staging_.prepare(core::link_changes(in_folder), those(in_folder, core::is_file));
    if (!obstacle) {
        return obstacle.error();
    }
    obstacle_ = obstacle.value();
    staged_ = obstacle_ == Obstacle::NONE;
    way_ = staged_ ? Way::EXCHANGE : Way::ORDERED;
    return Done{};
}

Result<Done> Changer::sync_copy() {
    const auto flushed = staged_ ? staging_.sync_copy() : IoResult<Done>(Done{});
    if (!flushed) {
        return core::make_error(ErrorCode::CANNOT_FLUSH, staging_.path(), flushed.error().value);
    }
    return Done{};
}

Changer::Phase Changer::phase_of(const Change & change) {
    return change.code != ChangeCode::MARKER ? Phase::LINKS : change.after ? Phase::NEW_MARKERS : Phase::OLD_MARKERS;
}

Result<Done> Changer::make(const std::vector<Change> & changes,
                           const std::function<void(std::size_t, std::size_t)> & progress) {
    if (way_ == Way::NONE && std::any_of(changes.begin(), changes.end(),
                                         [](const Change & change) { return change.code != ChangeCode::MARKER; })) {
        way_ = needs_copy(changes) ? Way::ORDERED : Way::LINKS;
    }
    std::unordered_set<std::string_view> switched;
    for (const Change & change : changes) {
        if (change.code == ChangeCode::SWITCH) {
            switched.insert({change.name, change.replaced});
        }
    }
    std::size_t made = 0;
    // New markers come first and old ones go last: where markers cannot be written, no link has been touched, and at no
    // time is there no marker at all.
    for (const Phase phase : {Phase::NEW_MARKERS, Phase::LINKS, Phase::OLD_MARKERS}) {
        if (phase == Phase::LINKS && staged_) {
            if (auto exchanged = exchange(); !exchanged) {
                return exchanged;
            }
        }
        for (const Change & change : changes) {
            if (phase_of(change) != phase || (staging_.exchanged() && is_in_folder(change))) {
                continue;
            }
            const auto left = is_left_to_switch(switched, change);
            const auto applied = left && !left.value() ? apply(change) : left;
            if (!applied) {
                return applied.error();
            }
            if (applied.value() && !left.value()) {
                done_.push_back(change);
            }
            if (progress) {
                progress(++made, changes.size());
            }
        }
    }
    return Done{};
}

/// Puts the copy in the folder's place. Where that turns out to be impossible, the links are changed one by one.
Result<Done> Changer::exchange() {
    const auto obstacle = staging_.exchange();
    if (!obstacle) {
        return obstacle.error();
    }
    if (obstacle.value() != Obstacle::NONE) {
        obstacle_ = obstacle.value();
        way_ = Way::ORDERED;
        staged_ = false;
    }
    return Done{};
}

Result<bool> Changer::apply(const Change & change) {
    return change.code == ChangeCode::MARKER ? markers_.apply(change)
           : core::is_file(change)           ? files(change).apply(change)
                                             : links(change.kind).apply(change);
}

/// Whether a link is what a switch has made of it already, so that the change before the switch was made too.
Result<bool> Changer::is_left_to_switch(const std::unordered_set<std::string_view> & switched, const Change & change) {
    if (change.code != ChangeCode::LINK || !switched.contains(change.name)) {
        return false;
    }
    const auto there = links(change.kind).image(change.name);
    if (!there) {
        return there.error();
    }
    return there.value() != change.before && there.value() != change.after;
}

std::vector<std::string> Changer::take_back() {
    std::vector<std::string> left;
    const auto take_back_done = [&](bool before_links) {
        for (auto change = done_.rbegin(); change != done_.rend(); ++change) {
            if ((phase_of(*change) == Phase::OLD_MARKERS) != before_links) {
                continue;
            }
            if (const auto undone = apply(core::reversed(*change)); !undone) {
                left.push_back(undone.error().path());
            }
        }
    };
    take_back_done(true);
    if (staging_.exchanged() && !staging_.exchange_back()) {
        left.push_back(links(Kind::MODULE).path());
    }
    take_back_done(false);
    for (std::string & folder : markers_.remove_folders()) {
        left.push_back(std::move(folder));
    }
    done_.clear();
    return left;
}

Result<std::string> Changer::stranger(const std::vector<Change> & changes) {
    // What each link may be: what it is before, after and between the changes that it has a part in.
    std::array<std::unordered_map<std::string_view, std::vector<core::Image>>, 3> images;
    const auto allow = [&](const Change & change, const std::string & name, const core::Image & image) {
        images[static_cast<std::size_t>(change.kind)][name].push_back(image);
    };
    for (const Change & change : changes) {
        if (!core::is_link(change)) {
            continue;
        }
        allow(change, change.name, change.before);
        allow(change, change.name, change.after);
        if (change.code == ChangeCode::SWITCH) {
            allow(change, change.name, change.replaced_target);
            for (const core::Image & image : {core::Image(change.replaced_target), change.after, core::Image()}) {
                allow(change, change.replaced, image);
            }
        }
    }
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (const auto & [name, allowed] : images[static_cast<std::size_t>(kind)]) {
            const auto there = links(kind).image(std::string(name));
            const bool known = there && std::find(allowed.begin(), allowed.end(), there.value()) != allowed.end();
            if (!there && there.error().code() != ErrorCode::CHANGED_MEANWHILE) {
                return there.error();
            }
            if (!known) {
                return links(kind).path() + "/" + std::string(name);
            }
        }
    }
    for (const Change & change : changes) {
        auto path = change.code == ChangeCode::SWITCH ? half_switched(change) : Result<std::string>(std::string());
        if (!path || !path.value().empty()) {
            return path;
        }
    }
    return changed_file(changes);
}

/// The file of a change that is neither as before nor as after it; empty if none.
Result<std::string> Changer::changed_file(const std::vector<Change> & changes) {
    for (const Change & change : changes) {
        if (core::is_file(change)) {
            const auto state = files(change).state(change);
            if (!state) {
                return state.error();
            }
            if (state.value() == TextWriter::State::NEITHER) {
                return files(change).path() + "/" + change.name;
            }
        }
    }
    return std::string();
}

/// The link of a switch that is there beside the other, or is not there though the other is not either.
Result<std::string> Changer::half_switched(const Change & change) {
    LinkWriter & writer = links(change.kind);
    const auto old_link = writer.image(change.replaced);
    const auto new_link = writer.image(change.name);
    if (!old_link || !new_link) {
        return old_link ? new_link.error() : old_link.error();
    }
    const auto is_one = [&](const core::Image & image) {
        return image == change.after || image == change.replaced_target;
    };
    return is_one(old_link.value()) == is_one(new_link.value()) ? writer.path() + "/" + change.name : std::string();
}

Result<bool> Changer::untouched(const std::vector<Change> & changes) {
    for (const core::LinkChange & change : core::link_changes(changes)) {
        const auto there = links(change.kind).image(change.name);
        if (!there) {
            return there.error();
        }
        if (there.value() != change.before) {
            return false;
        }
    }
    for (const Change & change : changes) {
        if (core::is_file(change)) {
            const auto state = files(change).state(change);
            if (!state) {
                return state.error();
            }
            if (state.value() != TextWriter::State::BEFORE) {
                return false;
            }
        }
    }
    return true;
}

void Changer::settle(const std::vector<Change> & changes) {
    if (staging_.exchanged()) {
        staging_.settle(those(changes, is_in_folder));
    }
}

Result<Done> Changer::sync() {
    const auto failure = [](const std::string & path, const Errno & error) {
        return core::make_error(ErrorCode::CANNOT_FLUSH, path, error.value);
    };
    if (staging_.exchanged()) {
        if (const auto flushed = staging_.sync(); !flushed) {
            return failure(links(Kind::MODULE).path(), flushed.error());
        }
    }
    for (LinkWriter & writer : links_) {
        if (const auto flushed = writer.sync(); !flushed) {
            return failure(writer.path(), flushed.error());
        }
    }
    for (auto * writers : {&files_, &lists_}) {
        for (TextWriter & writer : *writers) {
            if (const auto flushed = writer.sync(); !flushed) {
                return failure(writer.path(), flushed.error());
            }
        }
    }
    return markers_.sync();
}

Result<Done> Changer::sync_all(const std::vector<Change> & changes) {
    std::vector<std::string> folders = markers_.folders_of(changes);
    for (const Change & change : changes) {
        if (change.code != ChangeCode::MARKER) {
            folders.push_back(links(change.kind).path());
            break;
        }
    }
    // Not only what is in them, but that they are there: an exchange changes the folder above.
    if (auto flushed = sync_parents(root_, folders); !flushed) {
        return flushed;
    }
    return sync();
}

Result<Done> Changer::clean_up() { return cleaned(staging_.clean_up()); }

Result<Done> Changer::clean_up_copy(const std::vector<Change> & changes) {
    return own_folder_ ? cleaned(staging_.clean_up_leftover(those(changes, is_in_folder))) : Done{};
}

Result<Done> Changer::cleaned(const IoResult<Done> & removed) const {
    if (!removed) {
        return core::make_error(ErrorCode::CANNOT_CLEAN_UP, staging_.path(), removed.error().value);
    }
    return Done{};
}

Result<Done> Changer::clean_up_temporary(const std::vector<Change> & changes) {
    for (const Change & change : changes) {
        const bool temporary_link =
            change.code == ChangeCode::SWITCH || (change.code == ChangeCode::LINK && change.before && change.after);
        auto removed = core::is_file(change) ? files(change).clean_up(change)
                       : temporary_link      ? links(change.kind).clean_up(change)
                                             : Result<Done>(Done{});
        if (!removed) {
            return removed;
        }
    }
    return Done{};
}

}  // namespace confgraph::io

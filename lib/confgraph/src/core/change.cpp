// SPDX-License-Identifier: Apache-2.0
#include "core/change.hpp"

#include "core/catalog.hpp"
#include "core/relative_path.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace confgraph::core {

namespace {

std::size_t marker_of(std::string_view path) {
    path.remove_suffix(last_part(path).size() + 1);
    const auto found = std::find(MARKER_FOLDERS.begin(), MARKER_FOLDERS.end(), last_part(path));
    return static_cast<std::size_t>(found - MARKER_FOLDERS.begin());
}

class Collector {
public:
    explicit Collector(Kind kind) : kind_(kind) {}

    void add(const Operation & operation) {
        const std::string name(last_part(operation.path));
        switch (operation.code) {
            case OperationCode::CREATE_LINK:
                merge(operation.path,
                      {.code = ChangeCode::LINK, .kind = kind_, .name = name, .after = operation.target});
                break;
            case OperationCode::REMOVE_LINK:
                merge(operation.path,
                      {.code = ChangeCode::LINK, .kind = kind_, .name = name, .before = operation.target});
                break;
            case OperationCode::SWITCH_LINK:
                changes_.push_back({.code = ChangeCode::SWITCH,
                                    .kind = kind_,
                                    .name = name,
                                    .after = operation.target,
                                    .replaced = std::string(last_part(operation.replaced_path)),
                                    .replaced_target = operation.replaced_target});
                places_.erase(operation.path);
                places_.erase(operation.replaced_path);
                break;
            case OperationCode::CREATE_MARKER:
            case OperationCode::REMOVE_MARKER: {
                Change change{
                    .code = ChangeCode::MARKER, .kind = kind_, .name = name, .marker = marker_of(operation.path)};
                (operation.code == OperationCode::CREATE_MARKER ? change.after : change.before) = std::string();
                merge(operation.path, std::move(change));
                break;
            }
        }
    }

    std::vector<Change> take() {
        std::erase_if(changes_, [](const Change & change) {
            return change.code != ChangeCode::SWITCH && change.before == change.after;
        });
        return std::move(changes_);
    }

private:
    /// Appends a change; what was to be done to the same path before becomes part of it.
    void merge(const std::string & path, Change change) {
        const auto [known, fresh] = places_.emplace(path, changes_.size());
        if (!fresh) {
            Change & earlier = changes_[known->second];
            change.before = std::move(earlier.before);
            // Without effect: take() leaves it out.
            earlier.before = earlier.after = std::nullopt;
            known->second = changes_.size();
        }
        changes_.push_back(std::move(change));
    }

    Kind kind_;
    std::vector<Change> changes_;
    std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

std::vector<Change> changes_of(const Plan & plan) {
    Collector collector(plan.request.kind);
    for (const Step & step : plan.steps) {
        for (const Operation & operation : step.operations) {
            collector.add(operation);
        }
    }
    return collector.take();
}

std::vector<LinkChange> link_changes(const std::vector<Change> & changes) {
    std::vector<LinkChange> links;
    std::array<std::unordered_map<std::string_view, std::size_t>, 3> places;
    const auto add = [&](const Change & change, const std::string & name, const Image & before, const Image & after) {
        const auto [known, fresh] = places[static_cast<std::size_t>(change.kind)].emplace(name, links.size());
        if (fresh) {
            links.push_back({change.kind, name, before, after});
        } else {
            links[known->second].after = after;
        }
    };
    for (const Change & change : changes) {
        if (change.code == ChangeCode::SWITCH) {
            add(change, change.replaced, change.replaced_target, std::nullopt);
        }
        if (change.code != ChangeCode::MARKER) {
            add(change, change.name, change.before, change.after);
        }
    }
    return links;
}

Change reversed(const Change & change) {
    Change back = change;
    if (change.code == ChangeCode::SWITCH) {
        back.name = change.replaced;
        back.after = change.replaced_target;
        back.replaced = change.name;
        back.replaced_target = *change.after;
        return back;
    }
    std::swap(back.before, back.after);
    return back;
}

std::vector<Change> reversed(const std::vector<Change> & changes) {
    std::vector<Change> back;
    back.reserve(changes.size());
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        back.push_back(reversed(*change));
    }
    return back;
}

}  // namespace confgraph::core

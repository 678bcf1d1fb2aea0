// SPDX-License-Identifier: Apache-2.0
#include "core/change.hpp"

#include "core/catalog.hpp"
#include "core/error.hpp"
#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "core/text_edit.hpp"

#include <algorithm>
#include <array>
#include <map>
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

/// More than all files of a configuration that is edited say; a journal of so much can be read.
constexpr std::size_t MAX_TEXTS_BYTES = 64UL * 1024 * 1024;

class Collector {
public:
    explicit Collector(const Plan & plan) : kind_(plan.request.kind), texts_(plan.texts.begin(), plan.texts.end()) {}

    /// Takes an operation in. Returns whether it fits what its file says.
    bool add(const Operation & operation) {
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
            case OperationCode::EDIT_LINE:
            case OperationCode::ADD_WORD:
            case OperationCode::REMOVE_WORD:
            case OperationCode::CREATE_FILE:
            case OperationCode::REMOVE_FILE:
                return edit(operation, name);
            case OperationCode::RENAME_FILE:
                return rename(operation, name);
        }
        return true;
    }

    std::vector<Change> take() {
        std::erase_if(changes_, [](const Change & change) {
            return change.code == ChangeCode::RENAME
                       ? change.name == change.replaced
                       : change.code != ChangeCode::SWITCH && change.before == change.after;
        });
        return std::move(changes_);
    }

private:
    bool edit(const Operation & operation, const std::string & name) {
        Image & text = texts_[operation.path];
        Image after;
        const bool comes = operation.code == OperationCode::CREATE_FILE;
        if (comes == text.has_value() || !is_file_name(name)) {
            return false;
        }
        switch (operation.code) {
            case OperationCode::EDIT_LINE:
                after = edit_line(*text, operation.line, operation.replaced_target, operation.target);
                break;
            case OperationCode::ADD_WORD:
                after = add_word(*text, operation.line, operation.target);
                break;
            case OperationCode::REMOVE_WORD:
                after = remove_word(*text, operation.line, operation.replaced_target);
                break;
            case OperationCode::CREATE_FILE:
                after = operation.target;
                break;
            default:
                if (*text != operation.replaced_target) {
                    return false;
                }
        }
        if (!after && operation.code != OperationCode::REMOVE_FILE) {
            return false;
        }
        merge(operation.path, {.code = ChangeCode::TEXT,
                               .kind = kind_,
                               .name = name,
                               .before = std::move(text),
                               .after = after,
                               .list = operation.list});
        text = std::move(after);
        return true;
    }

    /// A file that gets one name after the other gets the last one.
    bool rename(const Operation & operation, const std::string & name) {
        Change change{.code = ChangeCode::RENAME,
                      .kind = kind_,
                      .name = name,
                      .replaced = std::string(last_part(operation.replaced_path))};
        if (!is_file_name(name) || !is_file_name(change.replaced) || name == change.replaced) {
            return false;
        }
        if (const auto known = places_.find(operation.replaced_path); known != places_.end()) {
            Change & earlier = changes_[known->second];
            if (earlier.code != ChangeCode::RENAME) {
                return false;
            }
            change.replaced = earlier.replaced;
            // Without effect: take() leaves it out.
            earlier.replaced = earlier.name;
            places_.erase(known);
        }
        places_[operation.path] = changes_.size();
        changes_.push_back(std::move(change));
        return true;
    }

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
    /// What each file says by now.
    std::map<std::string, Image> texts_;
    std::vector<Change> changes_;
    std::unordered_map<std::string, std::size_t> places_;
};

/// The file that is too large to be changed, if any.
const Change * find_too_large(const std::vector<Change> & changes) {
    std::size_t all = 0;
    for (const Change & change : changes) {
        if (change.code == ChangeCode::TEXT) {
            const std::size_t before = change.before ? change.before->size() : 0;
            const std::size_t after = change.after ? change.after->size() : 0;
            all += before + after;
            if (std::max(before, after) > MAX_TEXT_BYTES || all > MAX_TEXTS_BYTES) {
                return &change;
            }
        }
    }
    return nullptr;
}

}  // namespace

Result<std::vector<Change>> changes_of(const Plan & plan) {
    Collector collector(plan);
    std::map<std::string_view, std::string_view> paths;
    for (const Step & step : plan.steps) {
        for (const Operation & operation : step.operations) {
            if (!collector.add(operation)) {
                return make_error({.code = ErrorCode::CHANGED_MEANWHILE, .path = operation.path});
            }
            paths.emplace(last_part(operation.path), operation.path);
        }
    }
    std::vector<Change> changes = collector.take();
    if (const Change * change = find_too_large(changes)) {
        return make_error({.code = ErrorCode::FILE_TOO_LARGE, .path = std::string(paths[change->name])});
    }
    return changes;
}

bool is_link(const Change & change) { return change.code == ChangeCode::LINK || change.code == ChangeCode::SWITCH; }

bool is_file(const Change & change) { return change.code == ChangeCode::TEXT || change.code == ChangeCode::RENAME; }

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
        if (is_link(change)) {
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
    if (change.code == ChangeCode::RENAME) {
        std::swap(back.name, back.replaced);
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

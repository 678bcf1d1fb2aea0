// SPDX-License-Identifier: Apache-2.0
#include "core/enabling.hpp"

#include "core/mpm.hpp"

#include <string_view>
#include <utility>

namespace confgraph::core {

namespace {

Operation create_link(const Catalog & catalog, const Entry & entry, bool conf) {
    const std::string_view end = conf ? std::string_view(".conf") : suffix(entry.kind);
    std::string target = catalog.link_prefix[static_cast<std::size_t>(entry.kind)];
    target.append(entry.name).append(end);
    return {.code = OperationCode::CREATE_LINK,
            .path = conf ? catalog.enabled_conf_path(entry) : catalog.enabled_path(entry),
            .target = std::move(target)};
}

Operation remove_link(const Catalog & catalog, const Entry & entry, bool conf) {
    Operation operation = create_link(catalog, entry, conf);
    operation.code = OperationCode::REMOVE_LINK;
    const std::string & actual = conf ? entry.conf_link_target : entry.link_target;
    if (!actual.empty()) {
        operation.target = actual;
    }
    return operation;
}

Operation switch_link(const Catalog & catalog, const Entry & comes, const Entry & goes) {
    Operation operation = create_link(catalog, comes, false);
    Operation removal = remove_link(catalog, goes, false);
    operation.code = OperationCode::SWITCH_LINK;
    operation.replaced_path = std::move(removal.path);
    operation.replaced_target = std::move(removal.target);
    return operation;
}

/// What makes the line of an entry say that it is enabled, or not; or makes or removes the file that is its own.
Operation change_line(const Entry & entry, bool enable) {
    const Place & place = *entry.place;
    if (place.own_file) {
        Operation operation{.code = enable ? OperationCode::CREATE_FILE : OperationCode::REMOVE_FILE,
                            .path = place.path};
        (enable ? operation.target : operation.replaced_target) = place.enabled;
        return operation;
    }
    return {.code = OperationCode::EDIT_LINE,
            .path = place.path,
            .target = enable ? place.enabled : place.disabled,
            .replaced_target = enable ? place.disabled : place.enabled,
            .line = place.line};
}

Operation change_word(const Entry & entry, bool enable) {
    const Place & place = *entry.place;
    if (is_mpm(entry)) {
        // A variable of its own says which one is started: what is chosen takes the place of what was.
        return {.code = OperationCode::EDIT_LINE,
                .path = place.path,
                .target = place.enabled,
                .replaced_target = place.disabled,
                .line = place.line};
    }
    Operation operation{
        .code = enable ? OperationCode::ADD_WORD : OperationCode::REMOVE_WORD, .path = place.path, .line = place.line};
    (enable ? operation.target : operation.replaced_target) = place.enabled;
    return operation;
}

Operation change_name(const Entry & entry, bool enable) {
    const Place & place = *entry.place;
    return {.code = OperationCode::RENAME_FILE,
            .path = enable ? place.enabled : place.disabled,
            .replaced_path = enable ? place.disabled : place.enabled};
}

void append(const Catalog & catalog, const Entry & entry, bool conf, bool enable, std::vector<Operation> & operations) {
    switch (catalog.layout.of(entry.kind).mechanism) {
        case Mechanism::LINKS:
            operations.push_back(enable ? create_link(catalog, entry, conf) : remove_link(catalog, entry, conf));
            break;
        case Mechanism::LINES:
            operations.push_back(change_line(entry, enable));
            break;
        case Mechanism::WORDS:
            operations.push_back(change_word(entry, enable));
            break;
        case Mechanism::SUFFIX:
            operations.push_back(change_name(entry, enable));
            break;
        case Mechanism::NONE:
            break;
    }
}

}  // namespace

void append_enabling(const Catalog & catalog, const Entry & entry, bool conf, std::vector<Operation> & operations) {
    append(catalog, entry, conf, true, operations);
}

void append_disabling(const Catalog & catalog, const Entry & entry, bool conf, std::vector<Operation> & operations) {
    append(catalog, entry, conf, false, operations);
}

void append_wish(const Catalog & catalog, const Entry & entry, bool enabled, std::vector<Operation> & operations) {
    const StartWishes & wishes = catalog.start_wishes[static_cast<std::size_t>(entry.kind)];
    const auto wish = wishes.find(entry.name);
    // What is no file of its own is not edited; its text is not known then.
    if (wish == wishes.end() || wish->second.enabled == enabled || !catalog.texts.contains(wish->second.where.file)) {
        return;
    }
    operations.push_back({.code = OperationCode::EDIT_LINE,
                          .path = wish->second.where.file,
                          .target = other_line(wish->second),
                          .replaced_target = wish->second.line,
                          .line = wish->second.where.line,
                          .list = true});
}

void append_replacing(const Catalog & catalog, const Entry & comes, const Entry & goes,
                      std::vector<Operation> & operations) {
    if (catalog.layout.of(comes.kind).mechanism == Mechanism::LINKS) {
        operations.push_back(switch_link(catalog, comes, goes));
        return;
    }
    if (catalog.layout.of(comes.kind).mechanism == Mechanism::WORDS && is_mpm(comes)) {
        append_enabling(catalog, comes, false, operations);
        return;
    }
    // Operations on one file are one replacement of it. On several files the new one comes first, as for MPMs none is
    // worse than two: what is left half-way then says what was wanted.
    append_enabling(catalog, comes, false, operations);
    append_disabling(catalog, goes, false, operations);
}

void note_texts(const Catalog & catalog, Plan & plan) {
    for (const Step & step : plan.steps) {
        for (const Operation & operation : step.operations) {
            const bool edits =
                operation.code == OperationCode::EDIT_LINE || operation.code == OperationCode::ADD_WORD ||
                operation.code == OperationCode::REMOVE_WORD || operation.code == OperationCode::REMOVE_FILE;
            const auto text = edits ? catalog.texts.find(operation.path) : catalog.texts.end();
            if (text != catalog.texts.end()) {
                plan.texts.insert(*text);
            }
        }
    }
}

}  // namespace confgraph::core

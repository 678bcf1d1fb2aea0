// SPDX-License-Identifier: Apache-2.0
#include "core/enabling.hpp"
#include "core/mpm.hpp"
#include "core/plan_builder.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace confgraph::core {

namespace {

// Debian's list of modules that web applications may use without asking, and that its default configuration needs.
constexpr std::array<std::string_view, 17> ESSENTIAL_MODULES = {
    "alias",  "auth_basic", "authn_file", "authz_host",  "authz_user", "autoindex", "deflate", "dir",     "env",
    "filter", "logio",      "mime",       "negotiation", "setenvif",   "unixd",     "version", "watchdog"};

bool is_essential(const Entry & entry) {
    return entry.kind == Kind::MODULE &&
           std::find(ESSENTIAL_MODULES.begin(), ESSENTIAL_MODULES.end(), entry.name) != ESSENTIAL_MODULES.end();
}

}  // namespace

Disabler::Disabler(PlanBuilder & builder) : builder_(builder), graph_(builder.catalog(), Graph::Edges::ENABLED) {
    if (builder.request().kind != Kind::MODULE) {
        return;
    }
    components_ = graph_.components();
    cycles_ = cycles_of(components_);
}

bool Disabler::plan_disable(const std::string & name) {
    frames_.clear();
    only_cycle_ = false;
    if (enter(name, {}) == Entered::FAILED) {
        return false;
    }
    while (!frames_.empty()) {
        if (!advance()) {
            builder_.refuse_walk(frames_, true);
            return false;
        }
    }
    return true;
}

bool Disabler::plan_dependents(EntryId mpm, const Replacement & replacement) {
    replacement_ = &replacement;
    const bool possible = walk_dependents(mpm);
    replacement_ = nullptr;
    return possible;
}

/// Disables all that depends on an entry, or refuses; the entry itself stays.
bool Disabler::walk_dependents(EntryId mpm) {
    frames_.clear();
    only_cycle_ = false;
    if (!builder_.request().force && !check_dependents(mpm)) {
        return false;
    }
    builder_.set_in_progress(mpm, true);
    frames_.push_back({mpm, builder_.entry(mpm).name, {}, enabled_dependents(mpm), 0});
    while (frames_.size() > 1 || frames_.back().next < frames_.back().dependents.size()) {
        if (!advance()) {
            builder_.refuse_walk(frames_, false);
            return false;
        }
    }
    builder_.set_in_progress(mpm, false);
    return true;
}

/// Takes the topmost entry one dependent further, or finishes it. Returns false when it cannot be disabled.
bool Disabler::advance() {
    Frame & top = frames_.back();
    const Entry & entry = builder_.entry(top.id);
    if (top.next < top.dependents.size()) {
        const EntryId dependent = top.dependents[top.next++];
        const std::string & name = builder_.entry(dependent).name;
        if (builder_.in_progress(dependent)) {
            return true;
        }
        builder_.note({.code = NoticeCode::CONSIDERING_DEPENDENCY, .subject = entry.name, .object = name});
        const Reason reason = only_cycle_ ? Reason::CYCLE : Reason::DEPENDENT;
        if (enter(name, {reason, entry.name, builder_.declared(dependent, entry.name, false)}) == Entered::FAILED) {
            builder_.note_failed_dependency(entry.name, name);
            return false;
        }
        return true;
    }
    if (!finish(top.id, top.cause)) {
        return false;
    }
    builder_.set_in_progress(top.id, false);
    frames_.pop_back();
    return true;
}

Disabler::Entered Disabler::enter(const std::string & asked, Cause cause) {
    const EntryId id = builder_.catalog().find(builder_.request().kind, asked);
    if (id == NO_ENTRY || !builder_.entry(id).available) {
        return missing(asked, id, cause) ? Entered::DONE : Entered::FAILED;
    }
    if (builder_.hopeless(id) && !frames_.empty()) {
        return Entered::FAILED;
    }
    Frame frame{id, asked, std::move(cause), {}, 0};
    if (builder_.request().kind == Kind::MODULE) {
        if (frames_.empty() && !builder_.request().force && !check_dependents(id)) {
            return Entered::FAILED;
        }
        frame.dependents = enabled_dependents(id);
    }
    builder_.set_in_progress(id, true);
    frames_.push_back(std::move(frame));
    return Entered::DESCEND;
}

std::vector<EntryId> Disabler::enabled_dependents(EntryId id) const {
    const auto contains = [](const std::vector<EntryId> & ids, EntryId wanted) {
        return std::find(ids.begin(), ids.end(), wanted) != ids.end();
    };
    std::vector<EntryId> list;
    for (const EntryId dependent : graph_.dependents(id)) {
        const bool replaced =
            replacement_ != nullptr && (dependent == replacement_->comes || contains(replacement_->goes, dependent));
        if (builder_.enabled(dependent) && !replaced && (!only_cycle_ || components_[dependent] == components_[id])) {
            list.push_back(dependent);
        }
    }
    if (replacement_ != nullptr && contains(replacement_->goes, id) && !is_threaded(builder_.entry(id)) &&
        is_threaded(builder_.entry(replacement_->comes))) {
        const EntryId silent = builder_.catalog().find(Kind::MODULE, NEEDS_NONTHREADED);
        if (silent != NO_ENTRY && builder_.enabled(silent) && !contains(list, silent)) {
            list.push_back(silent);
        }
    }
    return list;
}

/// Refuses when enabled modules depend on this one. Those that it depends on in turn do not count: such a cycle goes
/// together, and only what depends on any of it from outside is in the way.
bool Disabler::check_dependents(EntryId id) {
    std::vector<EntryId> members{id};
    if (const auto cycle = cycles_.find(components_[id]);
        replacement_ == nullptr && cycle != cycles_.end() && builder_.enabled(id)) {
        members = cycle->second;
        std::erase_if(members, [&](EntryId member) { return !builder_.enabled(member); });
    }
    std::unordered_set<EntryId> seen;
    Notice refusal{.code = NoticeCode::DEPENDENTS, .subject = builder_.entry(id).name};
    for (const EntryId member : members) {
        for (const EntryId dependent : enabled_dependents(member)) {
            const Entry & entry = builder_.entry(dependent);
            const bool inside = members.size() > 1 && components_[dependent] == components_[id];
            if (inside || !seen.insert(dependent).second) {
                continue;
            }
            refusal.names.push_back(entry.name);
            for (Location & location : builder_.declared(dependent, builder_.entry(member).name, false)) {
                refusal.where.push_back(std::move(location));
            }
        }
    }
    if (!refusal.names.empty()) {
        builder_.note(std::move(refusal));
        note_indirect(std::move(seen));
        return false;
    }
    if (members.size() > 1) {
        only_cycle_ = true;
        builder_.note_cycle(id, std::move(members), components_, Graph::Edges::ENABLED);
    }
    return true;
}

/// Names what depends on the dependents in turn: the whole chain that stands in the way.
void Disabler::note_indirect(std::unordered_set<EntryId> seen) {
    std::vector<EntryId> reached(seen.begin(), seen.end());
    std::sort(reached.begin(), reached.end());
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (!told_.insert(reached[i]).second) {
            continue;
        }
        const std::string name = builder_.entry(reached[i]).name;
        for (const EntryId dependent : enabled_dependents(reached[i])) {
            if (seen.insert(dependent).second) {
                reached.push_back(dependent);
                builder_.note({.code = NoticeCode::INDIRECT_DEPENDENT,
                               .subject = builder_.entry(dependent).name,
                               .object = name,
                               .where = builder_.declared(dependent, name, false)});
            }
        }
    }
}

/// Disables what has no file in the available folder: only a link that leads nowhere can be left of it.
bool Disabler::missing(const std::string & name, EntryId id, const Cause & cause) {
    if (id != NO_ENTRY && builder_.state(id).link == LinkState::DANGLING) {
        const Entry & entry = builder_.entry(id);
        PlanBuilder::State state = builder_.state(id);
        std::vector<Operation> operations;
        if (state.conf_link == LinkState::DANGLING) {
            append_disabling(builder_.catalog(), entry, true, operations);
        }
        append_disabling(builder_.catalog(), entry, false, operations);
        builder_.note_change({.code = NoticeCode::DANGLING_LINK_REMOVED,
                              .subject = name,
                              .path = builder_.catalog().enabled_path(entry)});
        if (state.conf_link == LinkState::DANGLING) {
            builder_.note_change({.code = NoticeCode::DANGLING_LINK_REMOVED,
                                  .subject = name,
                                  .path = builder_.catalog().enabled_conf_path(entry)});
            state.conf_link = LinkState::ABSENT;
        }
        state.link = LinkState::ABSENT;
        builder_.set(id, state);
        builder_.add_step(StepCode::REMOVE_DANGLING, id, cause, std::move(operations));
        return true;
    }
    return builder_.missing(name, id, cause);
}

bool Disabler::finish(EntryId id, const Cause & cause) {
    const Entry & entry = builder_.entry(id);
    const PlanBuilder::State & state = builder_.state(id);
    if (state.link != LinkState::ABSENT) {
        return unlink(id, cause);
    }
    if (state.conf_link == LinkState::REAL_FILE && entry.has_conf) {
        return refuse_real_file(entry, true);
    }
    if (state.conf_link == LinkState::DANGLING || (entry.has_conf && state.conf_link != LinkState::ABSENT)) {
        unlink_conf_only(id, cause);
        return true;
    }
    builder_.note({.code = NoticeCode::ALREADY_DISABLED, .subject = entry.name});
    if (builder_.request().purge) {
        builder_.add_purge(entry.name, id, cause);
    }
    return true;
}

bool Disabler::refuse_real_file(const Entry & entry, bool conf) {
    std::string path = conf ? builder_.catalog().enabled_conf_path(entry) : builder_.catalog().enabled_path(entry);
    builder_.note({.code = NoticeCode::CANNOT_REMOVE_REAL_FILE, .subject = entry.name, .path = std::move(path)});
    return false;
}

bool Disabler::unlink(EntryId id, const Cause & cause, bool with_load) {
    const Entry & entry = builder_.entry(id);
    PlanBuilder::State state = builder_.state(id);
    if (builder_.note_obstacle(entry)) {
        return false;
    }
    if (with_load && !builder_.catalog().layout.mpm_servers.empty() && is_mpm(entry)) {
        builder_.note({.code = NoticeCode::MPM_IS_SERVER, .subject = entry.name});
        return false;
    }
    if (state.link == LinkState::REAL_FILE) {
        return refuse_real_file(entry, false);
    }
    if (entry.has_conf && state.conf_link == LinkState::REAL_FILE) {
        return refuse_real_file(entry, true);
    }
    if (entry.kind == Kind::MODULE && entry.name == "cache_disk" &&
        builder_.catalog().layout.name == LayoutName::DEBIAN) {
        builder_.note_change({.code = NoticeCode::EXTERNAL_SERVICE, .subject = entry.name});
        builder_.add_service(entry.name);
    }
    if (is_essential(entry) && !builder_.request().force) {
        builder_.add_confirmation(entry.name);
    }
    // The configuration goes before its module: at no time are there directives that nothing understands.
    std::vector<Operation> operations;
    if (state.conf_link == LinkState::DANGLING || (entry.has_conf && state.conf_link != LinkState::ABSENT)) {
        append_disabling(builder_.catalog(), entry, true, operations);
        state.conf_link = LinkState::ABSENT;
    }
    if (with_load) {
        append_disabling(builder_.catalog(), entry, false, operations);
    }
    state.link = LinkState::ABSENT;
    builder_.switch_markers(id, Action::DISABLE, state, operations);
    builder_.set(id, state);
    builder_.request_reload();
    builder_.note_change({.code = NoticeCode::DISABLED, .subject = entry.name});
    builder_.add_step(StepCode::DISABLE, id, cause, std::move(operations));
    return true;
}

void Disabler::unlink_conf_only(EntryId id, const Cause & cause) {
    const Entry & entry = builder_.entry(id);
    PlanBuilder::State state = builder_.state(id);
    if (state.conf_link == LinkState::DANGLING) {
        builder_.note_change({.code = NoticeCode::DANGLING_LINK_REMOVED,
                              .subject = entry.name,
                              .path = builder_.catalog().enabled_conf_path(entry)});
    } else {
        builder_.note_change({.code = NoticeCode::REMOVING_STALE_CONF, .subject = entry.name});
    }
    state.conf_link = LinkState::ABSENT;
    builder_.set(id, state);
    builder_.request_reload();
    std::vector<Operation> operations;
    append_disabling(builder_.catalog(), entry, true, operations);
    builder_.add_step(StepCode::REMOVE_CONF, id, cause, std::move(operations));
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/plan_builder.hpp"

#include "core/enabling.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/nearest.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

Severity severity_of(NoticeCode code) {
    switch (code) {
        case NoticeCode::CONSIDERING_DEPENDENCY:
        case NoticeCode::CHECKING_DEPENDENCY:
        case NoticeCode::CONSIDERING_CONFLICT:
        case NoticeCode::ALREADY_ENABLED:
        case NoticeCode::ALREADY_DISABLED:
        case NoticeCode::DANGLING_LINK_REPLACED:
        case NoticeCode::DANGLING_LINK_REMOVED:
        case NoticeCode::CYCLE:
        case NoticeCode::SSL_HINT:
            return Severity::INFO;
        case NoticeCode::ENABLING:
        case NoticeCode::ENABLING_CONF:
        case NoticeCode::DISABLED:
        case NoticeCode::REMOVING_STALE_CONF:
        case NoticeCode::THREADED_MPM:
        case NoticeCode::EXTERNAL_SERVICE:
        case NoticeCode::VARIANT_SWITCHED:
            return Severity::CHANGE;
        case NoticeCode::MPM_UNKNOWN:
        case NoticeCode::MODULE_NOT_ENABLED:
        case NoticeCode::LAST_MPM:
            return Severity::WARNING;
        default:
            return Severity::ERROR;
    }
}

}  // namespace

PlanBuilder::PlanBuilder(const Catalog & catalog, const Request & request) : catalog_(catalog) {
    plan_.request = request;
    states_.reserve(catalog.entries.size());
    for (const Entry & entry : catalog.entries) {
        states_.push_back({entry.link, entry.conf_link, entry.markers, 0});
    }
    in_progress_.resize(catalog.entries.size());
    hopeless_.resize(catalog.entries.size());
}

void PlanBuilder::begin_unit() {
    undo_.clear();
    conditional_.clear();
    first_step_ = plan_.steps.size();
    first_confirmation_ = plan_.confirmations.size();
    first_service_ = plan_.services.size();
    reload_before_ = plan_.needs_reload;
}

void PlanBuilder::end_unit(std::string_view name, bool refused) {
    if (!refused) {
        const bool changes = plan_.steps.size() != first_step_;
        plan_.units.push_back({std::string(name), changes ? UnitState::CHANGES : UnitState::NOTHING_TO_DO});
        return;
    }
    for (auto entry = undo_.rbegin(); entry != undo_.rend(); ++entry) {
        states_[entry->first] = entry->second;
    }
    if (!conditional_.empty()) {
        std::size_t kept = conditional_.front();
        std::size_t next = 0;
        for (std::size_t i = kept; i < plan_.notices.size(); ++i) {
            if (next < conditional_.size() && conditional_[next] == i) {
                ++next;
            } else {
                plan_.notices[kept++] = std::move(plan_.notices[i]);
            }
        }
        plan_.notices.resize(kept);
    }
    plan_.steps.resize(first_step_);
    plan_.confirmations.resize(first_confirmation_);
    plan_.services.resize(first_service_);
    plan_.needs_reload = reload_before_;
    plan_.refused = true;
    plan_.units.push_back({std::string(name), UnitState::REFUSED});
}

void PlanBuilder::note(Notice notice) {
    notice.severity = severity_of(notice.code);
    plan_.notices.push_back(std::move(notice));
}

void PlanBuilder::note_change(Notice notice) {
    conditional_.push_back(plan_.notices.size());
    note(std::move(notice));
}

void PlanBuilder::set(EntryId id, State state) {
    undo_.emplace_back(id, states_[id]);
    states_[id] = state;
}

void PlanBuilder::set_handled(EntryId id) {
    State state = states_[id];
    state.handled = plan_.units.size() + 1;
    set(id, state);
}

bool PlanBuilder::was_enabled(EntryId id) const {
    const auto first =
        std::find_if(undo_.begin(), undo_.end(), [&](const auto & change) { return change.first == id; });
    const LinkState link = first == undo_.end() ? states_[id].link : first->second.link;
    return link != LinkState::ABSENT && link != LinkState::DANGLING;
}

void PlanBuilder::note_cycle(EntryId id, std::vector<EntryId> members, const std::vector<std::uint32_t> & components,
                             Graph::Edges edges) {
    std::sort(members.begin(), members.end(),
              [&](EntryId left, EntryId right) { return glob_less(entry(left).name, entry(right).name); });
    Notice notice{.code = NoticeCode::CYCLE, .subject = entry(id).name};
    for (const EntryId member : members) {
        notice.names.push_back(entry(member).name);
    }
    notice.where = cycle_declarations(catalog_, members, components, edges);
    note(std::move(notice));
}

void PlanBuilder::add_step(StepCode code, EntryId id, Cause cause, std::vector<Operation> operations) {
    if (code == StepCode::ENABLE || code == StepCode::DISABLE) {
        append_wish(catalog_, entry(id), code == StepCode::ENABLE, operations);
    }
    plan_.steps.push_back({code, entry(id).name, std::move(cause), std::move(operations)});
}

void PlanBuilder::add_purge(std::string_view name, EntryId id, Cause cause) {
    if (id == NO_ENTRY) {
        return;
    }
    State state = states_[id];
    std::vector<Operation> operations;
    switch_markers(id, request().action, state, operations);
    if (!operations.empty()) {
        plan_.steps.push_back({StepCode::PURGE, std::string(name), std::move(cause), std::move(operations)});
        set(id, state);
    }
}

bool PlanBuilder::note_obstacle(const Entry & entry) {
    if (!entry.obstacle) {
        return false;
    }
    note({.code = entry.obstacle->code,
          .subject = entry.name,
          .object = entry.obstacle->object,
          .path = entry.obstacle->path,
          .where = entry.obstacle->where});
    return true;
}

void PlanBuilder::note_failed_dependency(const std::string & subject, const std::string & object) {
    note({.code = NoticeCode::DEPENDENCY_FAILED, .subject = subject, .object = object});
}

bool PlanBuilder::missing(const std::string & name, EntryId id, const Cause & cause) {
    if (request().purge) {
        add_purge(name, id, cause);
        return true;
    }
    note({.code = NoticeCode::NOT_FOUND,
          .subject = name,
          .object = cause.because,
          .names = suggestions(name),
          .where = cause.where});
    return false;
}

void PlanBuilder::switch_markers(EntryId id, Action action, State & state, std::vector<Operation> & operations) const {
    const Entry & entry = catalog_.entries[id];
    const Markers wanted =
        request().purge ? Markers{0} : marker_bit(action, request().maintmode ? Actor::MAINT : Actor::ADMIN);
    // The new marker comes first: a question asked in between finds one at least.
    for (const bool creating : {true, false}) {
        for (std::size_t bit = 0; bit < MARKER_FOLDERS.size(); ++bit) {
            const auto mask = static_cast<Markers>(1U << bit);
            const bool is = (state.markers & mask) != 0;
            const bool shall = (wanted & mask) != 0;
            if (is == shall || shall != creating) {
                continue;
            }
            const OperationCode code = creating ? OperationCode::CREATE_MARKER : OperationCode::REMOVE_MARKER;
            operations.push_back({code, catalog_.marker_path(entry, bit), {}, {}, {}});
        }
    }
    state.markers = wanted;
}

std::vector<Location> PlanBuilder::declared(EntryId id, std::string_view other, bool conflict) const {
    const Entry & declarer = catalog_.entries[id];
    const FileFacts & facts = declarer.enabled_file_facts();
    const auto & list = conflict ? facts.conflicts : facts.depends;
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const Reference & reference) { return reference.name == other; });
    if (found == list.end()) {
        return {};
    }
    return {{declarer.file, found->line}};
}

const std::vector<std::uint32_t> & PlanBuilder::components() {
    if (!components_) {
        components_ = Graph(catalog_, Graph::Edges::AVAILABLE).components();
    }
    return *components_;
}

const Cycles & PlanBuilder::cycles() {
    if (!cycles_) {
        cycles_ = cycles_of(components());
    }
    return *cycles_;
}

const std::vector<EntryId> & PlanBuilder::declarers(std::string_view name) {
    static const std::vector<EntryId> none;
    if (!declarers_) {
        declarers_.emplace();
        for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
            const Entry & declarer = catalog_.entries[id];
            if (declarer.kind == Kind::MODULE) {
                for (const Reference & reference : declarer.enabled_file_facts().conflicts) {
                    (*declarers_)[reference.name].push_back(id);
                }
            }
        }
    }
    const auto found = declarers_->find(name);
    return found == declarers_->end() ? none : found->second;
}

const std::vector<EntryId> & PlanBuilder::mpms() {
    if (!mpms_) {
        mpms_.emplace();
        for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
            if (is_mpm(catalog_.entries[id])) {
                mpms_->push_back(id);
            }
        }
    }
    return *mpms_;
}

Plan PlanBuilder::take() {
    note_texts(catalog_, plan_);
    return std::move(plan_);
}

std::vector<std::string> PlanBuilder::suggestions(const std::string & name) {
    constexpr std::size_t MAX_SUGGESTED = 10;
    return ++suggested_ <= MAX_SUGGESTED ? nearest(name, catalog_.candidates) : std::vector<std::string>();
}

}  // namespace confgraph::core

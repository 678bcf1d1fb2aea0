// SPDX-License-Identifier: Apache-2.0
#include "core/enabling.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/plan_builder.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace confgraph::core {

namespace {

/// Enables one module with what it depends on, depth first, in the order in which Debian's a2enmod recurses; or one
/// conf or site.
class Enabler {
public:
    explicit Enabler(PlanBuilder & builder) : b_(builder) {}

    bool run(const std::string & name) {
        if (enter(name, {}) == Entered::FAILED) {
            return false;
        }
        while (!frames_.empty()) {
            if (!advance()) {
                b_.refuse_walk(frames_, lasting_);
                return false;
            }
        }
        return true;
    }

    /// Goes all the way that leads to an MPM, and stops before its links.
    bool run_towards(const Replacement & replacement) {
        replacement_ = &replacement;
        lasting_ = false;
        return run(b_.entry(replacement.comes).name);
    }

    bool link(EntryId id, const Cause & cause, EntryId replaced = NO_ENTRY) {
        const Entry & entry = b_.entry(id);
        const PlanBuilder::State before = b_.state(id);
        if (before.link != LinkState::OK && b_.note_obstacle(entry)) {
            return false;
        }
        if (!can_link(entry, before.link, false) || (entry.has_conf && !can_link(entry, before.conf_link, true))) {
            return false;
        }
        const bool conf_missing = entry.has_conf && before.conf_link != LinkState::OK;
        if (before.link == LinkState::OK && !conf_missing) {
            b_.note({.code = NoticeCode::ALREADY_ENABLED, .subject = entry.name});
            return true;
        }
        PlanBuilder::State after = before;
        after.link = LinkState::OK;
        std::vector<Operation> operations;
        const bool only_conf = before.link == LinkState::OK;
        b_.note_change({.code = only_conf ? NoticeCode::ENABLING_CONF : NoticeCode::ENABLING, .subject = entry.name});
        append_link(entry, before.link, false, replaced, operations);
        if (entry.has_conf) {
            append_link(entry, before.conf_link, true, NO_ENTRY, operations);
            after.conf_link = LinkState::OK;
        }
        if (!only_conf) {
            note_special(entry);
            b_.switch_markers(id, Action::ENABLE, after, operations);
        }
        b_.set(id, after);
        b_.request_reload();
        b_.add_step(only_conf ? StepCode::ENABLE_CONF : StepCode::ENABLE, id, cause, std::move(operations));
        return true;
    }

private:
    enum class Entered { DONE, FAILED, DESCEND };

    struct Frame {
        EntryId id;
        std::string asked;  // the name that led here, which for cgi may be another one
        Cause cause;
        std::size_t next = 0;
    };

    /// Takes the topmost entry one dependency further, or finishes it. Returns false when it cannot be enabled.
    bool advance() {
        Frame & top = frames_.back();
        const Entry & entry = b_.entry(top.id);
        const auto & depends = entry.facts.depends;
        if (entry.kind != Kind::MODULE) {
            if (!check_modules(entry) || !link(top.id, top.cause)) {
                return false;
            }
        } else if (top.next < depends.size()) {
            const Reference & reference = depends[top.next++];
            b_.note({.code = NoticeCode::CONSIDERING_DEPENDENCY, .subject = entry.name, .object = reference.name});
            Cause cause{Reason::DEPENDENCY, entry.name, {{b_.catalog().available_path(entry), reference.line}}};
            if (enter(reference.name, std::move(cause)) == Entered::FAILED) {
                b_.note_failed_dependency(entry.name, reference.name);
                return false;
            }
            return true;
        } else if (!check_conflicts(top.id) || (!is_replacement(top.id) && !link(top.id, top.cause))) {
            return false;
        }
        b_.set_handled(top.id);
        b_.set_in_progress(top.id, false);
        frames_.pop_back();
        return true;
    }

    Entered enter(const std::string & asked, Cause cause) {
        std::string name = asked;
        const Kind kind = b_.request().kind;
        if (kind == Kind::MODULE && name == "cgi" && threaded()) {
            b_.note({.code = NoticeCode::THREADED_MPM, .subject = name, .object = "cgid"});
            name = "cgid";
        }
        const EntryId id = b_.catalog().find(kind, name);
        if (id != NO_ENTRY && !b_.entry(id).available && !b_.enabled(id) && b_.note_obstacle(b_.entry(id))) {
            return Entered::FAILED;
        }
        if (id == NO_ENTRY || !b_.entry(id).available) {
            return missing(name, id, cause) ? Entered::DONE : Entered::FAILED;
        }
        const Entry & entry = b_.entry(id);
        if (!readable(entry)) {
            return Entered::FAILED;
        }
        if (b_.hopeless(id) && !frames_.empty()) {
            return Entered::FAILED;
        }
        if (is_replaced(id)) {
            note_conflict(replacement_->comes, id);
            return Entered::FAILED;
        }
        if (b_.in_progress(id)) {
            note_cycle(id);
            return Entered::DONE;
        }
        if (b_.handled(id) && !frames_.empty()) {
            Notice notice{.code = NoticeCode::ALREADY_ENABLED, .subject = name};
            if (b_.handled_in_this_unit(id)) {
                b_.note_change(std::move(notice));
            } else {
                b_.note(std::move(notice));
            }
            return Entered::DONE;
        }
        frames_.push_back({id, asked, std::move(cause), 0});
        b_.set_in_progress(id, true);
        return Entered::DESCEND;
    }

    bool missing(const std::string & name, EntryId id, const Cause & cause) {
        if (id != NO_ENTRY && b_.state(id).link == LinkState::DANGLING) {
            b_.note(
                {.code = NoticeCode::DANGLING_LINK, .subject = name, .path = b_.catalog().enabled_path(b_.entry(id))});
        }
        return b_.missing(name, id, cause);
    }

    bool readable(const Entry & entry) {
        for (const Diagnostic & diagnostic : entry.facts.diagnostics) {
            if (diagnostic.code == DiagnosticCode::UNREADABLE || diagnostic.code == DiagnosticCode::NOT_A_FILE) {
                b_.note({.code = NoticeCode::CANNOT_READ,
                         .subject = entry.name,
                         .object = diagnostic.text,
                         .path = b_.catalog().available_path(entry)});
                return false;
            }
        }
        return true;
    }

    /// Says once for each set of modules that depend on each other that they go together.
    void note_cycle(EntryId id) {
        const std::uint32_t component = b_.components()[id];
        const auto cycle = b_.cycles().find(component);
        // What needs cgi and is needed by cgid closes a cycle only where cgid takes the place of cgi; no file declares
        // it.
        if (cycle != b_.cycles().end() && reported_.insert(component).second) {
            b_.note_cycle(id, cycle->second, b_.components(), Graph::Edges::AVAILABLE);
        }
    }

    /// Confs and sites only look at the modules they need: enabling those is the administrator's decision.
    bool check_modules(const Entry & entry) {
        for (const Reference & reference : entry.facts.depends) {
            b_.note({.code = NoticeCode::CHECKING_DEPENDENCY, .subject = entry.name, .object = reference.name});
            const EntryId module = b_.catalog().find(Kind::MODULE, reference.name);
            if (module == NO_ENTRY || !b_.enabled(module)) {
                b_.note({.code = NoticeCode::MODULE_NOT_ENABLED,
                         .subject = entry.name,
                         .object = reference.name,
                         .where = {{b_.catalog().available_path(entry), reference.line}}});
                return false;
            }
        }
        return true;
    }

    bool is_replacement(EntryId id) const { return replacement_ != nullptr && id == replacement_->comes; }
    bool is_replaced(EntryId id) const {
        return replacement_ != nullptr &&
               std::find(replacement_->goes.begin(), replacement_->goes.end(), id) != replacement_->goes.end();
    }

    /// Whether a module is in the way of another one for as long as it is enabled. An MPM that goes is in nobody's way
    /// but that of another one which is no more wanted.
    bool excludes(EntryId other, EntryId id) const {
        const bool goes = is_replaced(other) && (is_replacement(id) || !is_mpm(b_.entry(id)));
        return other != id && b_.enabled(other) && !goes;
    }

    /// Looks for enabled modules that cannot be loaded together with this one. One side's declaration is enough.
    bool check_conflicts(EntryId id) {
        const Entry & entry = b_.entry(id);
        std::vector<EntryId> against;
        for (const Reference & reference : entry.facts.conflicts) {
            // That an MPM excludes the others goes without saying where it takes their place.
            if (!is_replacement(id)) {
                b_.note({.code = NoticeCode::CONSIDERING_CONFLICT, .subject = entry.name, .object = reference.name});
            }
            const EntryId other = b_.catalog().find(Kind::MODULE, reference.name);
            if (other == NO_ENTRY) {
                continue;
            }
            if (b_.state(other).link == LinkState::DANGLING) {
                remove_dangling(other, entry, reference.line);
            } else if (excludes(other, id)) {
                against.push_back(other);
                note_conflict(id, other);
            }
        }
        if (b_.state(id).link != LinkState::OK) {
            const auto consider = [&](EntryId other) {
                if (excludes(other, id) && std::find(against.begin(), against.end(), other) == against.end()) {
                    against.push_back(other);
                    note_conflict(id, other);
                }
            };
            for (const EntryId other : b_.declarers(entry.name)) {
                consider(other);
            }
            if (is_mpm(entry)) {
                for (const EntryId other : b_.mpms()) {
                    consider(other);
                }
            }
        }
        return against.empty();
    }

    void note_conflict(EntryId id, EntryId other) {
        std::vector<Location> where = b_.declared(id, b_.entry(other).name, true);
        for (Location & location : b_.declared(other, b_.entry(id).name, true)) {
            where.push_back(std::move(location));
        }
        Notice notice{.code = NoticeCode::CONFLICT, .subject = b_.entry(id).name, .object = b_.entry(other).name};
        notice.where = std::move(where);
        // Where this unit itself would have enabled the other one, there is nothing to be disabled.
        if (b_.was_enabled(other)) {
            notice.path = b_.catalog().enabled_path(b_.entry(other));
        } else {
            lasting_ = false;
        }
        b_.note(std::move(notice));
    }

    void remove_dangling(EntryId other, const Entry & because, unsigned line) {
        note_replaced(b_.catalog().enabled_path(b_.entry(other)));
        Cause cause{Reason::CONFLICT_LINK, because.name, {{b_.catalog().available_path(because), line}}};
        std::vector<Operation> operations;
        append_disabling(b_.catalog(), b_.entry(other), false, operations);
        b_.add_step(StepCode::REMOVE_DANGLING, other, std::move(cause), std::move(operations));
        PlanBuilder::State state = b_.state(other);
        state.link = LinkState::ABSENT;
        b_.set(other, state);
    }

    void note_replaced(std::string path) {
        b_.note_change({.code = NoticeCode::DANGLING_LINK_REPLACED, .path = std::move(path)});
    }

    /// Whether the link at a place can be made, or is there already. Says why not, or that a dangling one goes.
    bool can_link(const Entry & entry, LinkState state, bool conf) {
        const std::string path = conf ? b_.catalog().enabled_conf_path(entry) : b_.catalog().enabled_path(entry);
        if (state == LinkState::DANGLING) {
            note_replaced(path);
        } else if (state == LinkState::REAL_FILE) {
            b_.note({.code = conf ? NoticeCode::CONF_REAL_FILE : NoticeCode::REAL_FILE,
                     .subject = entry.name,
                     .path = path});
            return false;
        } else if (state == LinkState::FOREIGN) {
            const std::string target =
                conf ? b_.catalog().available_conf_path(entry) : b_.catalog().available_path(entry);
            b_.note({.code = conf ? NoticeCode::CONF_FOREIGN_LINK : NoticeCode::FOREIGN_LINK,
                     .subject = entry.name,
                     .object = target,
                     .path = path});
            return false;
        }
        return true;
    }

    void append_link(const Entry & entry, LinkState state, bool conf, EntryId replaced,
                     std::vector<Operation> & operations) {
        if (state == LinkState::DANGLING) {
            append_disabling(b_.catalog(), entry, conf, operations);
        }
        if (state == LinkState::OK) {
            return;
        }
        if (replaced == NO_ENTRY) {
            append_enabling(b_.catalog(), entry, conf, operations);
        } else {
            append_replacing(b_.catalog(), entry, b_.entry(replaced), operations);
        }
    }

    /// Notes what Debian's packages bring along for a module.
    void note_special(const Entry & entry) {
        if (b_.catalog().layout.name != LayoutName::DEBIAN) {
            return;
        }
        if (entry.kind == Kind::MODULE && entry.name == "ssl") {
            b_.note_change({.code = NoticeCode::SSL_HINT, .subject = entry.name});
        } else if (entry.kind == Kind::MODULE && entry.name == "cache_disk") {
            b_.note_change({.code = NoticeCode::EXTERNAL_SERVICE, .subject = entry.name});
            b_.add_service(entry.name);
        }
    }

    /// Whether the MPM that will be enabled is threaded. When none is, does what the user asked for.
    bool threaded() {
        if (replacement_ != nullptr) {
            return is_threaded(b_.entry(replacement_->comes));
        }
        for (const EntryId id : b_.mpms()) {
            if (b_.enabled(id)) {
                return is_threaded(b_.entry(id));
            }
        }
        lasting_ = false;
        b_.note({.code = NoticeCode::MPM_UNKNOWN, .subject = "cgi"});
        return false;
    }

    PlanBuilder & b_;
    std::vector<Frame> frames_;
    std::unordered_set<std::uint32_t> reported_;
    const Replacement * replacement_ = nullptr;
    bool lasting_ = true;  // whether what stands in the way cannot be changed by other units
};

}  // namespace

bool plan_enable(PlanBuilder & builder, const std::string & name) { return Enabler(builder).run(name); }

bool plan_dependencies(PlanBuilder & builder, const Replacement & replacement) {
    return Enabler(builder).run_towards(replacement);
}

bool plan_links(PlanBuilder & builder, EntryId id, const Cause & cause, EntryId replaced) {
    return Enabler(builder).link(id, cause, replaced);
}

}  // namespace confgraph::core

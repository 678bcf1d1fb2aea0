// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/graph.hpp"
#include "core/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace confgraph::core {

/// A plan in the making: the state that the steps so far lead to, and the way back to where the current unit began.
class PlanBuilder {
public:
    /// What an entry will be once the steps so far are carried out.
    struct State {
        LinkState link{};
        LinkState conf_link{};
        Markers markers = 0;
        /// The unit in which it was dealt with, its dependencies included; units count from 1.
        std::size_t handled = 0;
    };

    PlanBuilder(const Catalog & catalog, const Request & request);

    const Catalog & catalog() const { return catalog_; }
    const Request & request() const { return plan_.request; }
    const Entry & entry(EntryId id) const { return catalog_.entries[id]; }
    const State & state(EntryId id) const { return states_[id]; }
    bool enabled(EntryId id) const {
        return states_[id].link != LinkState::ABSENT && states_[id].link != LinkState::DANGLING;
    }

    /// Whether an entry's dependencies are being looked at right now: coming upon it again closes a cycle.
    bool in_progress(EntryId id) const { return in_progress_[id]; }
    void set_in_progress(EntryId id, bool on) { in_progress_[id] = on; }
    /// Whether an earlier unit of the call found that an entry cannot be changed because of another one. That stays so:
    /// steps of a call only ever add to, or only ever take from, what is enabled. It need not be explained again.
    bool hopeless(EntryId id) const { return hopeless_[id]; }
    void set_hopeless(EntryId id) { hopeless_[id] = true; }

    void begin_unit();
    void end_unit(std::string_view name, bool refused);

    /// Says something that stays true whether or not the unit is refused.
    void note(Notice notice);
    /// Says something that is true only if the unit is carried out.
    void note_change(Notice notice);

    void set(EntryId id, State state);
    void set_handled(EntryId id);
    bool handled(EntryId id) const { return states_[id].handled != 0; }
    bool handled_in_this_unit(EntryId id) const { return states_[id].handled == plan_.units.size() + 1; }
    /// Whether an entry was enabled before this unit.
    bool was_enabled(EntryId id) const;
    void add_step(StepCode code, EntryId id, Cause cause, std::vector<Operation> operations);
    void add_purge(std::string_view name, EntryId id, Cause cause);
    /// Says that object, which subject needs to go along, was refused.
    void note_failed_dependency(const std::string & subject, const std::string & object);
    /// Ends the walk whose topmost entry was refused: tells each that waits for the next one so, from the top down.
    /// lasting says whether other units of the call cannot change what stands in the way.
    template <class Frames>
    void refuse_walk(const Frames & frames, bool lasting) {
        for (std::size_t i = frames.size(); i-- > 0;) {
            set_in_progress(frames[i].id, false);
            if (i > 0) {
                note_failed_dependency(entry(frames[i - 1].id).name, frames[i].asked);
            }
            if (lasting && i + 1 < frames.size()) {
                set_hopeless(frames[i].id);
            }
        }
    }

    /// Refuses a name that does not exist, unless its markers are all that is to be removed. Returns whether they are.
    bool missing(const std::string & name, EntryId id, const Cause & cause);
    void add_confirmation(const std::string & name) { plan_.confirmations.push_back(name); }
    void add_service(const std::string & name) { plan_.services.push_back(name); }
    /// Says what stands in the way of changing an entry. Returns whether anything does.
    bool note_obstacle(const Entry & entry);
    void request_reload() { plan_.needs_reload = true; }

    /// Appends what makes the markers say that the entry was enabled or disabled, and notes it in the state.
    void switch_markers(EntryId id, Action action, State & state, std::vector<Operation> & operations) const;

    /// Where an entry declares a dependency or conflict; nothing if it does not.
    std::vector<Location> declared(EntryId id, std::string_view other, bool conflict) const;

    /// A notice that the members of a cycle go together. edges says whose declarations count.
    void note_cycle(EntryId id, std::vector<EntryId> members, const std::vector<std::uint32_t> & components,
                    Graph::Edges edges);
    /// Which entries depend on each other, as the files in the available folder declare it.
    const std::vector<std::uint32_t> & components();
    const Cycles & cycles();
    /// Modules that declare a conflict with a name.
    const std::vector<EntryId> & declarers(std::string_view name);
    const std::vector<EntryId> & mpms();

    /// Names that exist and are like one that does not. Who names more than a few unknown ones made no slip of the
    /// keyboard, and comparing takes time: so only the first few of a call get suggestions.
    std::vector<std::string> suggestions(const std::string & name);

    Plan take();

private:
    const Catalog & catalog_;
    Plan plan_;
    std::vector<State> states_;
    std::vector<bool> in_progress_;
    std::vector<bool> hopeless_;
    std::vector<std::pair<EntryId, State>> undo_;
    std::vector<std::size_t> conditional_;  // indices of the unit's notices that a refusal takes back
    std::size_t first_step_ = 0;
    std::size_t first_confirmation_ = 0;
    std::size_t first_service_ = 0;
    bool reload_before_ = false;
    std::optional<std::vector<std::uint32_t>> components_;
    std::optional<Cycles> cycles_;
    std::optional<std::unordered_map<std::string_view, std::vector<EntryId>>> declarers_;
    std::optional<std::vector<EntryId>> mpms_;
    std::size_t suggested_ = 0;
};

/// Plans to enable one name. Returns whether that is possible.
bool plan_enable(PlanBuilder & builder, const std::string & name);

/// An MPM that takes the place of all others.
struct Replacement {
    EntryId comes = NO_ENTRY;
    std::vector<EntryId> goes;  ///< enabled before, in Debian's order
};

/// Plans to enable all that an MPM depends on, but not the MPM. Returns whether that is possible, and nothing is in the
/// MPM's way but those that it replaces.
bool plan_dependencies(PlanBuilder & builder, const Replacement & replacement);

/// Plans the links of an entry, and nothing else. Where replaced is an entry, the new link takes the place of its one.
/// Returns whether that is possible.
bool plan_links(PlanBuilder & builder, EntryId id, const Cause & cause, EntryId replaced);

/// Plans disabling one name after the other on the same graph of dependents.
class Disabler {
public:
    explicit Disabler(PlanBuilder & builder);

    /// Returns whether the name can be disabled.
    bool plan_disable(const std::string & name);

    /// Plans to disable all that depends on an MPM that goes, but not the MPM. Returns whether that is possible.
    bool plan_dependents(EntryId mpm, const Replacement & replacement);
    /// Plans to remove the links of an entry that is enabled, and nothing else. Without with_load, the link of its
    /// .load stays until that of another takes its place. Returns whether that is possible.
    bool unlink(EntryId id, const Cause & cause, bool with_load = true);

private:
    struct Frame {
        EntryId id;
        std::string asked;
        Cause cause;
        std::vector<EntryId> dependents;
        std::size_t next = 0;
    };
    enum class Entered { DONE, FAILED, DESCEND };

    Entered enter(const std::string & asked, Cause cause);
    bool advance();
    bool walk_dependents(EntryId mpm);
    std::vector<EntryId> enabled_dependents(EntryId id) const;
    bool check_dependents(EntryId id);
    void note_indirect(std::unordered_set<EntryId> seen);
    bool finish(EntryId id, const Cause & cause);
    bool missing(const std::string & name, EntryId id, const Cause & cause);
    void unlink_conf_only(EntryId id, const Cause & cause);
    bool refuse_real_file(const Entry & entry, bool conf);

    PlanBuilder & builder_;
    Graph graph_;
    std::vector<std::uint32_t> components_;
    Cycles cycles_;
    bool only_cycle_ = false;                    // go no further than the cycle the name is in
    const Replacement * replacement_ = nullptr;  // while an MPM is replaced
    std::vector<Frame> frames_;
    std::unordered_set<EntryId> told_;  // whose dependents have been named in this call
};

/// Plans that an MPM takes the place of those that are enabled.
class Switcher {
public:
    explicit Switcher(PlanBuilder & builder) : builder_(builder) {}

    /// Returns whether the name is that of an MPM that can be enabled in the place of the others.
    bool plan_switch(const std::string & name);

private:
    EntryId resolve(const std::string & name);
    bool is_done(const Replacement & replacement, const std::vector<EntryId> & left_over) const;
    bool replace(const Replacement & replacement);
    void remove_left_over(EntryId id, EntryId because);
    void switch_variant(const Replacement & replacement);
    bool can_switch_variant(EntryId goes, EntryId comes, const Replacement & replacement);
    Disabler & disabler();

    PlanBuilder & builder_;
    std::optional<Disabler> disabler_;  // made when it is needed: mostly, there is nothing to do
};

}  // namespace confgraph::core

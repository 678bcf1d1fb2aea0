// SPDX-License-Identifier: Apache-2.0
#include "core/planner.hpp"

#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/plan_builder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace confgraph::core {

namespace {

/// Notices when disabling takes the last MPM away, without which the server does not start. At most once in a call.
class LastMpm {
public:
    explicit LastMpm(PlanBuilder & builder) : builder_(builder), waiting_(any()) {}

    /// To be called at the end of each unit that is possible.
    void end_unit() {
        if (!waiting_ || any()) {
            return;
        }
        waiting_ = false;
        for (const EntryId id : builder_.mpms()) {
            if (builder_.was_enabled(id)) {
                builder_.note_change({.code = NoticeCode::LAST_MPM, .subject = builder_.entry(id).name});
                return;
            }
        }
    }

private:
    bool any() const {
        const std::vector<EntryId> & mpms = builder_.mpms();
        return std::any_of(mpms.begin(), mpms.end(), [&](EntryId id) { return builder_.enabled(id); });
    }

    PlanBuilder & builder_;
    bool waiting_;  // for the unit after which none is left
};

}  // namespace

Plan make_plan(const Catalog & catalog, const Request & request) {
    PlanBuilder builder(catalog, request);
    std::vector<std::string> names;
    for (const std::string & argument : request.arguments) {
        const auto matched = catalog.matches.find(argument);
        if (matched == catalog.matches.end()) {
            names.push_back(entry_name(catalog.layout, request.kind, argument));
        } else if (matched->second.empty()) {
            const std::string pattern = entry_name(catalog.layout, request.kind, argument);
            builder.begin_unit();
            builder.note({.code = NoticeCode::NO_MATCH, .subject = pattern});
            builder.end_unit(pattern, true);
        } else {
            names.insert(names.end(), matched->second.begin(), matched->second.end());
        }
    }
    std::optional<Disabler> disabler;
    std::optional<LastMpm> last_mpm;
    Switcher switcher(builder);
    if (request.action == Action::DISABLE) {
        disabler.emplace(builder);
    }
    if (request.action == Action::DISABLE && request.kind == Kind::MODULE) {
        last_mpm.emplace(builder);
    }
    for (const std::string & name : names) {
        builder.begin_unit();
        bool possible = false;
        if (catalog.layout.of(request.kind).mechanism == Mechanism::NONE) {
            builder.note({.code = NoticeCode::NOT_IN_LAYOUT, .subject = name});
        } else if (check_name(name) != NameProblem::NONE) {
            builder.note({.code = NoticeCode::BAD_NAME, .subject = name});
        } else {
            possible = disabler                           ? disabler->plan_disable(name)
                       : request.action == Action::SWITCH ? switcher.plan_switch(name)
                                                          : plan_enable(builder, name);
        }
        if (possible && last_mpm) {
            last_mpm->end_unit();
        }
        builder.end_unit(name, !possible);
    }
    return builder.take();
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/planner.hpp"

#include "core/name.hpp"
#include "core/plan_builder.hpp"

#include <optional>
#include <utility>

namespace confgraph::core {

Plan make_plan(const Catalog & catalog, const Request & request) {
    PlanBuilder builder(catalog, request);
    std::vector<std::string> names;
    for (const std::string & argument : request.arguments) {
        const auto matched = catalog.matches.find(argument);
        if (matched == catalog.matches.end()) {
            names.emplace_back(strip_suffix(request.kind, argument));
        } else if (matched->second.empty()) {
            const std::string pattern(strip_suffix(request.kind, argument));
            builder.begin_unit();
            builder.note({.code = NoticeCode::NO_MATCH, .subject = pattern});
            builder.end_unit(pattern, true);
        } else {
            names.insert(names.end(), matched->second.begin(), matched->second.end());
        }
    }
    std::optional<Disabler> disabler;
    if (request.action == Action::DISABLE) {
        disabler.emplace(builder);
    }
    for (const std::string & name : names) {
        builder.begin_unit();
        bool possible = false;
        if (check_name(name) != NameProblem::NONE) {
            builder.note({.code = NoticeCode::BAD_NAME, .subject = name});
        } else {
            possible = disabler ? disabler->plan_disable(name) : plan_enable(builder, name);
        }
        builder.end_unit(name, !possible);
    }
    return builder.take();
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "plan_json.hpp"

#include "services.hpp"

#include <array>

namespace a2enmod {

using tool::Json;

namespace {

// In the order of the library's enumerators.
constexpr std::array<std::string_view, 4> OPERATIONS = {"create-link", "remove-link", "create-marker", "remove-marker"};
constexpr std::array<std::string_view, 6> STEPS = {"enable",      "enable-conf",     "disable",
                                                   "remove-conf", "remove-dangling", "purge"};
constexpr std::array<std::string_view, 5> REASONS = {"requested", "dependency", "dependent", "cycle", "conflict-link"};
constexpr std::array<std::string_view, 4> SEVERITIES = {"info", "change", "warning", "error"};
constexpr std::array<std::string_view, 3> UNIT_STATES = {"changes", "nothing-to-do", "refused"};
constexpr std::array<std::string_view, 31> NOTICES = {"considering-dependency",
                                                      "checking-dependency",
                                                      "considering-conflict",
                                                      "already-enabled",
                                                      "already-disabled",
                                                      "enabling",
                                                      "enabling-conf",
                                                      "disabled",
                                                      "removing-stale-conf",
                                                      "dangling-link-replaced",
                                                      "dangling-link-removed",
                                                      "threaded-mpm",
                                                      "mpm-unknown",
                                                      "cycle",
                                                      "ssl-hint",
                                                      "external-service",
                                                      "no-match",
                                                      "bad-name",
                                                      "not-found",
                                                      "dangling-link",
                                                      "cannot-read",
                                                      "dependency-failed",
                                                      "conflict",
                                                      "dependents",
                                                      "indirect-dependent",
                                                      "module-not-enabled",
                                                      "real-file",
                                                      "foreign-link",
                                                      "conf-real-file",
                                                      "conf-foreign-link",
                                                      "cannot-remove-real-file"};

template <std::size_t N, class Code>
std::string_view name_of(const std::array<std::string_view, N> & names, Code code) {
    return names.at(static_cast<std::size_t>(code));
}

Json operations(const confgraph::Step & step) {
    Json list = Json::array();
    for (const confgraph::Operation & operation : step.operations()) {
        Json object = {{"operation", name_of(OPERATIONS, operation.code())}, {"path", tool::text(operation.path())}};
        if (!operation.target().empty()) {
            object["target"] = tool::text(operation.target());
        }
        list.push_back(std::move(object));
    }
    return list;
}

}  // namespace

Json plan_document(const CallName & call, const Options & options, const confgraph::Plan & plan) {
    Json document = {{"version", tool::JSON_VERSION},
                     {"program", call_name(call.action, call.kind, call.instance)},
                     {"action", action_word(call.action)},
                     {"kind", confgraph::word(call.kind)},
                     {"dry_run", options.dry_run}};
    Json & units = document["units"] = Json::array();
    for (const confgraph::Unit & unit : plan.units()) {
        units.push_back({{"name", tool::text(unit.name())}, {"state", name_of(UNIT_STATES, unit.state())}});
    }
    Json & steps = document["steps"] = Json::array();
    for (const confgraph::Step & step : plan.steps()) {
        steps.push_back({{"step", name_of(STEPS, step.code())},
                         {"name", tool::text(step.name())},
                         {"reason", name_of(REASONS, step.reason())},
                         {"because", tool::text(step.because())},
                         {"where", tool::locations(step.where())},
                         {"operations", operations(step)}});
    }
    Json & notices = document["notices"] = Json::array();
    for (const confgraph::Notice & notice : plan.notices()) {
        notices.push_back({{"code", name_of(NOTICES, notice.code())},
                           {"severity", name_of(SEVERITIES, notice.severity())},
                           {"subject", tool::text(notice.subject())},
                           {"object", tool::text(notice.object())},
                           {"path", tool::text(notice.path())},
                           {"names", tool::texts(notice.names())},
                           {"where", tool::locations(notice.where())}});
    }
    document["confirmations"] = tool::texts(plan.confirmations());
    document["services"] = tool::texts(plan.services());
    document["activate"] = plan.needs_reload() ? Json(reload_command(call)) : Json();
    return document;
}

}  // namespace a2enmod

// SPDX-License-Identifier: Apache-2.0
#include "common/plan_json.hpp"

#include "common/services.hpp"

#include <string_view>
#include <utility>

namespace tool {

using confgraph::NoticeCode;
using confgraph::OperationCode;
using confgraph::Reason;
using confgraph::Severity;
using confgraph::StepCode;
using confgraph::UnitState;

namespace {

// A newer library may have more of each than this knows.

std::string_view word_of(OperationCode code) {
    switch (code) {
        case OperationCode::CREATE_LINK:
            return "create-link";
        case OperationCode::REMOVE_LINK:
            return "remove-link";
        case OperationCode::SWITCH_LINK:
            return "switch-link";
        case OperationCode::CREATE_MARKER:
            return "create-marker";
        case OperationCode::REMOVE_MARKER:
            return "remove-marker";
        case OperationCode::EDIT_LINE:
            return "edit-line";
        case OperationCode::ADD_WORD:
            return "add-word";
        case OperationCode::REMOVE_WORD:
            return "remove-word";
        case OperationCode::CREATE_FILE:
            return "create-file";
        case OperationCode::REMOVE_FILE:
            return "remove-file";
        case OperationCode::RENAME_FILE:
            return "rename-file";
    }
    return "unknown";
}

std::string_view word_of(StepCode code) {
    switch (code) {
        case StepCode::ENABLE:
            return "enable";
        case StepCode::ENABLE_CONF:
            return "enable-conf";
        case StepCode::DISABLE:
            return "disable";
        case StepCode::REMOVE_CONF:
            return "remove-conf";
        case StepCode::REMOVE_DANGLING:
            return "remove-dangling";
        case StepCode::PURGE:
            return "purge";
    }
    return "unknown";
}

std::string_view word_of(Reason code) {
    switch (code) {
        case Reason::REQUESTED:
            return "requested";
        case Reason::DEPENDENCY:
            return "dependency";
        case Reason::DEPENDENT:
            return "dependent";
        case Reason::CYCLE:
            return "cycle";
        case Reason::CONFLICT_LINK:
            return "conflict-link";
        case Reason::REPLACED:
            return "replaced";
        case Reason::VARIANT:
            return "variant";
    }
    return "unknown";
}

std::string_view word_of(Severity code) {
    switch (code) {
        case Severity::INFO:
            return "info";
        case Severity::CHANGE:
            return "change";
        case Severity::WARNING:
            return "warning";
        case Severity::ERROR:
            return "error";
    }
    return "unknown";
}

std::string_view word_of(UnitState code) {
    switch (code) {
        case UnitState::CHANGES:
            return "changes";
        case UnitState::NOTHING_TO_DO:
            return "nothing-to-do";
        case UnitState::REFUSED:
            return "refused";
    }
    return "unknown";
}

std::string_view word_of(NoticeCode code) {
    switch (code) {
        case NoticeCode::CONSIDERING_DEPENDENCY:
            return "considering-dependency";
        case NoticeCode::CHECKING_DEPENDENCY:
            return "checking-dependency";
        case NoticeCode::CONSIDERING_CONFLICT:
            return "considering-conflict";
        case NoticeCode::ALREADY_ENABLED:
            return "already-enabled";
        case NoticeCode::ALREADY_DISABLED:
            return "already-disabled";
        case NoticeCode::ENABLING:
            return "enabling";
        case NoticeCode::ENABLING_CONF:
            return "enabling-conf";
        case NoticeCode::DISABLED:
            return "disabled";
        case NoticeCode::REMOVING_STALE_CONF:
            return "removing-stale-conf";
        case NoticeCode::DANGLING_LINK_REPLACED:
            return "dangling-link-replaced";
        case NoticeCode::DANGLING_LINK_REMOVED:
            return "dangling-link-removed";
        case NoticeCode::THREADED_MPM:
            return "threaded-mpm";
        case NoticeCode::MPM_UNKNOWN:
            return "mpm-unknown";
        case NoticeCode::CYCLE:
            return "cycle";
        case NoticeCode::SSL_HINT:
            return "ssl-hint";
        case NoticeCode::EXTERNAL_SERVICE:
            return "external-service";
        case NoticeCode::NO_MATCH:
            return "no-match";
        case NoticeCode::BAD_NAME:
            return "bad-name";
        case NoticeCode::NOT_FOUND:
            return "not-found";
        case NoticeCode::DANGLING_LINK:
            return "dangling-link";
        case NoticeCode::CANNOT_READ:
            return "cannot-read";
        case NoticeCode::DEPENDENCY_FAILED:
            return "dependency-failed";
        case NoticeCode::CONFLICT:
            return "conflict";
        case NoticeCode::DEPENDENTS:
            return "dependents";
        case NoticeCode::INDIRECT_DEPENDENT:
            return "indirect-dependent";
        case NoticeCode::MODULE_NOT_ENABLED:
            return "module-not-enabled";
        case NoticeCode::REAL_FILE:
            return "real-file";
        case NoticeCode::FOREIGN_LINK:
            return "foreign-link";
        case NoticeCode::CONF_REAL_FILE:
            return "conf-real-file";
        case NoticeCode::CONF_FOREIGN_LINK:
            return "conf-foreign-link";
        case NoticeCode::CANNOT_REMOVE_REAL_FILE:
            return "cannot-remove-real-file";
        case NoticeCode::LAST_MPM:
            return "last-mpm";
        case NoticeCode::VARIANT_SWITCHED:
            return "variant-switched";
        case NoticeCode::NOT_AN_MPM:
            return "not-an-mpm";
        case NoticeCode::STATIC_MPM:
            return "static-mpm";
        case NoticeCode::NOT_IN_LAYOUT:
            return "not-in-layout";
        case NoticeCode::LINE_IN_CONTAINER:
            return "line-in-container";
        case NoticeCode::SEVERAL_LINES:
            return "several-lines";
        case NoticeCode::FILE_IS_LINK:
            return "file-is-link";
        case NoticeCode::GENERATED_FILE:
            return "generated-file";
        case NoticeCode::LINE_NOT_REVERSIBLE:
            return "line-not-reversible";
        case NoticeCode::SEVERAL_FILES:
            return "several-files";
        case NoticeCode::SEVERAL_WORDS:
            return "several-words";
        case NoticeCode::VALUE_UNCLEAR:
            return "value-unclear";
        case NoticeCode::MPM_IS_SERVER:
            return "mpm-is-server";
        case NoticeCode::NO_BINARY:
            return "no-binary";
        case NoticeCode::NO_IDENTIFIER:
            return "no-identifier";
        case NoticeCode::NO_FILE_NAME:
            return "no-file-name";
    }
    return "unknown";
}

Json operations(const confgraph::Step & step) {
    Json list = Json::array();
    for (const confgraph::Operation & operation : step.operations()) {
        Json object = {{"operation", word_of(operation.code())}, {"path", text(operation.path())}};
        if (!operation.target().empty()) {
            object["target"] = text(operation.target());
        }
        if (operation.code() == OperationCode::SWITCH_LINK) {
            object["replaced_path"] = text(operation.replaced_path());
            object["replaced_target"] = text(operation.replaced_target());
        } else if (operation.code() == OperationCode::RENAME_FILE) {
            object["replaced_path"] = text(operation.replaced_path());
        } else if (!operation.replaced_target().empty()) {
            object["replaced_target"] = text(operation.replaced_target());
        }
        if (operation.line() != 0) {
            object["line"] = operation.line();
        }
        list.push_back(std::move(object));
    }
    return list;
}

}  // namespace

Json plan_document(const CallName & call, bool dry_run, const confgraph::Plan * plan) {
    Json document = {{"version", JSON_VERSION},
                     {"program", call_name(call.action, call.kind, call.instance)},
                     {"action", action_word(call.action)},
                     {"kind", confgraph::word(call.kind)},
                     {"dry_run", dry_run},
                     {"root", root_json(call.place)},
                     {"layout", layout_json(call.layout)}};
    // All members first: a new one may move the others.
    for (const char * member : {"units", "steps", "notices", "confirmations", "services"}) {
        document[member] = Json::array();
    }
    document["activate"] = Json();
    if (plan == nullptr) {
        return document;
    }
    Json & units = document["units"];
    Json & steps = document["steps"];
    Json & notices = document["notices"];
    for (const confgraph::Unit & unit : plan->units()) {
        units.push_back({{"name", text(unit.name())}, {"state", word_of(unit.state())}});
    }
    for (const confgraph::Step & step : plan->steps()) {
        steps.push_back({{"step", word_of(step.code())},
                         {"name", text(step.name())},
                         {"reason", word_of(step.reason())},
                         {"because", text(step.because())},
                         {"where", locations(step.where())},
                         {"operations", operations(step)}});
    }
    for (const confgraph::Notice & notice : plan->notices()) {
        notices.push_back({{"code", word_of(notice.code())},
                           {"severity", word_of(notice.severity())},
                           {"subject", text(notice.subject())},
                           {"object", text(notice.object())},
                           {"path", text(notice.path())},
                           {"names", texts(notice.names())},
                           {"where", locations(notice.where())}});
    }
    document["confirmations"] = texts(plan->confirmations());
    document["services"] = texts(plan->services());
    if (plan->needs_reload() && call.is_live()) {
        document["activate"] = reload_command(call);
    }
    return document;
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "describe.hpp"

#include "text.hpp"
#include "tree.hpp"

#include <confgraph/error.hpp>

#include <array>
#include <cstring>
#include <string_view>

namespace confgraph::cases {

namespace {

template <class Code, std::size_t count>
std::string_view name_of(Code code, const std::array<std::string_view, count> & names) {
    return names.at(static_cast<std::size_t>(code));
}

constexpr std::array<std::string_view, 4> SEVERITIES = {"INFO", "CHANGE", "WARNING", "ERROR"};
constexpr std::array<std::string_view, 3> STATES = {"CHANGES", "NOTHING_TO_DO", "REFUSED"};
constexpr std::array<std::string_view, 5> REASONS = {"REQUESTED", "DEPENDENCY", "DEPENDENT", "CYCLE", "CONFLICT_LINK"};
constexpr std::array<std::string_view, 6> STEPS = {"ENABLE",      "ENABLE_CONF",     "DISABLE",
                                                   "REMOVE_CONF", "REMOVE_DANGLING", "PURGE"};
constexpr std::array<std::string_view, 9> ERRORS = {"CANNOT_READ",         "CANNOT_CREATE_LINK",   "CANNOT_REMOVE_LINK",
                                                    "CANNOT_WRITE_MARKER", "CANNOT_REMOVE_MARKER", "ENVVARS_FAILED",
                                                    "ENVVARS_MALFORMED",   "NOT_A_SERVER",         "CHANGED_MEANWHILE"};

/// No default: a code that is new to the library is one that cases have to know.
std::string_view name_of(NoticeCode code) {
    switch (code) {
#define CODE(name)         \
    case NoticeCode::name: \
        return #name
        CODE(CONSIDERING_DEPENDENCY);
        CODE(CHECKING_DEPENDENCY);
        CODE(CONSIDERING_CONFLICT);
        CODE(ALREADY_ENABLED);
        CODE(ALREADY_DISABLED);
        CODE(ENABLING);
        CODE(ENABLING_CONF);
        CODE(DISABLED);
        CODE(REMOVING_STALE_CONF);
        CODE(DANGLING_LINK_REPLACED);
        CODE(DANGLING_LINK_REMOVED);
        CODE(THREADED_MPM);
        CODE(MPM_UNKNOWN);
        CODE(CYCLE);
        CODE(SSL_HINT);
        CODE(EXTERNAL_SERVICE);
        CODE(NO_MATCH);
        CODE(BAD_NAME);
        CODE(NOT_FOUND);
        CODE(DANGLING_LINK);
        CODE(CANNOT_READ);
        CODE(DEPENDENCY_FAILED);
        CODE(CONFLICT);
        CODE(DEPENDENTS);
        CODE(INDIRECT_DEPENDENT);
        CODE(MODULE_NOT_ENABLED);
        CODE(REAL_FILE);
        CODE(FOREIGN_LINK);
        CODE(CONF_REAL_FILE);
        CODE(CONF_FOREIGN_LINK);
        CODE(CANNOT_REMOVE_REAL_FILE);
#undef CODE
    }
    return "UNKNOWN";
}

std::string places(const std::vector<core::Location> & where) {
    std::string text;
    for (const core::Location & place : where) {
        text.append(" ").append(encode(short_path(place.file))).append(":").append(std::to_string(place.line));
    }
    return text.empty() ? text : " where:" + text;
}

std::string line(const core::Notice & notice) {
    std::string text = "  ";
    text.append(name_of(notice.severity, SEVERITIES)).append(" ").append(name_of(notice.code));
    // A link may be all that a notice is about.
    if (!notice.subject.empty() || notice.path.empty()) {
        text.append(" ").append(encode(notice.subject));
    }
    if (!notice.object.empty()) {
        text.append(" object: ").append(encode(short_path(notice.object)));
    }
    if (!notice.path.empty()) {
        text.append(" path: ").append(encode(short_path(notice.path)));
    }
    if (!notice.names.empty()) {
        text.append(" names:");
        for (const std::string & name : notice.names) {
            text.append(" ").append(encode(name));
        }
    }
    return text + places(notice.where);
}

std::string line(const core::Operation & operation) {
    const bool create = operation.code == OperationCode::CREATE_LINK || operation.code == OperationCode::CREATE_MARKER;
    const bool link = operation.code == OperationCode::CREATE_LINK || operation.code == OperationCode::REMOVE_LINK;
    std::string text = std::string(create ? "    + " : "    - ") + encode(short_path(operation.path));
    if (link || !operation.target.empty()) {
        text.append(" -> ").append(encode(operation.target));
    }
    return text;
}

}  // namespace

std::vector<std::string> describe(const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Notice & notice : plan.notices) {
        lines.push_back(line(notice));
    }
    for (const core::Step & step : plan.steps) {
        std::string text = "  step ";
        text.append(name_of(step.code, STEPS))
            .append(" ")
            .append(encode(step.name))
            .append(" ")
            .append(name_of(step.cause.reason, REASONS));
        if (!step.cause.because.empty()) {
            text.append(" because: ").append(encode(step.cause.because));
        }
        lines.push_back(text + places(step.cause.where));
        for (const core::Operation & operation : step.operations) {
            lines.push_back(line(operation));
        }
    }
    for (const core::Unit & unit : plan.units) {
        lines.push_back("  unit " + encode(unit.name) + " " + std::string(name_of(unit.state, STATES)));
    }
    for (const std::string & name : plan.confirmations) {
        lines.push_back("  ask " + encode(name));
    }
    for (const std::string & name : plan.services) {
        lines.push_back("  service " + encode(name));
    }
    if (plan.refused) {
        lines.emplace_back("  refused");
    }
    if (plan.needs_reload) {
        lines.emplace_back("  reload");
    }
    return lines;
}

std::string describe(const Error & error) {
    return "  failed " + std::string(name_of(error.code(), ERRORS)) + " " + encode(short_path(error.path())) + " " +
           encode(std::strerror(error.system_error()));
}

}  // namespace confgraph::cases

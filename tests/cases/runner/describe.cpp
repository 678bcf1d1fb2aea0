// SPDX-License-Identifier: Apache-2.0
#include "describe.hpp"

#include "support/names.hpp"
#include "text.hpp"
#include "tree.hpp"

#include <confgraph/error.hpp>

#include <array>
#include <cstring>
#include <string_view>

namespace confgraph::cases {

namespace {

constexpr std::array<std::string_view, 4> SEVERITIES = {"INFO", "CHANGE", "WARNING", "ERROR"};
std::string places(const std::vector<core::Location> & where) {
    std::string text;
    for (const core::Location & place : where) {
        text.append(" ").append(encode(short_path(place.file))).append(":").append(std::to_string(place.line));
    }
    return text.empty() ? text : " where:" + text;
}

std::string line(const core::Notice & notice) {
    std::string text = "  ";
    text.append(SEVERITIES.at(static_cast<std::size_t>(notice.severity)))
        .append(" ")
        .append(test::name_of(notice.code));
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
    const bool switches = operation.code == OperationCode::SWITCH_LINK;
    const bool link =
        switches || operation.code == OperationCode::CREATE_LINK || operation.code == OperationCode::REMOVE_LINK;
    std::string text = std::string(create ? "    + " : switches ? "    ~ " : "    - ");
    text.append(encode(short_path(operation.path)));
    if (link || !operation.target.empty()) {
        text.append(" -> ").append(encode(operation.target));
    }
    if (switches || !operation.replaced_path.empty()) {
        text.append(" replaces: ").append(encode(short_path(operation.replaced_path)));
        text.append(" -> ").append(encode(operation.replaced_target));
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
        text.append(test::name_of(step.code))
            .append(" ")
            .append(encode(step.name))
            .append(" ")
            .append(test::name_of(step.cause.reason));
        if (!step.cause.because.empty()) {
            text.append(" because: ").append(encode(step.cause.because));
        }
        lines.push_back(text + places(step.cause.where));
        for (const core::Operation & operation : step.operations) {
            lines.push_back(line(operation));
        }
    }
    for (const core::Unit & unit : plan.units) {
        lines.push_back("  unit " + encode(unit.name) + " " + test::name_of(unit.state));
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
    return "  failed " + test::name_of(error.code()) + " " + encode(short_path(error.path())) + " " +
           encode(std::strerror(error.system_error()));
}

}  // namespace confgraph::cases

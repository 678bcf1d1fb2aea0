// SPDX-License-Identifier: Apache-2.0
#include "common/plan_text.hpp"

#include "common/notice_text.hpp"
#include "common/services.hpp"
#include "common/spoken.hpp"

#include <confgraph/text.hpp>

namespace tool {

using confgraph::escape;
using confgraph::Operation;
using confgraph::OperationCode;
using confgraph::Plan;
using confgraph::Reason;
using confgraph::Step;
using confgraph::StepCode;

namespace {

void print_heading(const CallName & call, const Step & step, Output & output) {
    const std::string name = escape(step.name());
    switch (step.code()) {
        case StepCode::ENABLE:
            output.out("Would enable {} {}\n", spoken(call.kind), name);
            break;
        case StepCode::ENABLE_CONF:
            output.out("Would enable config file {}.conf\n", name);
            break;
        case StepCode::DISABLE:
            output.out("Would disable {} {}\n", spoken(call.kind), name);
            break;
        case StepCode::REMOVE_CONF:
            output.out("Would disable stale config file {}.conf\n", name);
            break;
        case StepCode::REMOVE_DANGLING:
            output.out("Would remove dangling links of {} {}\n", spoken(call.kind), name);
            break;
        case StepCode::PURGE:
            output.out("Would purge the markers of {} {}\n", spoken(call.kind), name);
            break;
    }
}

void print_operation(const Operation & operation, Output & output) {
    const std::string path = escape(operation.path());
    switch (operation.code()) {
        case OperationCode::CREATE_LINK:
            output.out("    create link {} -> {}\n", path, escape(operation.target()));
            break;
        case OperationCode::REMOVE_LINK:
            output.out("    remove link {} -> {}\n", path, escape(operation.target()));
            break;
        case OperationCode::SWITCH_LINK:
            output.out("    put link {} -> {} in the place of {}\n", path, escape(operation.target()),
                       escape(operation.replaced_path()));
            break;
        case OperationCode::CREATE_MARKER:
            output.out("    create marker {}\n", path);
            break;
        case OperationCode::REMOVE_MARKER:
            output.out("    remove marker {}\n", path);
            break;
        case OperationCode::EDIT_LINE:
            output.out("    edit {}:{}: {}\n", path, operation.line(), escape(operation.target()));
            break;
        case OperationCode::ADD_WORD:
            output.out("    edit {}:{}: add {}\n", path, operation.line(), escape(operation.target()));
            break;
        case OperationCode::REMOVE_WORD:
            output.out("    edit {}:{}: remove {}\n", path, operation.line(), escape(operation.replaced_target()));
            break;
        case OperationCode::CREATE_FILE:
            output.out("    create file {}\n", path);
            break;
        case OperationCode::REMOVE_FILE:
            output.out("    remove file {}\n", path);
            break;
        case OperationCode::RENAME_FILE:
            output.out("    rename {} to {}\n", escape(operation.replaced_path()), path);
            break;
    }
}

}  // namespace

void print_reason(const Step & step, Output & output) {
    const std::string because = escape(step.because());
    const auto places = step.where();
    const std::string where = places.empty() ? std::string() : " (" + location_text(places) + ")";
    switch (step.reason()) {
        case Reason::REQUESTED:
            output.out("    because it was asked for\n");
            break;
        case Reason::DEPENDENCY:
            output.out("    because {} depends on it{}\n", because, where);
            break;
        case Reason::DEPENDENT:
            output.out("    because it depends on {}{}\n", because, where);
            break;
        case Reason::CYCLE:
            output.out("    because it and {} depend on each other{}\n", because, where);
            break;
        case Reason::CONFLICT_LINK:
            output.out("    because {} conflicts with it{}, and its link leads nowhere\n", because, where);
            break;
        case Reason::REPLACED:
            output.out("    because {} takes its place\n", because);
            break;
        case Reason::VARIANT:
            output.out("    because it is the variant of {} for this MPM\n", because);
            break;
    }
}

void print_steps(const CallName & call, const Plan & plan, bool explain, Output & output) {
    for (const Step & step : plan.steps()) {
        print_heading(call, step, output);
        if (explain) {
            print_reason(step, output);
        }
        for (const Operation & operation : step.operations()) {
            print_operation(operation, output);
        }
    }
}

void print_plan(const CallName & call, const Plan & plan, bool explain, Output & output) {
    for (const std::string & module : plan.confirmations()) {
        output.out("Would ask whether the essential module {} is really to be disabled\n", escape(module));
    }
    print_steps(call, plan, explain, output);
    for (const std::string & module : call.is_live() ? plan.services() : std::vector<std::string>()) {
        output.out("Would {} external service {}, which belongs to {}\n", spoken(service_action(call, plan, module)),
                   htcacheclean_service(call), escape(module));
    }
    if (plan.steps().empty()) {
        output.out("Nothing would be changed\n");
    } else if (plan.needs_reload() && call.is_live()) {
        output.out("To activate the new configuration, you would need to run:\n  {}\n", reload_command(call));
    }
}

}  // namespace tool

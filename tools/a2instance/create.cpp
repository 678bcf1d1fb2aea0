// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/command_line.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"

#include <confgraph/instance.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace a2instance {

using confgraph::escape;
using confgraph::InstanceIssue;
using confgraph::InstanceIssueCode;
using confgraph::InstancePlan;
using confgraph::InstanceStep;
using confgraph::InstanceStepCode;
using tool::Json;

namespace {

std::string issue_text(const InstanceIssue & issue, const std::string & root) {
    const std::string path = escape(issue.path());
    const std::string text = escape(issue.text());
    switch (issue.code()) {
        case InstanceIssueCode::BAD_NAME:
            return tool::phrase(
                "'{}' cannot be the name of a new instance: letters, digits, '_', '-' and '.' make one of up to 64, a "
                "letter or digit at both ends",
                text);
        case InstanceIssueCode::EXISTS:
            return tool::phrase("{} exists already", path);
        case InstanceIssueCode::NO_CONFIGURATION:
            return tool::phrase("There is no configuration in {} that could be copied", path);
        case InstanceIssueCode::JOURNAL_UNFINISHED:
            return tool::phrase(
                "A change of {} is under way, or was interrupted: run {} with a module that is enabled, which "
                "completes it, and then this again",
                path, tool::program_line("a2enmod", {}, root));
        case InstanceIssueCode::NEEDS_USER:
            return tool::phrase(
                "Give --user, and --group if it is not the user's own one: the server of an instance does not run as "
                "root. Those of the first server are --user=www-data --group=www-data");
        case InstanceIssueCode::UNKNOWN_USER:
            return root.empty()
                       ? tool::phrase("There is no user '{}'; adduser --system makes one", text)
                       : tool::phrase("There is no user '{}' in /etc/passwd of the root {}", text, escape(root));
        case InstanceIssueCode::UNKNOWN_GROUP:
            if (text.empty()) {
                return tool::phrase("The user's own group has no name; give --group");
            }
            return root.empty()
                       ? tool::phrase("There is no group '{}'; addgroup --system makes one", text)
                       : tool::phrase("There is no group '{}' in /etc/group of the root {}", text, escape(root));
        case InstanceIssueCode::RUNS_AS_ROOT:
            return tool::phrase("The server would run as {}, which is root's", text);
        case InstanceIssueCode::PORT_TAKEN:
            return tool::phrase("Port {} is taken: {}:{} has the server listen on it", text, path, issue.line());
        case InstanceIssueCode::PORTS_EQUAL:
            return tool::phrase("Both ports are {}", text);
        case InstanceIssueCode::NOT_COPIED_TYPE:
            return tool::phrase("{} is neither file, folder nor link and cannot be copied", path);
        case InstanceIssueCode::CANNOT_READ:
            return tool::phrase("Could not read {}: {}", path, tool::system_text(issue.system_error()));
        case InstanceIssueCode::BAD_ACCOUNT:
            return tool::phrase("{}:{}: this line does not say what it should of '{}'; correct it", path, issue.line(),
                                text);
        case InstanceIssueCode::PORT_NOT_REPLACED:
            return tool::phrase("{}:{}: the server listens on {}, which names no port that could be replaced", path,
                                issue.line(), text);
        case InstanceIssueCode::NO_INIT_SCRIPT:
            return tool::phrase("There is neither systemd nor {}: no service was made; {} starts the server", path,
                                text);
        case InstanceIssueCode::NO_PROGRAM:
            return tool::phrase("There is no program {} to link to", text);
        case InstanceIssueCode::OWNER_LEFT:
            return tool::phrase("{} should belong to {}, which only root could have made: set that in the image", path,
                                text);
        case InstanceIssueCode::BOOT_LINKS_LEFT:
            return tool::phrase(
                "{} has no links in /etc/rc?.d, and nothing in a root is executed: run update-rc.d {} defaults "
                "at the first boot",
                path, text);
    }
    return {};
}

std::string_view issue_word(InstanceIssueCode code) {
    switch (code) {
        case InstanceIssueCode::BAD_NAME:
            return "bad-name";
        case InstanceIssueCode::EXISTS:
            return "exists";
        case InstanceIssueCode::NO_CONFIGURATION:
            return "no-configuration";
        case InstanceIssueCode::JOURNAL_UNFINISHED:
            return "journal-unfinished";
        case InstanceIssueCode::NEEDS_USER:
            return "needs-user";
        case InstanceIssueCode::UNKNOWN_USER:
            return "unknown-user";
        case InstanceIssueCode::UNKNOWN_GROUP:
            return "unknown-group";
        case InstanceIssueCode::RUNS_AS_ROOT:
            return "runs-as-root";
        case InstanceIssueCode::PORT_TAKEN:
            return "port-taken";
        case InstanceIssueCode::PORTS_EQUAL:
            return "ports-equal";
        case InstanceIssueCode::NOT_COPIED_TYPE:
            return "not-copied-type";
        case InstanceIssueCode::CANNOT_READ:
            return "cannot-read";
        case InstanceIssueCode::BAD_ACCOUNT:
            return "bad-account";
        case InstanceIssueCode::PORT_NOT_REPLACED:
            return "port-not-replaced";
        case InstanceIssueCode::NO_INIT_SCRIPT:
            return "no-init-script";
        case InstanceIssueCode::NO_PROGRAM:
            return "no-program";
        case InstanceIssueCode::OWNER_LEFT:
            return "owner-left";
        case InstanceIssueCode::BOOT_LINKS_LEFT:
            return "boot-links-left";
    }
    return {};
}

std::string_view step_word(InstanceStepCode code) {
    switch (code) {
        case InstanceStepCode::MAKE_FOLDER:
            return "folder";
        case InstanceStepCode::COPY_FILE:
            return "copy";
        case InstanceStepCode::WRITE_FILE:
            return "write";
        case InstanceStepCode::MAKE_LINK:
            return "link";
    }
    return {};
}

Json issues(const std::vector<InstanceIssue> & list, const std::string & root) {
    Json json = Json::array();
    for (const InstanceIssue & issue : list) {
        json.push_back({{"code", issue_word(issue.code())},
                        {"path", tool::text(issue.path())},
                        {"line", issue.line()},
                        {"text", issue_text(issue, root)}});
    }
    return json;
}

Json document(const InstancePlan & plan, bool dry_run, const Json & error, int status) {
    Json steps = Json::array();
    for (const InstanceStep & step : plan.steps()) {
        steps.push_back({{"do", step_word(step.code())},
                         {"path", tool::text(step.path())},
                         {"source", step.source().empty() ? Json() : tool::text(step.source())},
                         {"target", step.target().empty() ? Json() : tool::text(step.target())}});
    }
    return {{"version", tool::JSON_VERSION},
            {"root", plan.root().empty() ? Json() : tool::text(plan.root())},
            {"name", tool::text(plan.name())},
            {"dry_run", dry_run},
            {"user", tool::text(plan.user())},
            {"group", tool::text(plan.group())},
            {"port", plan.port()},
            {"ssl_port", plan.ssl_port()},
            {"steps", std::move(steps)},
            {"refusals", issues(plan.refusals(), plan.root())},
            {"notes", issues(plan.notes(), plan.root())},
            {"error", error},
            {"exit_status", status}};
}

void print_step(const InstanceStep & step, tool::Output & output) {
    const std::string path = escape(step.path());
    const std::string source = escape(step.source());
    switch (step.code()) {
        case InstanceStepCode::MAKE_FOLDER:
            if (source.empty()) {
                output.out("folder {}\n", path);
            } else {
                output.out("folder {} from {}\n", path, source);
            }
            break;
        case InstanceStepCode::COPY_FILE:
            output.out("copy {} from {}\n", path, source);
            break;
        case InstanceStepCode::WRITE_FILE:
            if (source.empty()) {
                output.out("write {}\n", path);
            } else {
                output.out("write {} from {}\n", path, source);
            }
            break;
        case InstanceStepCode::MAKE_LINK:
            output.out("link {} -> {}\n", path, escape(step.target()));
            break;
    }
}

/// Prints a plan that is not carried out; what is copied as it is only as a number.
void print_plan(const InstancePlan & plan, tool::Output & output) {
    if (plan.cleans_up()) {
        output.out("remove what an interrupted command left of {}\n", escape(plan.name()));
    }
    std::size_t same = 0;
    for (const InstanceStep & step : plan.steps()) {
        const bool inside = step.path().starts_with(plan.config_folder() + "/");
        if (step.code() == InstanceStepCode::COPY_FILE || (inside && step.code() != InstanceStepCode::WRITE_FILE)) {
            ++same;
            continue;
        }
        print_step(step, output);
    }
    output.out("copy {} files, folders and links as they are\n", same);
    output.out("user {}, group {}, port {}, port for TLS {}\n", escape(plan.user()), escape(plan.group()), plan.port(),
               plan.ssl_port());
}

void tell(const InstancePlan & plan, tool::Output & output) {
    const std::string name = escape(plan.name());
    output.out("Instance {} made: {}, port {}, port for TLS {}, user {}, group {}.\n", name,
               escape(plan.config_folder()), plan.port(), plan.ssl_port(), escape(plan.user()), escape(plan.group()));
    if (!plan.root().empty()) {
        output.out("Its programs are called a2enmod-{} and so on.\n", name);
        return;
    }
    output.out("Its programs are called a2enmod-{} and so on. To start its server, run:\n  {}\n", name,
               service_command("start", plan.name(), plan.systemd()));
}

}  // namespace

std::string service_command(const std::string & verb, const std::string & name, bool systemd) {
    return escape(systemd ? fmt::format("systemctl {} apache2@{}.service", verb, name)
                          : fmt::format("service apache2-{} {}", name, verb));
}

int create(const Options & options, tool::Output & output) {
    confgraph::InstanceRequest request = confgraph::InstanceRequest(*options.name).with_root(options.root);
    request = options.user ? request.with_user(*options.user) : request;
    request = options.group ? request.with_group(*options.group) : request;
    request = options.port ? request.with_port(*options.port) : request;
    request = options.ssl_port ? request.with_ssl_port(*options.ssl_port) : request;
    InstancePlan plan = InstancePlan::make(request);
    Json error;
    int status = DONE;
    for (const InstanceIssue & refusal : plan.refusals()) {
        output.err("ERROR: {}\n", issue_text(refusal, options.root));
        status = FAILED;
    }
    if (status == DONE && !options.dry_run) {
        auto made = confgraph::create_instance(plan, options.wait, [&](const std::string & holder) {
            output.err("Waiting for {} to finish its change\n", holder);
            output.flush();
        });
        if (made) {
            plan = std::move(made).value();
        } else {
            error = tool::error_text(made.error(), options.root);
            output.err("ERROR: {}\n", tool::error_text(made.error(), options.root));
            status = FAILED;
        }
    }
    if (status == DONE && !options.quiet) {
        for (const InstanceIssue & note : plan.notes()) {
            output.err("WARNING: {}\n", issue_text(note, options.root));
        }
        if (!options.json && options.dry_run) {
            print_plan(plan, output);
        } else if (!options.json) {
            tell(plan, output);
        }
    }
    if (options.json) {
        output.document(tool::dump(document(plan, options.dry_run, error, status)));
    }
    return status;
}

}  // namespace a2instance

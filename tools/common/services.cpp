// SPDX-License-Identifier: Apache-2.0
#include "common/services.hpp"

#include "common/output.hpp"
#include "common/process.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <climits>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace tool {

using confgraph::Action;
using confgraph::Kind;

namespace {

constexpr std::string_view HTCACHECLEAN = "apache-htcacheclean";

/// Whether systemd is the first process: then it starts and stops services.
bool systemd_runs() {
    char target[PATH_MAX];
    const ssize_t length = ::readlink("/proc/1/exe", target, sizeof target);
    return length > 0 &&
           std::string_view(target, static_cast<std::size_t>(length)).find("systemd") != std::string_view::npos;
}

/// Whether systemd keeps the list of services to be started, though something else may run now.
bool systemd_manages() {
    struct stat status {};
    return ::stat("/run/systemd", &status) == 0 && S_ISDIR(status.st_mode) && ::access("/bin/systemctl", X_OK) == 0;
}

std::string unit(std::string_view service, const CallName & call) {
    return call.instance.empty() ? std::string(service) : fmt::format("{}@{}.service", service, call.instance);
}

std::string init_script(std::string_view service, const CallName & call) {
    return call.instance.empty() ? std::string(service) : fmt::format("{}-{}", service, call.instance);
}

/// The name of the server's service.
std::string_view server_service(const CallName & call) {
    return call.layout == confgraph::LayoutName::FEDORA ? "httpd"
           : call.layout == confgraph::LayoutName::ALT  ? "httpd2"
                                                        : "apache2";
}

std::string service_command(std::string_view service, std::string_view verb, const CallName & call) {
    return systemd_runs() ? fmt::format("systemctl {} {}", verb, unit(service, call))
                          : fmt::format("service {} {}", init_script(service, call), verb);
}

}  // namespace

std::string reload_command(const CallName & call) {
    return confgraph::escape(
        service_command(server_service(call), call.kind == Kind::MODULE ? "restart" : "reload", call));
}

Action service_action(const CallName & call, const confgraph::Plan & plan, const std::string & module) {
    if (call.action != Action::SWITCH) {
        return call.action;
    }
    const auto steps = plan.steps();
    const bool enabled = std::any_of(steps.begin(), steps.end(), [&](const confgraph::Step & step) {
        return step.code() == confgraph::StepCode::ENABLE && step.name() == module;
    });
    return enabled ? Action::ENABLE : Action::DISABLE;
}

std::string htcacheclean_command(const CallName & call, Action action) {
    return confgraph::escape(service_command(HTCACHECLEAN, action == Action::ENABLE ? "start" : "stop", call));
}

std::string htcacheclean_service(const CallName & call) {
    return confgraph::escape(systemd_manages() ? unit(HTCACHECLEAN, call) : init_script(HTCACHECLEAN, call));
}

void switch_htcacheclean(const CallName & call, Action action, bool quiet, Output & output) {
    if (!call.is_live()) {
        if (!quiet) {
            output.out("The external service {} is left as it is in a root\n", HTCACHECLEAN);
        }
        return;
    }
    const bool systemd = systemd_manages();
    const std::string service = systemd ? unit(HTCACHECLEAN, call) : init_script(HTCACHECLEAN, call);
    const std::string verb(action_word(action));
    if (!quiet) {
        if (action == Action::ENABLE) {
            output.out("Enabling external service {}\n", confgraph::escape(service));
        } else {
            output.out("Disabling external service {}\n", confgraph::escape(service));
        }
    }
    output.flush();
    const std::vector<std::string> command = systemd ? std::vector<std::string>{"systemctl", verb, service}
                                                     : std::vector<std::string>{"update-rc.d", service, verb};
    if (run(command, output.text_to_stderr()) != 0) {
        output.err("WARNING: '{}' failed\n", words(command));
    } else if (!quiet && action == Action::ENABLE) {
        output.out("The service will be started on next reboot.\n");
    }
}

}  // namespace tool

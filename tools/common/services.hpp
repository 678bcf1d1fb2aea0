// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/output.hpp"

#include <confgraph/plan.hpp>

#include <string>

namespace tool {

/// The command that makes the server take up a change, fit to be printed: "systemctl restart apache2".
std::string reload_command(const CallName & call);

/// Whether the external service of a module is enabled or disabled by a plan.
confgraph::Action service_action(const CallName & call, const confgraph::Plan & plan, const std::string & module);

/// The command that starts or stops the cleaner of mod_cache_disk's files now.
std::string htcacheclean_command(const CallName & call, confgraph::Action action);

/// The name of that cleaner's service, fit to be printed.
std::string htcacheclean_service(const CallName & call);

/// Enables or disables that cleaner for the next boot, and says so; in a root, says that it is left alone.
void switch_htcacheclean(const CallName & call, confgraph::Action action, bool quiet, Output & output);

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_name.hpp"
#include "common/output.hpp"

#include <string>

namespace a2enmod {

/// The command that makes the server take up a change, fit to be printed: "systemctl restart apache2".
std::string reload_command(const CallName & call);

/// The command that starts or stops the cleaner of mod_cache_disk's files now.
std::string htcacheclean_command(const CallName & call);

/// The name of that cleaner's service, fit to be printed.
std::string htcacheclean_service(const CallName & call);

/// Enables or disables that cleaner for the next boot, and says so.
void switch_htcacheclean(const CallName & call, bool quiet, tool::Output & output);

}  // namespace a2enmod

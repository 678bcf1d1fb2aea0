// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/output.hpp"

namespace a2mpm {

/// Lists the MPMs, available or enabled: as text, or as a document. Returns the exit status: listing succeeds however
/// many are enabled.
int list_mpms(const tool::CallName & call, bool json, tool::Output & output);

}  // namespace a2mpm

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/change_options.hpp"
#include "common/output.hpp"

#include <confgraph/layout.hpp>

namespace a2mpm {

/// Switches to another MPM where each is a server of its own and the alternatives of the distribution choose one: its
/// own program for alternatives does that. Returns the exit status.
int switch_server(const tool::CallName & call, const tool::ChangeOptions & options, const confgraph::Layout & layout,
                  tool::Output & output);

}  // namespace a2mpm

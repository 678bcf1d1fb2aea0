// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/output.hpp"

#include <confgraph/plan.hpp>

namespace tool {

/// Prints a plan that is not carried out.
void print_plan(const CallName & call, const confgraph::Plan & plan, bool explain, Output & output);

/// Only the steps of one.
void print_steps(const CallName & call, const confgraph::Plan & plan, bool explain, Output & output);

/// Says in one line why a step is in a plan.
void print_reason(const confgraph::Step & step, Output & output);

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_name.hpp"
#include "common/output.hpp"

#include <confgraph/plan.hpp>

namespace a2enmod {

/// Prints a plan that is not carried out.
void print_plan(const CallName & call, const confgraph::Plan & plan, bool explain, tool::Output & output);

/// Says in one line why a step is in a plan.
void print_reason(const confgraph::Step & step, tool::Output & output);

}  // namespace a2enmod

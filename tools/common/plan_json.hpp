// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/json.hpp"

#include <confgraph/plan.hpp>

namespace tool {

/// A plan as a document, empty where there is none; the outcome is added by the caller.
Json plan_document(const CallName & call, bool dry_run, const confgraph::Plan * plan);

}  // namespace tool

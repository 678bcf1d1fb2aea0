// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_name.hpp"
#include "common/json.hpp"
#include "options.hpp"

#include <confgraph/plan.hpp>

namespace a2enmod {

/// A plan as a document, empty where there is none; the outcome is added by the caller.
tool::Json plan_document(const CallName & call, const Options & options, const confgraph::Plan * plan);

}  // namespace a2enmod

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"
#include "common/output.hpp"

#include <confgraph/layout.hpp>
#include <confgraph/transaction.hpp>

namespace tool {

/// Says what is noteworthy about how a plan was carried out; with explain, why the links were not changed in one step
/// and why the server was not asked.
void print_outcome(const confgraph::Layout & layout, const confgraph::Outcome & outcome, bool explain, Output & output);

/// Says what could not be finished.
void print_problems(const confgraph::Outcome & outcome, Output & output);

/// How a plan was carried out, as members of a document; there is no outcome where it did not come to one.
Json outcome_document(const confgraph::Outcome * outcome);

}  // namespace tool

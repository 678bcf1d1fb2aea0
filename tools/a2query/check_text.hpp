// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/check.hpp>
#include <confgraph/layout.hpp>

#include <string>

namespace a2query {

/// A finding in one line: what, where, what to do.
std::string finding_text(const confgraph::Layout & layout, const confgraph::Finding & finding);

}  // namespace a2query

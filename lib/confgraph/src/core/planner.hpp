// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/plan.hpp"
#include "core/request.hpp"

namespace confgraph::core {

/// Plans a request on a catalog that was read for it.
///
/// Each name is a unit, planned by itself on the state that the earlier ones leave; what of it is refused is refused as
/// a whole. Notices come in the order in which Debian's tools print. Time is linear in the entries and edges that are
/// visited, and nothing recurses.
Plan make_plan(const Catalog & catalog, const Request & request);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan.hpp"
#include "io/file_system.hpp"

#include <cstddef>

namespace confgraph::io {

/// Carries out the operations of a plan: new markers, then links in the order of the plan, then old markers. An error
/// undoes what was done. Returns the number of operations that changed something.
Result<std::size_t> commit(FileSystem & files, const core::Plan & plan);

}  // namespace confgraph::io

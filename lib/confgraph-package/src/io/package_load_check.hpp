// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/package.hpp"
#include "io/tree_check.hpp"

#include <vector>

namespace confgraph::package::io {

/// Checks the .load files of a package whose module binaries were read.
std::vector<core::TreeProblem> check_load_files(const core::Package & package, const Expectations & expectations);

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan.hpp"

#include <string>
#include <vector>

namespace confgraph::cases {

/// A plan, whole, in the words of case files.
std::vector<std::string> describe(const core::Plan & plan);

/// An error in the words of case files.
std::string describe(const Error & error);

}  // namespace confgraph::cases

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace confgraph::cases {

/// A shared object of this machine's kind, reduced to the table of the symbols that it asks others for.
std::string binary_that_imports(const std::vector<std::string> & symbols);

/// The same with symbols that it offers to others.
std::string binary_that_defines(const std::vector<std::string> & symbols);

}  // namespace confgraph::cases

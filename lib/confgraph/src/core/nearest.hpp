// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// The candidates most like a name that does not exist, best first, three at most; none when nothing is alike.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string> & candidates);

}  // namespace confgraph::core

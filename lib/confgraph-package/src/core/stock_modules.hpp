// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

/// Whether the server itself, version 2.4, comes with a module of this name in Debian.
bool is_stock_module(std::string_view name);

/// The names of those.
std::vector<std::string> stock_modules();

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace confgraph::package::core {

/// Whether the server itself, version 2.4, comes with a module of this name in Debian.
bool is_stock_module(std::string_view name);

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace confgraph::core {

/// What a module that comes with the server needs beside it, and what it cannot be loaded together with: for layouts
/// whose files do not say so. Names of entries; nothing for a module that does not come with the server.
struct StockModule {
    std::string_view name;
    std::string_view depends{};    ///< separated by single blanks
    std::string_view conflicts{};  ///< likewise
};

/// All of them that need or exclude anything, by name.
std::span<const StockModule> stock_modules();

/// One of them; nothing if it is none.
const StockModule * stock_module(std::string_view name);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace confgraph::core {

/// A text that may hold anything, made fit for a terminal and for one line: control characters, bytes that are no
/// UTF-8 and characters that change the direction of writing become \xNN; a backslash stays as it is.
std::string escape(std::string_view text);

}  // namespace confgraph::core

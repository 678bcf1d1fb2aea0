// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>

#include <string>
#include <string_view>

namespace confgraph {

/// A text from the file system or the command line, made fit for a terminal and for one line: control characters, bytes
/// that are no UTF-8 and characters that change the direction of writing become `\xNN`.
CONFGRAPH_API std::string escape(std::string_view text);

/// The library's version: "0.1.0".
CONFGRAPH_API std::string_view version();

}  // namespace confgraph

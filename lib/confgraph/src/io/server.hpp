// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/server.hpp"
#include "io/file_system.hpp"

namespace confgraph::io {

/// Reads the server's version and MMN from its binary.
Result<core::Server> read_server(const FileReader & files, const core::Layout & layout);

}  // namespace confgraph::io

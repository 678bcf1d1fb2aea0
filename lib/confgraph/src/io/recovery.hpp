// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "io/file_system.hpp"

namespace confgraph::io {

/// Completes a change that was interrupted, or takes it back, as its journal says. The lock has to be held. Returns
/// whether there was any. When it fails, the journal stays, and the next command tries again.
Result<bool> recover(const FileReader & files, const core::Layout & layout, bool sync);

}  // namespace confgraph::io

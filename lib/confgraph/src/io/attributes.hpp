// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

namespace confgraph::io {

/// Gives an open folder or file the owner, mode, access control lists and other extended attributes of another one,
/// security labels among them; what the other one has not got is removed. Check sums of what a file says stay its own.
IoResult<Done> copy_attributes(int from, int to);

}  // namespace confgraph::io

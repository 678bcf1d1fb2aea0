// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

namespace confgraph::io {

/// Gives an open folder the owner, mode, access control lists and other extended attributes of another one, security
/// labels among them; what the other one has not got is removed.
IoResult<Done> copy_attributes(int from, int to);

}  // namespace confgraph::io

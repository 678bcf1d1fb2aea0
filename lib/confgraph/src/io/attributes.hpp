// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

namespace confgraph::io {

/// Gives an open folder or file the owner, mode, access control lists and other extended attributes of another one,
/// security labels among them; what the other one has not got is removed. Check sums of what a file says stay its own.
IoResult<Done> copy_attributes(int from, int to);

/// The same where this process may not give the file away: its owner stays, and bits that lend the owner's or the
/// group's rights are not set. Returns whether it has the other one's owner.
IoResult<bool> copy_possible_attributes(int from, int to);

/// Whether an owner could not be set since this process may not give the file away, or, where an ordinary user stands
/// for root, since there is nobody of that number.
bool may_not_give_away(int error);

}  // namespace confgraph::io

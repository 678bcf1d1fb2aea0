// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tracer.hpp"

#include <vector>

namespace crash {

/// The errors that a call is made to fail with: those that it can return on a file system that is full, broken,
/// read-only, or not allowed, and those that send the tools another way. The table is in README.md, too.
std::vector<int> errors_of(const Call & call);

/// Whether this error says that a call is impossible here, so that another way may be taken instead.
bool means_impossible(const Call & call, int error);

}  // namespace crash

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"
#include "options.hpp"

namespace a2mmn {

/// Says whether the installed server and the installed headers agree. This and the others return the exit status.
int agree(const Options & options, tool::Output & output);

/// Says what is in module binaries.
int inspect(const Options & options, tool::Output & output);

/// Prints the dependencies of a package.
int emit(const Options & options, tool::Output & output);

/// Checks the build tree of a package.
int verify(const Options & options, tool::Output & output);

}  // namespace a2mmn

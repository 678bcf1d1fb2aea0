// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <sys/stat.h>

namespace confgraph::test {

/// Throws what errno says unless a call of the system did what a test needs.
void require(bool done, const std::string & what);

/// What lstat says of a path; throws when there is nothing.
struct stat status_of(const std::string & path);

/// An extended attribute of a file, or why it cannot be read: "errno 61".
std::string attribute(const std::string & path, const char * name);

}  // namespace confgraph::test

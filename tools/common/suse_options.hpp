// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <confgraph/layout.hpp>

#include <string>
#include <vector>

namespace tool {

// What openSUSE's own a2enmod answers: the scripts of its packages ask that way.

/// Prints the enabled modules in one line: a2enmod -l. Returns the exit status.
int list_as_suse(const confgraph::Layout & layout, Output & output);

/// Whether modules are enabled, told by nothing but the exit status: a2enmod -q NAME.
int query_as_suse(const confgraph::Layout & layout, const std::vector<std::string> & names, Output & output);

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "case_file.hpp"
#include "core/layout.hpp"
#include "support/memory_file_system.hpp"

#include <string>
#include <vector>

namespace confgraph::cases {

/// A case in another layout.
struct OtherTree {
    test::MemoryFileSystem files;
    core::Layout layout;
};

/// The folders of cases in a layout that is not Debian's.
core::Layout other_layout(LayoutName name);

/// Makes the tree of a case in the layout that is set. Returns why it cannot be expressed there; empty if it can.
std::string make_other(const Case & from, OtherTree & into);

/// What comes of the commands of a case, in words that do not depend on the layout: the notices of each, sorted, then
/// its steps, units and questions; in the end all that is enabled, and the markers. Where to look is left out, and so
/// is what only Debian's packages bring along.
std::vector<std::string> outcome(test::MemoryFileSystem & files, const core::Layout & layout,
                                 const std::vector<Command> & commands, bool with_sites);

}  // namespace confgraph::cases

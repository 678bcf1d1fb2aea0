// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/catalog_maker.hpp"
#include "support/memory_file_system.hpp"

#include <string>
#include <string_view>

namespace confgraph::test {

/// A configuration in Debian's layout on a file system in memory.
class DebianTree {
public:
    DebianTree();

    /// Adds NAME.load to the available modules, with a LoadModule after its header; and NAME.conf if wanted.
    void add_module(const std::string & name, const std::string & header = {}, bool conf = false);
    void add_entry(Kind kind, const std::string & name, const std::string & content = {});
    /// Makes the link as the tools do; for a module that of its .conf too, if there is one.
    void enable(Kind kind, const std::string & name);
    /// folder is one of core::MARKER_FOLDERS.
    void add_marker(Kind kind, std::string_view folder, const std::string & name);

    MemoryFileSystem files;
    core::Layout layout = debian_layout();
};

}  // namespace confgraph::test

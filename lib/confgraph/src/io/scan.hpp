// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/request.hpp"
#include "io/file_system.hpp"

#include <string>
#include <vector>

namespace confgraph::io {

/// Reads what planning a request needs: the named entries, what they depend on or what depends on them, and, when
/// modules are to be enabled that are not, which modules are.
Result<core::Catalog> scan_for(const FileReader & files, const core::Layout & layout, const core::Request & request);

/// Reads whether the named entries are available and enabled, and their markers. Their files are not opened.
Result<core::Catalog> scan_names(const FileReader & files, const core::Layout & layout, Kind kind,
                                 const std::vector<std::string> & names);

/// Reads which entries of a kind are enabled, and their markers. Their files are not opened.
Result<core::Catalog> scan_enabled(const FileReader & files, const core::Layout & layout, Kind kind);

/// Reads the enabled MPMs.
Result<core::Catalog> scan_mpms(const FileReader & files, const core::Layout & layout);

/// Reads all modules, and looks for MPMs among them.
Result<core::Catalog> scan_all_mpms(const FileReader & files, const core::Layout & layout);

/// Reads everything.
Result<core::Catalog> scan_all(const FileReader & files, const core::Layout & layout);

}  // namespace confgraph::io

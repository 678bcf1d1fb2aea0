// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/module_records.hpp"

#include <string>
#include <vector>

namespace confgraph::package::io {

struct Found {
    std::vector<core::Binary> binaries;  ///< those that hold modules, by path
    std::vector<core::Error> errors;
};

/// Reads the module binaries below a folder, or the binary that the path names.
core::Result<Found> find_binaries(const std::string & path);

/// What a path inside of a tree leads to: links, absolute ones too, stay inside of it. Empty when that is nothing.
std::string resolve_inside(const std::string & tree, const std::string & path);

}  // namespace confgraph::package::io

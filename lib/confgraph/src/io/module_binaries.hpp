// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "io/file_system.hpp"

namespace confgraph::io {

// What the binaries of modules, and of the server, say that their files do not.

/// Finds the binary of each LoadModule of an entry.
void find_binaries(const FileReader & files, core::Catalog & catalog, core::EntryId id);

/// Looks into a module's binaries: whether it is an MPM, and threaded.
void probe_mpm(const FileReader & files, core::Catalog & catalog, core::EntryId id);

/// Finds dependencies whose symbols come too late.
void find_late_dependencies(const FileReader & files, core::Catalog & catalog);

/// Looks for an MPM inside the server.
void find_static_mpm(const FileReader & files, core::Catalog & catalog);

}  // namespace confgraph::io

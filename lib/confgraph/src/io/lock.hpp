// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "io/descriptor.hpp"
#include "io/file_system.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace confgraph::io {

/// The folder of the lock and of the journals, below the state directory.
std::string work_folder(const core::Layout & layout);
std::string lock_path(const core::Layout & layout);

/// Takes the lock if it is free and there is a file of it that may be opened; else the descriptor is closed.
Descriptor try_lock(const core::Layout & layout);

/// Takes the lock; makes its file, and durably its folder, if need be. Waits for another process at most so long, and
/// tells waiting who that is after a second. Fails with CANNOT_LOCK or LOCKED.
Result<Descriptor> take_lock(const core::Layout & layout, bool sync, std::chrono::milliseconds limit,
                             const std::function<void(const std::string &)> & waiting);

/// Makes a folder below a root and those above it that are missing; appends those to made.
IoResult<Done> create_folders(const std::string & root, const std::string & path, std::vector<std::string> & made);

/// Flushes the folders in which these were made. When one cannot be, gives it.
Result<Done> sync_parents(const std::string & root, const std::vector<std::string> & made);

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"

#include <string>
#include <string_view>

namespace confgraph::core {

/// Whether a module is a multi-processing module: it is named mpm_* or loads an mpm_*_module or its binary says so,
/// and it does not itself run on top of an MPM, as mpm_itk does on prefork.
bool is_mpm(const Entry & entry);

/// An MPM's name as the server gives it: "event" for the entry mpm_event.
std::string_view mpm_name(std::string_view entry_name);

/// Whether an MPM is threaded, when that is known without its binary.
std::optional<bool> known_threading(std::string_view entry_name);

}  // namespace confgraph::core

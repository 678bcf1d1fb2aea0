// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// Whether a module is a multi-processing module: it is named mpm_* or loads an mpm_*_module or its binary says so,
/// and it does not itself run on top of an MPM, as mpm_itk does on prefork.
bool is_mpm(const Entry & entry);

/// An MPM's name as the server gives it: "event" for the entry mpm_event.
std::string_view mpm_name(std::string_view entry_name);

/// Whether an MPM is threaded, when that is known without its binary.
std::optional<bool> known_threading(std::string_view entry_name);

/// Whether an MPM is threaded, as far as was found out; nothing where that was not asked or is not known.
std::optional<bool> threading(const Entry & mpm);

/// Whether an MPM is to be treated as threaded. One of which nothing is known is: cgid works with either kind.
bool is_threaded(const Entry & mpm);

/// A module that runs under MPMs without threads only, and may not say so: the server then stops at its start, though
/// the configuration passes the test.
constexpr std::string_view NEEDS_NONTHREADED = "mpm_itk";

/// The modules that the name of an MPM can mean, the likelier one first: mpm_event and event, with or without "mpm_".
std::vector<std::string> mpm_modules(std::string_view name);

/// The module that the name of an MPM means: the first of mpm_modules() that is an MPM, else the first that there is,
/// available or enabled.
EntryId find_mpm(const Catalog & catalog, std::string_view name);

}  // namespace confgraph::core

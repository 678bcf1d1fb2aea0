// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/plan.hpp"
#include "support/memory_file_system.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::cases {

/// The folders of every case: Debian's.
core::Layout layout();

/// The path that a case file means: "mods-enabled/x.load" lies in the configuration, "module/..." in the state folder.
std::string full_path(std::string_view path);

/// The other way round.
std::string short_path(std::string_view path);

/// The differences of two trees, as MemoryFileSystem::tree() gives them, one line each.
std::vector<std::string> changes(const std::map<std::string, std::string> & before,
                                 const std::map<std::string, std::string> & after);

/// Makes the changes of a plan, in its order. Returns what is wrong with them: operations on something that is not
/// there, or there already.
std::vector<std::string> carry_out(test::MemoryFileSystem & files, const core::Plan & plan);

}  // namespace confgraph::cases

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/instance.hpp"

#include <optional>
#include <string>

namespace confgraph::io {

/// The users and groups of this system.
std::optional<core::KnownUser> find_user(const std::string & name);
std::optional<core::KnownGroup> find_group(const std::string & name);

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dpkg_status.hpp"
#include "io/file_system.hpp"

#include <confgraph/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::io {

/// Finds a package in dpkg's database. Fails with CANNOT_READ.
Result<std::optional<core::DpkgPackage>> find_package(const FileReader & files, const std::string & admin_folder,
                                                      std::string_view package);

}  // namespace confgraph::io

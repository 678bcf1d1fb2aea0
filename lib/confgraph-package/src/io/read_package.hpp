// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/package.hpp"
#include "io/file_source.hpp"

#include <string>

namespace confgraph::package::io {

/// Whether a file begins as packages do.
bool is_package(const std::string & path);

/// Reads a package; calls for each file. Errors name the path.
core::Result<core::Package> read_package(const std::string & path, const core::Limits & limits,
                                         const core::Visit & visit);

/// The same for bytes that lie elsewhere; path is what errors shall name.
core::Result<core::Package> read_package(Source & source, const std::string & path, const core::Limits & limits,
                                         const core::Visit & visit);

/// The same with the module binaries read.
core::Result<core::Package> read_package_modules(const std::string & path, const core::Limits & limits);
core::Result<core::Package> read_package_modules(Source & source, const std::string & path,
                                                 const core::Limits & limits);

}  // namespace confgraph::package::io

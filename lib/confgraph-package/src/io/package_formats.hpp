// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/package.hpp"
#include "io/file_source.hpp"

#include <string_view>

namespace confgraph::package::io {

/// How .rpm files begin.
inline constexpr std::string_view RPM_MAGIC = "\xED\xAB\xEE\xDB";

/// Each fills in what the package says and calls for each of its files.
core::Result<bool> read_deb(Source & source, const core::Limits & limits, core::Package & package,
                            const core::Visit & visit);
core::Result<bool> read_rpm(Source & source, const core::Limits & limits, core::Package & package,
                            const core::Visit & visit);

/// What both do with a file: puts it into the list, and calls. The path is known to be good.
core::Result<bool> take_file(core::PackageFile file, const core::Limits & limits, core::Content & content,
                             core::Package & package, const core::Visit & visit);

/// An error about a member of a package.
core::Error member_error(ErrorCode code, Part part, std::uint64_t offset, std::string_view member);

}  // namespace confgraph::package::io

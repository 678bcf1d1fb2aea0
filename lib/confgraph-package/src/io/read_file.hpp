// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/mmn_header.hpp"
#include "core/module_records.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace confgraph::package::io {

/// Reads a file of up to so many bytes; with beginning, only one that begins so, else what there is of the beginning is
/// given. Links are followed; never waits, whatever the path leads to.
core::Result<std::string> read_file(const std::string & path, std::uint64_t max_bytes, std::string_view beginning = {});

/// Reads a binary and its module records.
core::Result<core::Binary> read_binary(const std::string & path);

/// Reads ap_mmn.h in a folder.
core::Result<core::Headers> read_headers(const std::string & folder);

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/package.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace confgraph::package::io {

/// What the header of a .rpm says beside what goes into the package.
struct RpmHeader {
    std::string payload_format;
    std::string compression;  ///< as Packed has it
    /// Of each file, in the header's order: for a payload that names files by their number.
    std::vector<core::PackageFile> files;
    /// For each file the number of the one whose content it has: its own, or of several hard links the last one.
    std::vector<std::size_t> content_of;
};

/// Reads a header with librpm: what follows its eight bytes of magic, that is two lengths, index and data.
core::Result<RpmHeader> read_rpm_header(std::string & blob, core::Package & package);

}  // namespace confgraph::package::io

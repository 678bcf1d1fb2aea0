// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/build_settings.hpp"
#include "core/error.hpp"
#include "core/mmn_header.hpp"

#include <optional>
#include <string>
#include <vector>

namespace confgraph::package::core {

struct DevelopmentTree {
    Headers headers;
    std::string include_folder;
    std::string settings_file;  ///< empty without one
    BuildSettings settings;
    std::string note_file;  ///< that of note
    std::optional<MmnNote> note;
};

}  // namespace confgraph::package::core

namespace confgraph::package::io {

/// Where installed files of distributions are looked for, in this order.
struct DevelopmentPlaces {
    std::vector<std::string> settings_files;
    std::vector<std::string> include_folders;
};

/// Reads what is installed below a root: the first file of settings, then the headers where it says, else the first
/// ones of the other folders.
core::Result<core::DevelopmentTree> find_development_tree(const std::string & root, const DevelopmentPlaces & places);

/// Reads the headers of a folder, and what lies beside them.
core::Result<core::DevelopmentTree> read_include_folder(const std::string & folder);

}  // namespace confgraph::package::io

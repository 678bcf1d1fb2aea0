// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/layout_settings.hpp"
#include "io/environment.hpp"
#include "io/file_system.hpp"

#include <optional>
#include <string>

namespace confgraph::io {

/// The file that says what is not as detection would have it, unless APACHE_CONFGRAPH_LAYOUT names another one.
constexpr const char * LAYOUT_FILE = "/etc/confgraph/layout.conf";

/// Which layout there is.
struct FoundLayout {
    LayoutName name = LayoutName::DEBIAN;
    /// What the configuration file sets.
    core::LayoutValues values{};
    /// What was found in the place of Debian's envvars file, if that was asked.
    std::optional<IoResult<FileInfo>> envvars{};
};

/// Finds out which layout there is: the one that is asked for, or that a configuration file names, or else the one
/// whose files are there; Debian's where none is known. Debian's envvars file, by its path, decides before all else.
/// Fails with CANNOT_READ or LAYOUT_MALFORMED about the configuration file, and with NO_INSTANCES.
Result<FoundLayout> detect_layout(const core::LayoutOptions & options, const Lookup & lookup, const FileReader & files,
                                  const std::string & envvars);

/// The folders of a layout that is not Debian's.
core::Layout other_layout(const FoundLayout & found, const core::LayoutOptions & options, const Lookup & lookup,
                          const FileReader & files);

/// Looks up in the environment, and then in what a configuration file sets.
Lookup with_settings(const Lookup & lookup, const core::LayoutValues & values, const std::string & instance);

}  // namespace confgraph::io

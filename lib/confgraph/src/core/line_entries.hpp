// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/load_lines.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// A file of a folder of LoadModule lines.
struct LineSource {
    std::string path;
    /// What the link says that it is; empty for a file.
    std::string link_target{};
    LoadFile file{};
    std::string text{};
    int system_error = 0;  ///< why it cannot be read
};

/// What lies in a folder of LoadModule lines and in that of the binaries.
struct LineFolder {
    /// In the order in which the server reads them.
    std::vector<LineSource> sources{};
    /// The names of all that lies beside them, too.
    std::set<std::string, std::less<>> names{};
    /// The binaries in the folder of the modules, by file name, with the entry each is for.
    std::map<std::string, std::string, std::less<>> binaries{};
    /// What precedes a binary's file name in a line: "modules/", or the folder's path.
    std::string binary_prefix{};
};

/// Whether the binary that a line names is there.
using HasBinary = std::function<bool(const std::string & file)>;
/// Whether a module is part of the server itself.
using IsStatic = std::function<bool(std::string_view name)>;

/// Makes entries of all lines, and of all binaries that have none. What is known of an entry without a line is not
/// enough to enable it: see give_own_file().
void add_line_entries(Catalog & catalog, const LineFolder & folder, const HasBinary & has_binary,
                      const IsStatic & is_static);

/// Gives a module that comes with the server what it depends on and excludes, where no comment says that.
void add_stock_facts(Catalog & catalog, EntryId id, const IsStatic & is_static);

/// Whether an entry has no line, and no file of its own was found for it so far.
bool needs_own_file(const Entry & entry);

/// Gives an entry without a line its place in a new file. The file's name puts it after all that it depends on and
/// before all that depends on it: the entries that it depends on must have their places. An empty identifier is one
/// that the binary does not tell.
void give_own_file(Catalog & catalog, const LineFolder & folder, EntryId id, const std::string & identifier);

/// Makes entries of the confs of a folder where NAME.conf is enabled and NAME.conf.disabled is not.
void add_suffix_entries(Catalog & catalog, Kind kind, const std::vector<std::string> & names);

}  // namespace confgraph::core

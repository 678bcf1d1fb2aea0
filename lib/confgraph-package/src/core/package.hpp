// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/module_records.hpp"
#include "core/relation.hpp"

#include <confgraph-package/package.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

struct Limits {
    std::uint64_t unpacked_bytes = 16ULL << 30;
    std::uint64_t growth = 200;
    std::uint64_t files = 1000000;
    std::uint64_t binary_bytes = 256ULL << 20;
    std::uint64_t control_bytes = 32ULL << 20;

    /// What the files of a package of so many bytes may have when unpacked.
    [[nodiscard]] std::uint64_t unpacked_of(std::uint64_t package_bytes) const;
};

struct Script {
    std::string name;
    std::string text;

    friend bool operator==(const Script &, const Script &) = default;
};

struct Trigger {
    std::string kind;
    std::string name;

    friend bool operator==(const Trigger &, const Trigger &) = default;
};

struct PackageFile {
    std::string path;
    PackageFileType type = PackageFileType::OTHER;
    std::uint64_t size = 0;
    std::string target;
    /// For a hard link whose content comes with another path, that path.
    std::string same_as{};

    friend bool operator==(const PackageFile &, const PackageFile &) = default;
};

/// A .load file in a package.
struct LoadFile {
    std::string path;
    std::string text;

    friend bool operator==(const LoadFile &, const LoadFile &) = default;
};

/// The content of a file while it is read.
class Content {
public:
    Content() = default;
    Content(const Content &) = delete;
    Content & operator=(const Content &) = delete;
    virtual ~Content() = default;
    /// The next part, good until the next call; empty at the end, and after an error that the reader keeps.
    virtual std::string_view next() = 0;
};

/// Is called for each file of a package; an error ends the reading.
using Visit = std::function<Result<bool>(const PackageFile & file, Content & content)>;

struct Package {
    std::string path;
    PackageKind kind{};
    std::string name{};
    std::string version{};
    std::string architecture{};
    std::vector<Relation> depends{};
    std::vector<Relation> provides{};
    std::vector<Script> scripts{};
    std::vector<Trigger> triggers{};
    std::vector<PackageFile> files{};
    std::vector<Binary> binaries{};
    std::vector<Error> errors{};
    std::vector<LoadFile> load_files{};
};

/// The path of a member as it is to be installed: absolute, without "." and empty names. Nothing when it leads out, or
/// is no name at all.
std::string installed_path(std::string_view member);

/// Whether a path is that of a .load file: NAME.load in a folder mods-available below /etc.
bool is_load_file(std::string_view path);

/// What a path of the installed package leads to, links in the package followed; empty when the package has no such
/// file.
std::string resolve_in_package(const std::map<std::string, const PackageFile *, std::less<>> & files,
                               std::string_view path);

/// Fills in what the control file of a .deb says. False when it lacks what each has.
bool take_control(std::string_view text, Package & package);

/// The lines of a file with triggers in a .deb.
std::vector<Trigger> parse_triggers(std::string_view text);

}  // namespace confgraph::package::core

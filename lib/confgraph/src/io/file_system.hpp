// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::io {

/// errno of a failed call.
struct Errno {
    int value = 0;
};

template <class T>
using IoResult = Result<T, Errno>;

enum class FileType : std::uint8_t { REGULAR, FOLDER, LINK, OTHER };

struct FileInfo {
    FileType type{};
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;     ///< in bytes; for regular files
    std::uint64_t changed = 0;  ///< when it was last changed: a number that grows
};

/// Everything that is read from a file system goes through here. Paths are as for the system's calls.
class FileReader {
public:
    FileReader() = default;
    FileReader(const FileReader &) = delete;
    FileReader & operator=(const FileReader &) = delete;
    virtual ~FileReader() = default;

    /// What a path leads to, links followed.
    virtual IoResult<FileInfo> info(const std::string & path) const = 0;
    /// What a path is itself.
    virtual IoResult<FileInfo> link_info(const std::string & path) const = 0;
    /// What a link says; EINVAL when the path is no link.
    virtual IoResult<std::string> read_link(const std::string & path) const = 0;
    /// The names in a folder, "." and ".." left out, in no particular order.
    virtual IoResult<std::vector<std::string>> list(const std::string & path) const = 0;
    /// The absolute path of what a path leads to, with no links in it.
    virtual IoResult<std::string> canonical_path(const std::string & path) const = 0;
    /// Reads a file piece by piece until take returns false. Never waits, whatever the path leads to. Returns whether
    /// the end of the file was reached; EISDIR for a folder.
    virtual IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                                const std::function<bool(std::string_view)> & take) const = 0;
    /// The folder that relative paths start from.
    virtual IoResult<std::string> working_directory() const = 0;
};

}  // namespace confgraph::io

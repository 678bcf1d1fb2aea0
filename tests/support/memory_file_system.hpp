// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::test {

/// A file system in memory that answers as Linux does, errno included. tests/unit/contract_test.cpp asks the same
/// questions of this one and of the machine's own, so that the two cannot drift apart. The working directory is "/".
class MemoryFileSystem final : public io::FileReader {
public:
    MemoryFileSystem();
    ~MemoryFileSystem() override;

    // Making a tree. Folders above are made as needed, what exists already is replaced; none of this is logged. Paths
    // are absolute, and no component of them is a link.
    void add_folder(const std::string & path);
    void add_file(const std::string & path, std::string content = {});
    void add_link(const std::string & path, std::string target);
    /// A FIFO that nobody writes to.
    void add_other(const std::string & path);
    /// Takes every permission away from a file or folder (mode 000).
    void deny(const std::string & path);
    /// Removes a file, a link, or a folder with all that is in it.
    void erase(const std::string & path);

    /// Everything there is, by path: "folder", "file CONTENT", "link TARGET" or "other".
    [[nodiscard]] std::map<std::string, std::string> tree() const;

    /// Each call so far, in order, as "NAME PATH": "info /a", "list /a/b". NAME is the function's.
    [[nodiscard]] const std::vector<std::string> & log() const { return log_; }
    void clear_log() { log_.clear(); }
    /// How many calls had this path, or one below it.
    [[nodiscard]] std::size_t accesses_below(std::string_view path) const;
    /// How many bytes read() has handed out.
    [[nodiscard]] std::size_t bytes_read() const { return bytes_read_; }

    io::IoResult<io::FileInfo> info(const std::string & path) const override;
    io::IoResult<io::FileInfo> link_info(const std::string & path) const override;
    io::IoResult<std::string> read_link(const std::string & path) const override;
    io::IoResult<std::vector<std::string>> list(const std::string & path) const override;
    io::IoResult<std::string> canonical_path(const std::string & path) const override;
    io::IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                            const std::function<bool(std::string_view)> & take) const override;
    io::IoResult<std::string> working_directory() const override;

private:
    struct Node;

    /// How the last component of a path is treated.
    enum class Last {
        FOLLOW,  ///< a link is followed
        STAY,    ///< a link is taken for itself, unless a slash follows it
    };

    io::IoResult<Node *> find(std::string path, Last last) const;
    Node & add(const std::string & path, io::FileType type);
    Node & existing(const std::string & path) const;
    /// Notes that something changes now.
    void touch(Node & node);
    Node & insert(Node & folder, const std::string & name, io::FileType type);
    void note(std::string_view call, const std::string & path) const;

    std::unique_ptr<Node> root_;
    std::uint64_t inodes_ = 0;
    std::uint64_t moment_ = 0;  // of the last change
    mutable std::vector<std::string> log_;
    mutable std::size_t bytes_read_ = 0;
};

}  // namespace confgraph::test

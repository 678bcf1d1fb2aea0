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
class MemoryFileSystem final : public io::FileSystem {
public:
    MemoryFileSystem();
    ~MemoryFileSystem() override;

    // Making a tree. Folders above are made as needed, what exists already is replaced; none of this is logged or
    // counted. Paths are absolute, and no component of them is a link.
    void add_folder(const std::string & path);
    void add_file(const std::string & path, std::string content = {});
    void add_link(const std::string & path, std::string target);
    /// A FIFO that nobody writes to.
    void add_other(const std::string & path);
    /// Takes every permission away from a file or folder (mode 000).
    void deny(const std::string & path);
    /// Takes the permission to make and remove entries away from a folder (mode 555).
    void deny_writing(const std::string & path);
    /// Removes a file, a link, or a folder with all that is in it.
    void erase(const std::string & path);

    /// Everything there is, by path: "folder", "file CONTENT", "link TARGET" or "other".
    [[nodiscard]] std::map<std::string, std::string> tree() const;

    /// The n-th call from now that writes (1 is the next one) fails with an error; those before and after it succeed.
    void fail_after(std::size_t n, int error);
    /// How many calls that write there were.
    [[nodiscard]] std::size_t writes() const { return writes_; }

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

    io::IoResult<Done> create_link(const std::string & target, const std::string & path) override;
    io::IoResult<Done> remove(const std::string & path) override;
    io::IoResult<Done> create_file(const std::string & path) override;
    io::IoResult<Done> create_folder(const std::string & path) override;
    io::IoResult<Done> remove_folder(const std::string & path) override;

private:
    struct Node;

    /// How the last component of a path is treated.
    enum class Last {
        FOLLOW,  ///< a link is followed
        STAY,    ///< a link is taken for itself, unless a slash follows it
        ENTRY,   ///< it is an entry to be made or removed: it need not exist, and no slash makes a link followed
    };

    /// Where a path leads.
    struct Place {
        Node * folder = nullptr;
        std::string name;
        Node * node = nullptr;  ///< null when there is nothing
        bool plain = false;     ///< the last component is neither ".", ".." nor the root
        bool slash = false;     ///< a slash ends the path
    };

    io::IoResult<Place> walk(std::string path, Last last) const;
    io::IoResult<Node *> find(const std::string & path, Last last) const;
    io::IoResult<Done> make_folder(const std::string & path);
    io::IoResult<Place> place_for_new(const std::string & path) const;
    Node & add(const std::string & path, io::FileType type);
    Node & existing(const std::string & path) const;
    Node & insert(Node & folder, const std::string & name, io::FileType type);
    void note(std::string_view call, const std::string & path) const;
    /// Counts a call that writes; the error to fail with, if it is to fail.
    std::optional<io::Errno> count_write();

    std::unique_ptr<Node> root_;
    std::uint64_t inodes_ = 0;
    std::size_t writes_ = 0;
    std::size_t failing_write_ = 0;
    int failure_ = 0;
    mutable std::vector<std::string> log_;
    mutable std::size_t bytes_read_ = 0;
};

/// What differs between two trees, a line for each path: "- /a/b link x" was there before, "+ /a/b file y" is there
/// now.
std::vector<std::string> differences(const std::map<std::string, std::string> & before,
                                     const std::map<std::string, std::string> & now);

}  // namespace confgraph::test

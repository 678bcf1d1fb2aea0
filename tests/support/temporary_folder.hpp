// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::test {

/// A folder of its own on the machine's file system, removed with all that is in it at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder & operator=(const TemporaryFolder &) = delete;
    ~TemporaryFolder();

    /// Its path, absolute and without links.
    [[nodiscard]] const std::string & path() const { return path_; }
    /// The path of something in it.
    [[nodiscard]] std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }

    /// Writes a file, made with the folders above it.
    void add_file(std::string_view name, std::string_view content) const;
    void add_folder(std::string_view name) const;
    void add_link(std::string_view name, const std::string & target) const;
    /// Makes the files, folders and links that tree() would tell.
    void add_tree(const std::map<std::string, std::string> & tree) const;
    /// Removes a file, a link, or a folder with all that is in it.
    void erase(std::string_view name) const;

    /// Everything in it, by its path from here: "folder", "file CONTENT", "link TARGET" or "other".
    [[nodiscard]] std::map<std::string, std::string> tree() const;
    /// The same of a folder in it, by its path from there.
    [[nodiscard]] std::map<std::string, std::string> tree(std::string_view name) const;

private:
    std::string path_;
};

/// Where relative paths start from, until the end of a scope.
class WorkingDirectory {
public:
    explicit WorkingDirectory(const std::string & path);
    WorkingDirectory(const WorkingDirectory &) = delete;
    WorkingDirectory & operator=(const WorkingDirectory &) = delete;
    ~WorkingDirectory();

private:
    std::string before_;
};

/// What differs between two trees, a line for each path: "- a/b link x" was there before, "+ a/b file y" is there now.
std::vector<std::string> differences(const std::map<std::string, std::string> & before,
                                     const std::map<std::string, std::string> & now);

}  // namespace confgraph::test

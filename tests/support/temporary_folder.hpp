// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

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

private:
    std::string path_;
};

}  // namespace confgraph::test

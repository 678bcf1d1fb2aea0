// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

#include <functional>
#include <string>
#include <vector>

namespace confgraph::io {

/// Files that are read while somebody looks on, who is told of each time.
class WatchedFiles final : public FileReader {
public:
    WatchedFiles(const FileReader & files, const std::function<void()> & going_on)
        : files_(files), going_on_(going_on) {}

    IoResult<FileInfo> info(const std::string & path) const override;
    IoResult<FileInfo> link_info(const std::string & path) const override;
    IoResult<std::string> read_link(const std::string & path) const override;
    IoResult<std::vector<std::string>> list(const std::string & path) const override;
    IoResult<std::string> canonical_path(const std::string & path) const override;
    IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                        const std::function<bool(std::string_view)> & take) const override;
    IoResult<std::string> working_directory() const override;

private:
    [[nodiscard]] const FileReader & told() const;

    const FileReader & files_;
    const std::function<void()> & going_on_;
};

}  // namespace confgraph::io

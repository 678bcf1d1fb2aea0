// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

namespace confgraph::io {

/// The machine's file system.
class PosixFileSystem final : public FileReader {
public:
    IoResult<FileInfo> info(const std::string & path) const override;
    IoResult<FileInfo> link_info(const std::string & path) const override;
    IoResult<std::string> read_link(const std::string & path) const override;
    IoResult<std::vector<std::string>> list(const std::string & path) const override;
    IoResult<std::string> canonical_path(const std::string & path) const override;
    IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                        const std::function<bool(std::string_view)> & take) const override;
    IoResult<std::string> working_directory() const override;
};

}  // namespace confgraph::io

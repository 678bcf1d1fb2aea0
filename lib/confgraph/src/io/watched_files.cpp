// SPDX-License-Identifier: Apache-2.0
#include "io/watched_files.hpp"

namespace confgraph::io {

const FileReader & WatchedFiles::told() const {
    if (going_on_) {
        going_on_();
    }
    return files_;
}

IoResult<FileInfo> WatchedFiles::info(const std::string & path) const { return told().info(path); }

IoResult<FileInfo> WatchedFiles::link_info(const std::string & path) const { return told().link_info(path); }

IoResult<std::string> WatchedFiles::read_link(const std::string & path) const { return told().read_link(path); }

IoResult<std::vector<std::string>> WatchedFiles::list(const std::string & path) const { return told().list(path); }

IoResult<std::string> WatchedFiles::canonical_path(const std::string & path) const {
    return told().canonical_path(path);
}

IoResult<bool> WatchedFiles::read(const std::string & path, std::size_t piece_bytes,
                                  const std::function<bool(std::string_view)> & take) const {
    return told().read(path, piece_bytes, take);
}

IoResult<std::string> WatchedFiles::working_directory() const { return told().working_directory(); }

}  // namespace confgraph::io

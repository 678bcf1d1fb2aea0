// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"
#include "io/root.hpp"

#include <memory>

namespace confgraph::io {

/// A system that lies in a folder and does not run. What is neither file nor folder is not opened: a device may be
/// there, whose number means something on this machine.
class RootFileSystem final : public FileReader {
public:
    explicit RootFileSystem(IoResult<Root> root) : root_(std::move(root)) {}

    IoResult<FileInfo> info(const std::string & path) const override;
    IoResult<FileInfo> link_info(const std::string & path) const override;
    IoResult<std::string> read_link(const std::string & path) const override;
    IoResult<std::vector<std::string>> list(const std::string & path) const override;
    IoResult<std::string> canonical_path(const std::string & path) const override;
    IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                        const std::function<bool(std::string_view)> & take) const override;
    IoResult<std::string> working_directory() const override;

private:
    IoResult<Descriptor> open(const std::string & path, int flags) const;

    IoResult<Root> root_;  // where it is none, everything fails with that error
};

/// The files of the system that a layout is of.
std::unique_ptr<const FileReader> files_of(const std::string & root);

}  // namespace confgraph::io

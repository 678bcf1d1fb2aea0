// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/journal.hpp"
#include "io/file_system.hpp"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace confgraph::io {

/// The file system as it will be when the changes of a journal are completed, or taken back, as its word says.
class JournalView final : public FileReader {
public:
    JournalView(const FileReader & files, const core::Layout & layout, const core::Journal & journal);

    IoResult<FileInfo> info(const std::string & path) const override;
    IoResult<FileInfo> link_info(const std::string & path) const override;
    IoResult<std::string> read_link(const std::string & path) const override;
    IoResult<std::vector<std::string>> list(const std::string & path) const override;
    IoResult<std::string> canonical_path(const std::string & path) const override;
    IoResult<bool> read(const std::string & path, std::size_t piece_bytes,
                        const std::function<bool(std::string_view)> & take) const override;
    IoResult<std::string> working_directory() const override;

private:
    struct Link {
        core::Image target;
        std::string folder;
    };

    /// A file that says something else than before.
    struct Text {
        core::Image text;
        std::string folder;
        std::string name;
    };

    /// Where a path that is a changed link leads; nothing when the link is not there.
    [[nodiscard]] static std::optional<std::string> target_path(const Link & link);
    void add_file(const core::Change & change, const std::string & folder);
    [[nodiscard]] IoResult<FileInfo> info_of(const std::string & path, const Text & text) const;
    /// The path under which a file is found that gets another name; the path itself where it is none of them.
    [[nodiscard]] IoResult<std::string> found_path(const std::string & path) const;
    void set_name(const std::string & folder, const std::string & name, bool there);

    const FileReader & files_;
    std::unordered_map<std::string, Link> links_;
    std::unordered_map<std::string, Text> texts_;
    /// For the path that a file will have, the one that it had; nothing for the one that it had.
    std::unordered_map<std::string, std::optional<std::string>> renamed_;
    std::unordered_map<std::string, bool> markers_;
    /// By folder, the names that are there or not there.
    std::unordered_map<std::string, std::unordered_map<std::string, bool>> names_;
};

/// Reads through the journal, if there is one, so that the answer is the same before and after a recovery. When a
/// change begins or ends while it is read, it is read again, up to a limit. What the catalog says of the journal
/// is filled in.
Result<core::Catalog> read_consistently(const FileReader & files, const core::Layout & layout,
                                        const std::function<Result<core::Catalog>(const FileReader &)> & scan);

}  // namespace confgraph::io

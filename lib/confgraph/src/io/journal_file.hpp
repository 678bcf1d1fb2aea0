// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal.hpp"
#include "io/descriptor.hpp"
#include "io/file_system.hpp"
#include "io/folder.hpp"

#include <optional>
#include <string>

namespace confgraph::io {

/// The folders of a layout, absolute and, where they exist, without links in their paths: one configuration has one
/// journal, whatever it is called by.
core::JournalFolders journal_folders(const FileReader & files, const core::Layout & layout);

/// The path of a configuration's journal.
std::string journal_path(const FileReader & files, const core::Layout & layout);

/// What was found where a configuration's journal would be.
struct FoundJournal {
    bool exists = false;
    /// Nothing when it was cut off while it was written.
    std::optional<core::Journal> journal{};
};

/// Reads a configuration's journal. Fails with CANNOT_READ and the JOURNAL_ codes.
Result<FoundJournal> read_journal(const FileReader & files, const core::Layout & layout);

/// The journal of a change that is being made.
class JournalFile {
public:
    /// Writes a new journal. Fails with CANNOT_WRITE_JOURNAL.
    static Result<JournalFile> create(const core::Layout & layout, const core::Journal & journal);
    /// Opens the journal that somebody left behind.
    static Result<JournalFile> open(const FileReader & files, const core::Layout & layout);

    Result<Done> set_word(core::JournalWord word) const;
    /// Flushes it and the folder it is in: from then on it outlives a power cut.
    [[nodiscard]] Result<Done> sync() const;
    /// Removes it. Fails with CANNOT_CLEAN_UP.
    [[nodiscard]] Result<Done> remove() const;
    [[nodiscard]] Result<Done> sync_folder() const;
    /// Whether it lies on the file system that a folder lies on, where what is done later is not kept without it.
    [[nodiscard]] bool shares_file_system(const FileReader & files, const std::string & folder) const;

    [[nodiscard]] const std::string & path() const { return path_; }

private:
    static Result<JournalFile> open(const std::string & root, const std::string & path, int flags);
    JournalFile(Folder folder, Descriptor file, std::string name, std::string path)
        : folder_(std::move(folder)), file_(std::move(file)), name_(std::move(name)), path_(std::move(path)) {}

    Folder folder_;
    Descriptor file_;
    std::string name_;
    std::string path_;
};

}  // namespace confgraph::io

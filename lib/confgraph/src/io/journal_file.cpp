// SPDX-License-Identifier: Apache-2.0
#include "io/journal_file.hpp"

#include "core/error.hpp"
#include "core/relative_path.hpp"
#include "io/lock.hpp"
#include "io/read_whole.hpp"
#include "io/text_file.hpp"

#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

// More than a change of a million entries takes.
constexpr std::size_t MAX_JOURNAL_BYTES = 1024UL * 1024 * 1024;

/// The path that a folder is known by; none where the layout has no such folder.
std::string identity(const FileReader & files, const std::string & folder) {
    if (folder.empty()) {
        return {};
    }
    if (auto canonical = files.canonical_path(folder)) {
        return std::move(canonical).value();
    }
    const auto working = folder.starts_with('/') ? IoResult<std::string>(std::string()) : files.working_directory();
    return core::absolute_path(folder, working ? working.value() : std::string());
}

}  // namespace

core::JournalFolders journal_folders(const FileReader & files, const core::Layout & layout) {
    core::JournalFolders folders{.config = identity(files, layout.config), .enabled = {}, .state = {}};
    for (std::size_t kind = 0; kind < folders.enabled.size(); ++kind) {
        folders.enabled[kind] = identity(files, layout.folders[kind].enabled);
    }
    folders.state = identity(files, layout.state);
    return folders;
}

std::string journal_path(const FileReader & files, const core::Layout & layout) {
    return work_folder(layout) + "/" + core::journal_name(identity(files, layout.config));
}

Result<FoundJournal> read_journal(const FileReader & files, const core::Layout & layout) {
    const std::string path = journal_path(files, layout);
    const auto info = files.link_info(path);
    if (!info) {
        if (info.error().value == ENOENT || info.error().value == ENOTDIR) {
            return FoundJournal{};
        }
        return core::make_error(ErrorCode::CANNOT_READ, path, info.error().value);
    }
    if (info.value().type != FileType::REGULAR) {
        return core::make_error({.code = ErrorCode::JOURNAL_DAMAGED, .path = path});
    }
    const auto text = read_whole(files, path, MAX_JOURNAL_BYTES, 64UL * 1024);
    if (!text) {
        // The change was completed meanwhile.
        if (text.error().value == ENOENT) {
            return FoundJournal{};
        }
        if (text.error().value == EFBIG) {
            return core::make_error({.code = ErrorCode::JOURNAL_DAMAGED, .path = path});
        }
        return core::make_error(ErrorCode::CANNOT_READ, path, text.error().value);
    }
    auto parsed = core::parse_journal(text.value(), journal_folders(files, layout));
    if (parsed.problem) {
        return core::make_error(
            {.code = *parsed.problem, .path = path, .line = parsed.line, .text = std::move(parsed.text)});
    }
    return FoundJournal{.exists = true, .journal = std::move(parsed.journal)};
}

Result<JournalFile> JournalFile::open(const std::string & root, const std::string & path, int flags) {
    auto folder = Folder::open(root, core::parent_folder(path), false);
    if (!folder) {
        return core::make_error(ErrorCode::CANNOT_WRITE_JOURNAL, path, folder.error().value);
    }
    std::string name(core::last_part(path));
    Descriptor file(uninterrupted(
        [&] { return ::openat(folder.value().descriptor(), name.c_str(), flags | O_WRONLY | O_CLOEXEC, 0644); }));
    if (!file.open()) {
        return core::make_error(ErrorCode::CANNOT_WRITE_JOURNAL, path, errno);
    }
    return JournalFile(std::move(folder).value(), std::move(file), std::move(name), path);
}

Result<JournalFile> JournalFile::create(const core::Layout & layout, const core::Journal & journal) {
    auto created =
        open(layout.root, work_folder(layout) + "/" + core::journal_name(journal.folders.config), O_CREAT | O_EXCL);
    if (!created) {
        return created;
    }
    const JournalFile & journal_file = created.value();
    // Readers need no privileges, whatever the file mode creation mask is.
    const auto written = uninterrupted([&] { return ::fchmod(journal_file.file_.value(), 0644); }) < 0
                             ? IoResult<Done>(Errno{errno})
                             : write_all(journal_file.file_.value(), core::write_journal(journal));
    if (!written) {
        std::vector<std::string> left;
        if (!journal_file.remove()) {
            left.push_back(journal_file.path_);
        }
        return core::make_error(ErrorCode::CANNOT_WRITE_JOURNAL, journal_file.path_, written.error().value,
                                std::move(left));
    }
    return created;
}

Result<JournalFile> JournalFile::open(const FileReader & files, const core::Layout & layout) {
    return open(layout.root, journal_path(files, layout), O_NOFOLLOW);
}

Result<Done> JournalFile::set_word(core::JournalWord word) const {
    const std::string_view text = core::text_of(word);
    const auto offset = static_cast<off_t>(core::journal_word_offset());
    const ssize_t written = uninterrupted([&] { return ::pwrite(file_.value(), text.data(), text.size(), offset); });
    if (written != static_cast<ssize_t>(text.size())) {
        return core::make_error(ErrorCode::CANNOT_WRITE_JOURNAL, path_, written < 0 ? errno : EIO);
    }
    return Done{};
}

Result<Done> JournalFile::sync() const {
    const auto flushed = flush(file_.value());
    if (!flushed) {
        return core::make_error(ErrorCode::CANNOT_FLUSH, path_, flushed.error().value);
    }
    return sync_folder();
}

Result<Done> JournalFile::sync_folder() const {
    const auto flushed = folder_.sync();
    if (!flushed) {
        return core::make_error(ErrorCode::CANNOT_FLUSH, core::parent_folder(path_), flushed.error().value);
    }
    return Done{};
}

bool JournalFile::shares_file_system(const FileReader & files, const std::string & folder) const {
    struct stat status {};
    const auto info = files.info(folder);
    return info && ::fstat(folder_.descriptor(), &status) == 0 && info.value().device == status.st_dev;
}

Result<Done> JournalFile::remove() const {
    const auto removed = folder_.remove(name_);
    if (!removed && removed.error().value != ENOENT) {
        return core::make_error(ErrorCode::CANNOT_CLEAN_UP, path_, removed.error().value);
    }
    return Done{};
}

}  // namespace confgraph::io

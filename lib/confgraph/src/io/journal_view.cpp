// SPDX-License-Identifier: Apache-2.0
#include "io/journal_view.hpp"

#include "core/relative_path.hpp"
#include "io/journal_file.hpp"
#include "io/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace confgraph::io {

namespace {

/// Hands out a text as a file that says it is read.
bool read_text(std::string_view text, std::size_t piece_bytes, const std::function<bool(std::string_view)> & take) {
    while (!text.empty()) {
        if (!take(text.substr(0, piece_bytes))) {
            return false;
        }
        text.remove_prefix(std::min(piece_bytes, text.size()));
    }
    return true;
}

}  // namespace

JournalView::JournalView(const FileReader & files, const core::Layout & layout, const core::Journal & journal)
    : files_(files) {
    if (journal.word == core::JournalWord::PENDING) {
        return;
    }
    const auto changes = journal.word == core::JournalWord::FORWARD ? journal.changes : core::reversed(journal.changes);
    for (const core::LinkChange & change : core::link_changes(changes)) {
        const std::string & folder = layout.of(change.kind).enabled;
        links_[folder + "/" + change.name] = {change.after, folder};
        set_name(folder, change.name, change.after.has_value());
    }
    for (const core::Change & change : changes) {
        if (core::is_file(change)) {
            const core::Folders & folders = layout.of(change.kind);
            add_file(change, change.list ? folders.start_lists : folders.enabled);
        }
        if (change.code == core::ChangeCode::MARKER) {
            std::string folder = layout.of(change.kind).markers;
            folder.append(1, '/').append(core::MARKER_FOLDERS[change.marker]);
            markers_[folder + "/" + change.name] = change.after.has_value();
            set_name(folder, change.name, change.after.has_value());
        }
    }
}

void JournalView::add_file(const core::Change & change, const std::string & folder) {
    if (change.code == core::ChangeCode::TEXT) {
        texts_[folder + "/" + change.name] = {change.after, folder, change.name};
        set_name(folder, change.name, change.after.has_value());
        return;
    }
    renamed_[folder + "/" + change.name] = folder + "/" + change.replaced;
    renamed_[folder + "/" + change.replaced] = std::nullopt;
    set_name(folder, change.name, true);
    set_name(folder, change.replaced, false);
}

IoResult<std::string> JournalView::found_path(const std::string & path) const {
    const auto renamed = renamed_.find(path);
    if (renamed == renamed_.end()) {
        return path;
    }
    if (!renamed->second) {
        return Errno{ENOENT};
    }
    return files_.link_info(path) ? path : *renamed->second;
}

IoResult<FileInfo> JournalView::info_of(const std::string & path, const Text & text) const {
    if (!text.text) {
        return Errno{ENOENT};
    }
    const auto there = files_.link_info(path);
    FileInfo info = there ? there.value() : FileInfo{};
    info.type = FileType::REGULAR;
    info.size = text.text->size();
    return info;
}

void JournalView::set_name(const std::string & folder, const std::string & name, bool there) {
    names_[folder][name] = there;
}

std::optional<std::string> JournalView::target_path(const Link & link) {
    if (!link.target || link.target->starts_with('/')) {
        return link.target;
    }
    return link.folder + "/" + *link.target;
}

IoResult<FileInfo> JournalView::info(const std::string & path) const {
    if (const auto link = links_.find(path); link != links_.end()) {
        const auto target = target_path(link->second);
        return target ? files_.info(*target) : IoResult<FileInfo>(Errno{ENOENT});
    }
    if (markers_.contains(path) || texts_.contains(path)) {
        return link_info(path);
    }
    const auto found = found_path(path);
    return found ? files_.info(found.value()) : IoResult<FileInfo>(found.error());
}

IoResult<FileInfo> JournalView::link_info(const std::string & path) const {
    if (const auto link = links_.find(path); link != links_.end()) {
        return link->second.target ? IoResult<FileInfo>(FileInfo{.type = FileType::LINK})
                                   : IoResult<FileInfo>(Errno{ENOENT});
    }
    if (const auto marker = markers_.find(path); marker != markers_.end()) {
        return marker->second ? IoResult<FileInfo>(FileInfo{.type = FileType::REGULAR})
                              : IoResult<FileInfo>(Errno{ENOENT});
    }
    if (const auto text = texts_.find(path); text != texts_.end()) {
        return info_of(path, text->second);
    }
    const auto found = found_path(path);
    return found ? files_.link_info(found.value()) : IoResult<FileInfo>(found.error());
}

IoResult<std::string> JournalView::read_link(const std::string & path) const {
    if (const auto link = links_.find(path); link != links_.end()) {
        return link->second.target ? IoResult<std::string>(*link->second.target) : IoResult<std::string>(Errno{ENOENT});
    }
    if (const auto text = texts_.find(path); text != texts_.end()) {
        return Errno{text->second.text ? EINVAL : ENOENT};
    }
    const auto found = found_path(path);
    return found ? files_.read_link(found.value()) : IoResult<std::string>(found.error());
}

IoResult<std::vector<std::string>> JournalView::list(const std::string & path) const {
    auto listed = files_.list(path);
    const auto changed = names_.find(path);
    if (changed == names_.end()) {
        return listed;
    }
    // A folder of markers may not be made yet.
    if (!listed && listed.error().value != ENOENT) {
        return listed;
    }
    std::vector<std::string> names = listed ? std::move(listed).value() : std::vector<std::string>();
    std::erase_if(names, [&](const std::string & name) { return changed->second.contains(name); });
    for (const auto & [name, there] : changed->second) {
        if (there) {
            names.push_back(name);
        }
    }
    return names;
}

IoResult<std::string> JournalView::canonical_path(const std::string & path) const {
    if (const auto link = links_.find(path); link != links_.end()) {
        const auto target = target_path(link->second);
        return target ? files_.canonical_path(*target) : IoResult<std::string>(Errno{ENOENT});
    }
    if (const auto text = texts_.find(path); text != texts_.end()) {
        if (!text->second.text) {
            return Errno{ENOENT};
        }
        auto folder = files_.canonical_path(text->second.folder);
        return folder ? IoResult<std::string>(folder.value() + "/" + text->second.name) : folder;
    }
    const auto found = found_path(path);
    if (!found || found.value() == path) {
        return found ? files_.canonical_path(path) : found;
    }
    const auto info = files_.link_info(found.value());
    if (!info || info.value().type == FileType::LINK) {
        return files_.canonical_path(found.value());
    }
    auto folder = files_.canonical_path(core::parent_folder(path));
    return folder ? IoResult<std::string>(folder.value() + "/" + std::string(core::last_part(path))) : folder;
}

IoResult<bool> JournalView::read(const std::string & path, std::size_t piece_bytes,
                                 const std::function<bool(std::string_view)> & take) const {
    if (const auto link = links_.find(path); link != links_.end()) {
        const auto target = target_path(link->second);
        return target ? files_.read(*target, piece_bytes, take) : IoResult<bool>(Errno{ENOENT});
    }
    if (const auto text = texts_.find(path); text != texts_.end()) {
        return text->second.text ? IoResult<bool>(read_text(*text->second.text, piece_bytes, take))
                                 : IoResult<bool>(Errno{ENOENT});
    }
    const auto found = found_path(path);
    return found ? files_.read(found.value(), piece_bytes, take) : IoResult<bool>(found.error());
}

IoResult<std::string> JournalView::working_directory() const { return files_.working_directory(); }

namespace {

/// What tells one state of a configuration's journal from another: each journal that comes or goes changes the folder,
/// each word that is written the file.
struct JournalMoment {
    IoResult<FileInfo> folder;
    IoResult<FileInfo> file;

    static bool same(const IoResult<FileInfo> & left, const IoResult<FileInfo> & right) {
        return left.ok() == right.ok() &&
               (!left || (left.value().inode == right.value().inode && left.value().changed == right.value().changed));
    }
    bool operator==(const JournalMoment & other) const { return same(folder, other.folder) && same(file, other.file); }
};

}  // namespace

Result<core::Catalog> read_consistently(const FileReader & files, const core::Layout & layout,
                                        const std::function<Result<core::Catalog>(const FileReader &)> & scan) {
    const std::string folder = work_folder(layout);
    const std::string path = journal_path(files, layout);
    const auto moment = [&] {
        const auto of_folder = files.info(folder);
        return JournalMoment{of_folder, of_folder ? files.link_info(path) : IoResult<FileInfo>(Errno{ENOENT})};
    };
    // Who changes the configuration without a pause is answered with what could be seen.
    constexpr int MAX_READS = 50;
    JournalMoment before = moment();
    for (int read = 1;; ++read) {
        auto found = before.file ? read_journal(files, layout) : Result<FoundJournal>(FoundJournal{});
        const bool changes = found && found.value().journal;
        auto catalog = changes ? scan(JournalView(files, layout, *found.value().journal)) : scan(files);
        const JournalMoment after = moment();
        if (!(before == after) && read < MAX_READS) {
            before = after;
            continue;
        }
        if (!catalog) {
            return catalog;
        }
        if (!found) {
            catalog.value().journal = JournalState::NOT_UNDERSTOOD;
            catalog.value().journal_problem = found.error();
        } else if (found.value().exists) {
            catalog.value().journal = JournalState::UNFINISHED;
        }
        return catalog;
    }
}

}  // namespace confgraph::io

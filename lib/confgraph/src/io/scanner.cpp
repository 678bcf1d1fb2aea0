// SPDX-License-Identifier: Apache-2.0
#include "io/scanner.hpp"

#include "core/elf_image.hpp"
#include "core/error.hpp"
#include "core/instance_name.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "io/line_scan.hpp"
#include "io/read_binary.hpp"
#include "io/read_facts.hpp"
#include "io/read_whole.hpp"
#include "io/word_scan.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace confgraph::io {

using core::Entry;
using core::EntryId;

namespace {

// Where reading a folder begins to cost less than looking for each file.
constexpr std::size_t MANY = 24;

/// The name under which an entry would depend on itself. What confs and sites depend on are modules, which may well
/// have the same name.
std::string_view own_name(const Entry & entry) {
    return entry.kind == Kind::MODULE ? std::string_view(entry.name) : std::string_view();
}

}  // namespace

Scanner::Scanner(const FileReader & files, const core::Layout & layout, core::Depth depth)
    : files_(files), depth_(depth) {
    catalog_.layout = layout;
}

bool Scanner::first_time(EntryId id, Part part) {
    if (done_.size() < catalog_.entries.size()) {
        done_.resize(catalog_.entries.size());
        available_type_.resize(catalog_.entries.size(), FileType::OTHER);
    }
    const bool first = (done_[id] & part) == 0;
    done_[id] = static_cast<std::uint8_t>(done_[id] | part);
    return first;
}

/// Finds out what links in an enabled folder begin with: the way to the available folder by their names, as Debian's
/// tools write it, unless links among the folders make that lead elsewhere.
void Scanner::prepare_links(Kind kind) {
    const auto index = static_cast<std::size_t>(kind);
    if (std::exchange(prepared_[index], true)) {
        return;
    }
    const core::Folders & folders = catalog_.layout.of(kind);
    std::string start;
    if (!folders.available.starts_with('/') || !folders.enabled.starts_with('/')) {
        if (auto working = files_.working_directory()) {
            start = std::move(working).value();
        }
    }
    std::string way =
        core::relative_path(core::absolute_path(folders.available, start), core::absolute_path(folders.enabled, start));
    const auto direct = files_.info(folders.available);
    const auto through = files_.info(folders.enabled + "/" + way);
    const bool same = direct && through && direct.value().device == through.value().device &&
                      direct.value().inode == through.value().inode;
    if (direct && !same) {
        const auto available = files_.canonical_path(folders.available);
        const auto enabled = files_.canonical_path(folders.enabled);
        if (available && enabled) {
            way = core::relative_path(available.value(), enabled.value());
        }
    }
    catalog_.link_prefix[index] = way + "/";
}

LinkState Scanner::link_state(Entry & entry, bool conf, bool available) {
    const std::string path = conf ? catalog_.enabled_conf_path(entry) : catalog_.enabled_path(entry);
    auto read = files_.read_link(path);
    if (!read) {
        // EINVAL: there is something, but no link.
        return read.error().value == EINVAL ? LinkState::REAL_FILE : LinkState::ABSENT;
    }
    const std::string & target = read.value();
    const std::string_view prefix = catalog_.link_prefix[static_cast<std::size_t>(entry.kind)];
    const std::string_view end = conf ? std::string_view(".conf") : suffix(entry.kind);
    std::string_view rest = target;
    const bool usual = rest.starts_with(prefix) && rest.ends_with(end) &&
                       rest.size() == prefix.size() + entry.name.size() + end.size() &&
                       rest.substr(prefix.size(), entry.name.size()) == entry.name;
    if (usual) {
        return available ? LinkState::OK : LinkState::DANGLING;
    }
    (conf ? entry.conf_link_target : entry.link_target) = target;
    const auto actual = files_.canonical_path(path);
    if (!actual) {
        return LinkState::DANGLING;
    }
    const auto expected =
        files_.canonical_path(conf ? catalog_.available_conf_path(entry) : catalog_.available_path(entry));
    return expected && expected.value() == actual.value() ? LinkState::OK : LinkState::FOREIGN;
}

void Scanner::list_folders(Kind kind) {
    Listing & listing = listings_[static_cast<std::size_t>(kind)];
    const core::Folders & folders = catalog_.layout.of(kind);
    const auto names = [&](const std::string & folder) -> std::optional<std::unordered_set<std::string>> {
        auto listed = files_.list(folder);
        if (!listed) {
            return std::nullopt;
        }
        return std::unordered_set<std::string>(listed.value().begin(), listed.value().end());
    };
    listing.available = names(folders.available);
    listing.enabled = names(folders.enabled);
}

Result<Done> Scanner::load(Kind kind) {
    const auto index = static_cast<std::size_t>(kind);
    if (has_links(kind)) {
        return Done{};
    }
    if (!std::exchange(loaded_[index], true)) {
        const core::Mechanism mechanism = catalog_.layout.of(kind).mechanism;
        auto read = mechanism == core::Mechanism::LINES    ? load_lines()
                    : mechanism == core::Mechanism::WORDS  ? load_words()
                    : mechanism == core::Mechanism::SUFFIX ? load_names(kind)
                                                           : Result<Done>(Done{});
        if (!read) {
            load_problems_[index] = read.error();
        }
    }
    return load_problems_[index] ? Result<Done>(*load_problems_[index]) : Result<Done>(Done{});
}

Result<Done> Scanner::load_lines() {
    auto folder = read_line_folder(files_, catalog_.layout);
    if (!folder) {
        return folder.error();
    }
    line_folder_ = std::move(folder).value();
    const core::HasBinary binary = [this](const std::string & file) {
        return has_binary(files_, catalog_.layout, line_folder_, file);
    };
    core::add_line_entries(catalog_, line_folder_, binary, [this](std::string_view name) { return is_static(name); });
    return Done{};
}

Result<Done> Scanner::load_words() {
    const auto folder = read_word_folder(files_, catalog_.layout);
    if (!folder) {
        return folder.error();
    }
    const core::HasBinary binary = [this](const std::string & path) { return files_.info(path).ok(); };
    core::add_word_entries(catalog_, folder.value(), binary, [this](std::string_view name) { return is_static(name); });
    return Done{};
}

Result<Done> Scanner::load_names(Kind kind) {
    const std::string & folder = catalog_.layout.of(kind).enabled;
    auto names = files_.list(folder);
    if (!names) {
        return core::make_error(ErrorCode::CANNOT_READ, folder, names.error().value);
    }
    core::add_suffix_entries(catalog_, kind, names.value());
    return Done{};
}

/// Finds out what loading all entries leaves open about one of them.
void Scanner::complete(EntryId id) {
    const core::Mechanism mechanism = catalog_.layout.of(catalog_.entries[id].kind).mechanism;
    if (mechanism == core::Mechanism::LINES && core::needs_own_file(catalog_.entries[id])) {
        // A copy, since nothing says that entries stay where they are. A cycle ends where it began.
        const std::vector<core::Reference> depends = catalog_.entries[id].facts.depends;
        for (const core::Reference & reference : depends) {
            if (const EntryId other = catalog_.find(Kind::MODULE, reference.name); other != core::NO_ENTRY) {
                read_facts(other);
            }
        }
        const std::string path = binary_path(catalog_.layout, catalog_.entries[id].facts.load_modules.front().file);
        core::give_own_file(catalog_, line_folder_, id, read_identifier(files_, path));
    } else if (mechanism == core::Mechanism::WORDS && depth_ == core::Depth::WHOLE) {
        // A word is a file's name; which module is in the file, it tells itself.
        Entry & entry = catalog_.entries[id];
        for (core::LoadModule & load : entry.facts.load_modules) {
            load.identifier = read_identifier(files_, load.path);
            if (load.identifier.empty()) {
                load.identifier = entry.name + "_module";
            }
        }
    } else if (mechanism == core::Mechanism::SUFFIX && !catalog_.entries[id].file.empty()) {
        Entry & entry = catalog_.entries[id];
        entry.facts = io::read_facts(files_, entry.file, own_name(entry), depth_);
    }
}

/// Whether a module is part of the server. One that cannot be read gets the benefit of the doubt.
bool Scanner::is_static(std::string_view module) {
    if (!server_names_) {
        server_names_.emplace();
        const auto bytes = read_binary(files_, server_path());
        const auto image = bytes ? core::ElfImage::parse(bytes.value()) : std::nullopt;
        for (const std::string_view name : image ? image->names(true) : std::vector<std::string_view>()) {
            server_names_->emplace(name);
        }
    }
    return server_names_->empty() || server_names_->contains(std::string(module) + "_module");
}

/// The server that is started: where each MPM has one, that of the MPM that is chosen.
std::string Scanner::server_path() const {
    for (const Entry & entry : catalog_.entries) {
        if (!has_links(Kind::MODULE) && !catalog_.layout.mpm_servers.empty() && core::is_mpm(entry) &&
            entry.enabled()) {
            return catalog_.layout.mpm_servers + std::string(core::mpm_name(entry.name));
        }
    }
    return catalog_.layout.server;
}

void Scanner::read_start_lists(Kind kind) {
    const std::string & folder = catalog_.layout.of(kind).start_lists;
    auto names = folder.empty() ? IoResult<std::vector<std::string>>(Errno{0}) : files_.list(folder);
    if (!names) {
        return;
    }
    std::sort(names.value().begin(), names.value().end());
    for (const std::string & name : names.value()) {
        std::string path = folder;
        path.append(1, '/').append(name);
        const auto info = files_.info(path);
        if (!name.ends_with(".conf") || !info || info.value().type != FileType::REGULAR) {
            continue;
        }
        // A list is a few lines; what is longer is none.
        constexpr std::size_t MAX_BYTES = 64UL * 1024;
        if (const auto text = read_whole(files_, path, MAX_BYTES)) {
            // What is a link is not edited.
            if (const auto own = files_.link_info(path); own && own.value().type == FileType::REGULAR) {
                catalog_.texts.emplace(path, text.value());
            }
            core::add_start_list(catalog_.start_wishes[static_cast<std::size_t>(kind)], path, text.value());
        }
    }
}

void Scanner::insert_mpm_servers() {
    const core::Layout & layout = catalog_.layout;
    if (!has_links(Kind::MODULE) || layout.mpm_servers.empty() || std::exchange(mpm_servers_inserted_, true)) {
        return;
    }
    const auto started = files_.canonical_path(layout.server);
    for (const std::string & mpm : list_mpm_servers(files_, layout)) {
        const EntryId id = catalog_.insert(Kind::MODULE, "mpm_" + mpm);
        for (const Part part : {LINKS, FACTS, ENABLED_FACTS}) {
            first_time(id, part);
        }
        Entry & entry = catalog_.entries[id];
        entry.file = layout.mpm_servers + mpm;
        entry.available = true;
        const auto path = files_.canonical_path(entry.file);
        entry.link = started && path && started.value() == path.value() ? LinkState::OK : LinkState::ABSENT;
        entry.obstacle = core::Obstacle{.code = NoticeCode::MPM_IS_SERVER, .path = entry.file};
    }
}

void Scanner::read_links(EntryId id) {
    if (!has_links(catalog_.entries[id].kind)) {
        static_cast<void>(load(catalog_.entries[id].kind).ok());
        return;
    }
    if (!first_time(id, LINKS)) {
        return;
    }
    Entry & entry = catalog_.entries[id];
    prepare_links(entry.kind);
    Listing & listing = listings_[static_cast<std::size_t>(entry.kind)];
    if (++listing.links_asked == MANY) {
        list_folders(entry.kind);
    }
    const auto may_exist = [&](const std::optional<std::unordered_set<std::string>> & folder, std::string_view end) {
        return !folder || folder->contains(entry.name + std::string(end));
    };
    const std::string_view end = suffix(entry.kind);
    if (may_exist(listing.available, end)) {
        const auto info = files_.info(catalog_.available_path(entry));
        entry.available = info.ok();
        available_type_[id] = info ? info.value().type : FileType::OTHER;
    }
    if (may_exist(listing.enabled, end)) {
        entry.link = link_state(entry, false, entry.available);
    }
    if (entry.kind == Kind::MODULE) {
        entry.has_conf = may_exist(listing.available, ".conf") && files_.info(catalog_.available_conf_path(entry)).ok();
        if (may_exist(listing.enabled, ".conf")) {
            entry.conf_link = link_state(entry, true, entry.has_conf);
        }
    }
}

void Scanner::read_facts(EntryId id) {
    read_links(id);
    if (!first_time(id, FACTS)) {
        return;
    }
    if (!has_links(catalog_.entries[id].kind)) {
        complete(id);
        return;
    }
    Entry & entry = catalog_.entries[id];
    if (entry.available) {
        std::string path = catalog_.available_path(entry);
        entry.facts = io::read_facts(files_, path, available_type_[id], own_name(entry), depth_);
        if (!entry.enabled_facts) {
            entry.file = std::move(path);
        }
    }
}

void Scanner::read_enabled_facts(EntryId id) {
    read_links(id);
    if (!has_links(catalog_.entries[id].kind)) {
        if (catalog_.entries[id].enabled()) {
            read_facts(id);
        }
        return;
    }
    if (!first_time(id, ENABLED_FACTS)) {
        return;
    }
    const LinkState link = catalog_.entries[id].link;
    if (link == LinkState::OK) {
        read_facts(id);
    } else if (link == LinkState::FOREIGN || link == LinkState::REAL_FILE) {
        Entry & entry = catalog_.entries[id];
        entry.file = catalog_.enabled_path(entry);
        entry.enabled_facts = std::make_shared<const core::FileFacts>(
            io::read_facts(files_, catalog_.enabled_path(entry), own_name(entry), depth_));
    }
}

template <class Path>
core::Markers Scanner::find_markers(core::Markers possible, Path path) const {
    core::Markers found = 0;
    for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
        if ((possible & (1U << bit)) == 0) {
            continue;
        }
        const auto info = files_.link_info(path(bit));
        if (info && info.value().type == FileType::REGULAR) {
            found = static_cast<core::Markers>(found | (1U << bit));
        }
    }
    return found;
}

bool Scanner::shares_markers() {
    if (!shares_markers_) {
        const core::Layout & layout = catalog_.layout;
        // What the record of a2instance stands for was made with markers of its own.
        shares_markers_ = !layout.shared_state.empty() && !files_.link_info(core::instance_record_path(layout.state));
    }
    return *shares_markers_;
}

void Scanner::read_markers(EntryId id) {
    if (!first_time(id, MARKERS)) {
        return;
    }
    Entry & entry = catalog_.entries[id];
    Listing & listing = listings_[static_cast<std::size_t>(entry.kind)];
    if (++listing.markers_asked == MANY) {
        listing.markers = list_markers(catalog_.layout.of(entry.kind).markers);
        if (shares_markers()) {
            listing.shared_markers = list_markers(catalog_.layout.shared_state + "/" + std::string(word(entry.kind)));
        }
    }
    const auto possible = [&](const std::optional<std::unordered_map<std::string, core::Markers>> & listed) {
        if (!listed) {
            return core::Markers{0xF};
        }
        const auto found = listed->find(entry.name);
        return found == listed->end() ? core::Markers{0} : found->second;
    };
    entry.markers =
        find_markers(possible(listing.markers), [&](std::size_t bit) { return catalog_.marker_path(entry, bit); });
    if (entry.markers == 0 && shares_markers()) {
        entry.shared_markers = find_markers(possible(listing.shared_markers),
                                            [&](std::size_t bit) { return catalog_.shared_marker_path(entry, bit); });
    }
}

std::unordered_map<std::string, core::Markers> Scanner::list_markers(const std::string & folder) const {
    std::unordered_map<std::string, core::Markers> markers;
    for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
        const auto names = files_.list(folder + "/" + std::string(core::MARKER_FOLDERS[bit]));
        if (!names) {
            continue;
        }
        for (const std::string & name : names.value()) {
            core::Markers & bits = markers[name];
            bits = static_cast<core::Markers>(bits | (1U << bit));
        }
    }
    return markers;
}

Result<std::vector<std::string>> Scanner::names_in(const std::string & folder, std::string_view end) const {
    auto listed = files_.list(folder);
    if (!listed) {
        return core::make_error(ErrorCode::CANNOT_READ, folder, listed.error().value);
    }
    std::vector<std::string> names = std::move(listed).value();
    std::erase_if(names, [&](const std::string & name) { return name.size() <= end.size() || !name.ends_with(end); });
    std::sort(names.begin(), names.end(), core::glob_less);
    for (std::string & name : names) {
        name.resize(name.size() - end.size());
    }
    return names;
}

Result<std::vector<std::string>> Scanner::names(Kind kind, bool enabled) {
    if (has_links(kind)) {
        const core::Folders & folders = catalog_.layout.of(kind);
        return names_in(enabled ? folders.enabled : folders.available, suffix(kind));
    }
    if (auto read = load(kind); !read) {
        return read.error();
    }
    std::vector<std::string> names;
    for (const Entry & entry : catalog_.entries) {
        if (entry.kind == kind && (enabled ? entry.enabled() : entry.available)) {
            names.push_back(entry.name);
        }
    }
    std::sort(names.begin(), names.end(), core::glob_less);
    return names;
}

Result<std::vector<EntryId>> Scanner::list_enabled(Kind kind) {
    if (!has_links(kind)) {
        auto read = load(kind);
        if (!read) {
            return read.error();
        }
        std::vector<EntryId> enabled;
        for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
            if (catalog_.entries[id].kind == kind && catalog_.entries[id].enabled()) {
                enabled.push_back(id);
            }
        }
        return enabled;
    }
    auto names = names_in(catalog_.layout.of(kind).enabled, suffix(kind));
    if (!names) {
        return names.error();
    }
    std::vector<EntryId> ids;
    ids.reserve(names.value().size());
    if (kind == Kind::MODULE) {
        insert_mpm_servers();
        for (EntryId id = 0; !catalog_.layout.mpm_servers.empty() && id < catalog_.entries.size(); ++id) {
            if (catalog_.entries[id].obstacle && catalog_.entries[id].enabled()) {
                ids.push_back(id);
            }
        }
    }
    for (const std::string & name : names.value()) {
        ids.push_back(catalog_.insert(kind, name));
    }
    return ids;
}

void Scanner::insert_marked(Kind kind) {
    constexpr auto ENABLED = static_cast<core::Markers>(core::marker_bit(Action::ENABLE, Actor::ADMIN) |
                                                        core::marker_bit(Action::ENABLE, Actor::MAINT));
    for (const auto & [name, bits] : list_markers(catalog_.layout.of(kind).markers)) {
        if ((bits & ENABLED) != 0 && core::check_name(name) == core::NameProblem::NONE) {
            catalog_.insert(kind, name);
        }
    }
}

Result<Done> Scanner::read_enabled_modules() {
    const auto ids = list_enabled(Kind::MODULE);
    if (!ids) {
        // Nothing is enabled where there is no folder; writing to it will say so.
        if (ids.error().system_error() == ENOENT) {
            return Done{};
        }
        return ids.error();
    }
    for (const EntryId id : ids.value()) {
        read_enabled_facts(id);
    }
    return Done{};
}

}  // namespace confgraph::io

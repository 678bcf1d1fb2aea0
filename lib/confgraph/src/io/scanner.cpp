// SPDX-License-Identifier: Apache-2.0
#include "io/scanner.hpp"

#include "core/elf_image.hpp"
#include "core/error.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "io/read_binary.hpp"
#include "io/read_facts.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace confgraph::io {

using core::Entry;
using core::EntryId;

namespace {

// Where reading a folder begins to cost less than looking for each file.
constexpr std::size_t MANY = 24;

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

void Scanner::read_links(EntryId id) {
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
    Entry & entry = catalog_.entries[id];
    if (entry.available) {
        std::string path = catalog_.available_path(entry);
        entry.facts = io::read_facts(files_, path, available_type_[id], entry.name, depth_);
        if (!entry.enabled_facts) {
            entry.file = std::move(path);
        }
    }
}

void Scanner::read_enabled_facts(EntryId id) {
    read_links(id);
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
            io::read_facts(files_, catalog_.enabled_path(entry), entry.name, depth_));
    }
}

void Scanner::read_markers(EntryId id) {
    if (!first_time(id, MARKERS)) {
        return;
    }
    Entry & entry = catalog_.entries[id];
    Listing & listing = listings_[static_cast<std::size_t>(entry.kind)];
    if (++listing.markers_asked == MANY) {
        listing.markers = list_markers(entry.kind);
    }
    core::Markers possible = 0xF;
    if (listing.markers) {
        const auto found = listing.markers->find(entry.name);
        possible = found == listing.markers->end() ? core::Markers{0} : found->second;
    }
    for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
        if ((possible & (1U << bit)) == 0) {
            continue;
        }
        const auto info = files_.link_info(catalog_.marker_path(entry, bit));
        if (info && info.value().type == FileType::REGULAR) {
            entry.markers = static_cast<core::Markers>(entry.markers | (1U << bit));
        }
    }
}

std::unordered_map<std::string, core::Markers> Scanner::list_markers(Kind kind) const {
    std::unordered_map<std::string, core::Markers> markers;
    for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
        std::string folder = catalog_.layout.of(kind).markers;
        folder.append(1, '/').append(core::MARKER_FOLDERS[bit]);
        const auto names = files_.list(folder);
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

Result<std::vector<EntryId>> Scanner::list_enabled(Kind kind) {
    auto names = names_in(catalog_.layout.of(kind).enabled, suffix(kind));
    if (!names) {
        return names.error();
    }
    std::vector<EntryId> ids;
    ids.reserve(names.value().size());
    for (const std::string & name : names.value()) {
        ids.push_back(catalog_.insert(kind, name));
    }
    return ids;
}

void Scanner::insert_marked(Kind kind) {
    constexpr auto ENABLED = static_cast<core::Markers>(core::marker_bit(Action::ENABLE, Actor::ADMIN) |
                                                        core::marker_bit(Action::ENABLE, Actor::MAINT));
    for (const auto & [name, bits] : list_markers(kind)) {
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

std::string Scanner::binary_path(const std::string & file) const {
    // httpd's ServerRoot is the folder of the configuration in Debian.
    return file.starts_with('/') || file.find("${") != std::string::npos ? file : catalog_.layout.config + "/" + file;
}

void Scanner::find_binaries(core::FileFacts & facts) const {
    for (core::LoadModule & load : facts.load_modules) {
        load.path = binary_path(load.file);
        if (load.path.find("${") == std::string::npos) {
            load.presence = files_.info(load.path) ? Presence::PRESENT : Presence::MISSING;
        }
    }
}

void Scanner::find_binaries(EntryId id) {
    Entry & entry = catalog_.entries[id];
    find_binaries(entry.facts);
    if (entry.enabled_facts) {
        core::FileFacts facts = *entry.enabled_facts;
        find_binaries(facts);
        entry.enabled_facts = std::make_shared<const core::FileFacts>(std::move(facts));
    }
}

std::string Scanner::read_binary(const std::string & path) const {
    auto bytes = io::read_binary(files_, path);
    return bytes ? std::move(bytes).value() : std::string();
}

void Scanner::probe_mpm(EntryId id) {
    Entry & entry = catalog_.entries[id];
    for (const core::LoadModule & load : entry.enabled_file_facts().load_modules) {
        const std::string bytes = read_binary(binary_path(load.file));
        const auto image = core::ElfImage::parse(bytes);
        if (image && image->imports("ap_hook_mpm")) {
            entry.binary_is_mpm = true;
            entry.threaded = image->imports("ap_thread_create") || image->imports("apr_thread_create") ||
                             image->imports("pthread_create");
        }
    }
}

void Scanner::find_late_dependencies() {
    for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
        const Entry & entry = catalog_.entries[id];
        if (entry.kind != Kind::MODULE || !entry.enabled()) {
            continue;
        }
        const core::FileFacts & facts = entry.enabled_file_facts();
        for (const core::Reference & reference : facts.depends) {
            const EntryId other = catalog_.find(Kind::MODULE, reference.name);
            // httpd reads the files of a folder in the order of their names, byte by byte.
            if (other == core::NO_ENTRY || !catalog_.entries[other].enabled() ||
                reference.name + ".load" < entry.name + ".load") {
                continue;
            }
            const std::string included = "/" + reference.name + ".load";
            if (std::any_of(facts.includes.begin(), facts.includes.end(),
                            [&](const std::string & file) { return file.ends_with(included); })) {
                continue;
            }
            std::unordered_set<std::string> provided;
            for (const core::LoadModule & load : catalog_.entries[other].enabled_file_facts().load_modules) {
                const std::string bytes = read_binary(binary_path(load.file));
                if (const auto image = core::ElfImage::parse(bytes)) {
                    for (const std::string_view name : image->names(true)) {
                        provided.emplace(name);
                    }
                }
            }
            for (const core::LoadModule & load : facts.load_modules) {
                const std::string bytes = read_binary(binary_path(load.file));
                const auto image = core::ElfImage::parse(bytes);
                const auto names = image ? image->names(false) : std::vector<std::string_view>();
                const auto late = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
                    return provided.contains(std::string(name));
                });
                if (late != names.end()) {
                    catalog_.late.push_back({id, other, std::string(*late)});
                    break;
                }
            }
        }
    }
}

void Scanner::find_static_mpm() {
    const std::string bytes = read_binary(catalog_.layout.server);
    const auto image = core::ElfImage::parse(bytes);
    if (!image) {
        return;
    }
    for (std::string_view name : image->names(true)) {
        constexpr std::string_view END = "_module";
        if (name.starts_with("mpm_") && name.ends_with(END)) {
            name.remove_suffix(END.size());
            catalog_.static_mpm = core::mpm_name(name);
        }
    }
}

}  // namespace confgraph::io

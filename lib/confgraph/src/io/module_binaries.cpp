// SPDX-License-Identifier: Apache-2.0
#include "io/module_binaries.hpp"

#include "core/elf_image.hpp"
#include "core/mpm.hpp"
#include "io/line_scan.hpp"
#include "io/read_binary.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace confgraph::io {

using core::Entry;
using core::EntryId;

namespace {

/// What a binary says; nothing of one that cannot be read, which makes it no image.
std::string bytes_of(const FileReader & files, const std::string & path) {
    auto bytes = read_binary(files, path);
    return bytes ? std::move(bytes).value() : std::string();
}

void find_binaries(const FileReader & files, const core::Layout & layout, core::FileFacts & facts) {
    for (core::LoadModule & load : facts.load_modules) {
        load.path = binary_path(layout, load.file);
        if (load.path.find("${") == std::string::npos) {
            load.presence = files.info(load.path) ? Presence::PRESENT : Presence::MISSING;
        }
    }
}

/// Whether the server reads the line of one enabled module after that of another one.
bool is_read_later(const core::Layout & layout, const Entry & late, const Entry & early) {
    // httpd reads the files of a folder in the order of their names, byte by byte.
    if (layout.of(Kind::MODULE).mechanism == core::Mechanism::LINKS) {
        return late.name + ".load" >= early.name + ".load";
    }
    return std::pair(late.place->path, late.place->line) > std::pair(early.place->path, early.place->line);
}

}  // namespace

void find_binaries(const FileReader & files, core::Catalog & catalog, EntryId id) {
    Entry & entry = catalog.entries[id];
    find_binaries(files, catalog.layout, entry.facts);
    if (entry.enabled_facts) {
        core::FileFacts facts = *entry.enabled_facts;
        find_binaries(files, catalog.layout, facts);
        entry.enabled_facts = std::make_shared<const core::FileFacts>(std::move(facts));
    }
}

void probe_mpm(const FileReader & files, core::Catalog & catalog, EntryId id) {
    Entry & entry = catalog.entries[id];
    for (const core::LoadModule & load : entry.enabled_file_facts().load_modules) {
        const std::string bytes = bytes_of(files, binary_path(catalog.layout, load.file));
        const auto image = core::ElfImage::parse(bytes);
        if (image && image->imports("ap_hook_mpm")) {
            entry.binary_is_mpm = true;
            entry.threaded = image->imports("ap_thread_create") || image->imports("apr_thread_create") ||
                             image->imports("pthread_create");
        }
    }
}

void find_late_dependencies(const FileReader & files, core::Catalog & catalog) {
    for (EntryId id = 0; id < catalog.entries.size(); ++id) {
        const Entry & entry = catalog.entries[id];
        if (entry.kind != Kind::MODULE || !entry.enabled()) {
            continue;
        }
        const core::FileFacts & facts = entry.enabled_file_facts();
        for (const core::Reference & reference : facts.depends) {
            const EntryId other = catalog.find(Kind::MODULE, reference.name);
            if (other == core::NO_ENTRY || !catalog.entries[other].enabled() ||
                !is_read_later(catalog.layout, catalog.entries[other], entry)) {
                continue;
            }
            const std::string included = "/" + reference.name + ".load";
            if (std::any_of(facts.includes.begin(), facts.includes.end(),
                            [&](const std::string & file) { return file.ends_with(included); })) {
                continue;
            }
            std::unordered_set<std::string> provided;
            for (const core::LoadModule & load : catalog.entries[other].enabled_file_facts().load_modules) {
                const std::string bytes = bytes_of(files, binary_path(catalog.layout, load.file));
                if (const auto image = core::ElfImage::parse(bytes)) {
                    for (const std::string_view name : image->names(true)) {
                        provided.emplace(name);
                    }
                }
            }
            for (const core::LoadModule & load : facts.load_modules) {
                const std::string bytes = bytes_of(files, binary_path(catalog.layout, load.file));
                const auto image = core::ElfImage::parse(bytes);
                const auto names = image ? image->names(false) : std::vector<std::string_view>();
                const auto late = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
                    return provided.contains(std::string(name));
                });
                if (late != names.end()) {
                    catalog.late.push_back({id, other, std::string(*late)});
                    break;
                }
            }
        }
    }
}

void find_static_mpm(const FileReader & files, core::Catalog & catalog) {
    const std::string bytes = bytes_of(files, catalog.layout.server);
    const auto image = core::ElfImage::parse(bytes);
    if (!image) {
        return;
    }
    for (std::string_view name : image->names(true)) {
        constexpr std::string_view END = "_module";
        if (name.starts_with("mpm_") && name.ends_with(END)) {
            name.remove_suffix(END.size());
            catalog.static_mpm = core::mpm_name(name);
        }
    }
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "core/mpm.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

constexpr std::string_view PREFIX = "mpm_";

}  // namespace

bool is_mpm(const Entry & entry) {
    if (entry.kind != Kind::MODULE) {
        return false;
    }
    const FileFacts & facts = entry.enabled_file_facts();
    const bool claims = entry.name.starts_with(PREFIX) || entry.binary_is_mpm ||
                        std::any_of(facts.load_modules.begin(), facts.load_modules.end(), [](const LoadModule & load) {
                            return load.identifier.starts_with(PREFIX) && load.identifier.ends_with("_module");
                        });
    // mpm_itk was an MPM until 2.3; what is left of that is its name.
    const bool on_top = entry.name == NEEDS_NONTHREADED ||
                        std::any_of(facts.depends.begin(), facts.depends.end(),
                                    [](const Reference & other) { return other.name.starts_with(PREFIX); });
    return claims && !on_top;
}

std::string_view mpm_name(std::string_view entry_name) {
    return entry_name.starts_with(PREFIX) ? entry_name.substr(PREFIX.size()) : entry_name;
}

std::optional<bool> known_threading(std::string_view entry_name) {
    if (entry_name == "mpm_prefork") {
        return false;
    }
    if (entry_name == "mpm_event" || entry_name == "mpm_worker") {
        return true;
    }
    return std::nullopt;
}

std::optional<bool> threading(const Entry & mpm) {
    const auto known = known_threading(mpm.name);
    return known ? known : mpm.threaded;
}

bool is_threaded(const Entry & mpm) { return threading(mpm).value_or(true); }

std::vector<std::string> mpm_modules(std::string_view name) {
    const std::string_view plain = mpm_name(name);
    std::vector<std::string> modules{std::string(PREFIX).append(plain)};
    if (!plain.empty()) {
        modules.emplace_back(plain);
    }
    return modules;
}

EntryId find_mpm(const Catalog & catalog, std::string_view name) {
    EntryId first = NO_ENTRY;
    for (const std::string & module : mpm_modules(name)) {
        const EntryId id = catalog.find(Kind::MODULE, module);
        if (id == NO_ENTRY || !(catalog.entries[id].available || catalog.entries[id].enabled())) {
            continue;
        }
        if (is_mpm(catalog.entries[id])) {
            return id;
        }
        first = first == NO_ENTRY ? id : first;
    }
    return first;
}

}  // namespace confgraph::core

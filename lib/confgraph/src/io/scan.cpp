// SPDX-License-Identifier: Apache-2.0
#include "io/scan.hpp"

#include "core/error.hpp"
#include "core/graph.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/pattern.hpp"
#include "io/scanner.hpp"

#include <algorithm>
#include <cerrno>
#include <unordered_set>
#include <utility>

namespace confgraph::io {

using core::Catalog;
using core::Depth;
using core::Entry;
using core::EntryId;

namespace {

/// Reads for one request.
class RequestScan {
public:
    RequestScan(const FileReader & files, const core::Layout & layout, const core::Request & request)
        : scanner_(files, layout, Depth::HEADER), request_(request) {}

    Result<Catalog> run() {
        if (auto expanded = expand_arguments(); !expanded) {
            return expanded.error();
        }
        Result<Done> read = Done{};
        if (request_.kind != Kind::MODULE) {
            read_simple();
        } else if (request_.action == Action::ENABLE) {
            read = read_to_enable();
        } else {
            read = read_to_disable();
        }
        if (!read) {
            return read.error();
        }
        read_candidates();
        return std::move(catalog());
    }

private:
    Catalog & catalog() { return scanner_.catalog(); }
    const Entry & entry(EntryId id) { return catalog().entries[id]; }

    const std::string & choice_folder() {
        const core::Folders & folders = catalog().layout.of(request_.kind);
        return request_.action == Action::ENABLE ? folders.available : folders.enabled;
    }

    /// What can be chosen from; nothing where there is no folder.
    Result<Done> read_choices() {
        auto names = scanner_.names_in(choice_folder(), suffix(request_.kind));
        if (!names && names.error().system_error() != ENOENT) {
            return names.error();
        }
        if (names) {
            catalog().choices = std::move(names).value();
        }
        std::erase_if(catalog().choices, [](const std::string & name) { return name.starts_with('.'); });
        return Done{};
    }

    Result<Done> expand_arguments() {
        const bool any_pattern = std::any_of(request_.arguments.begin(), request_.arguments.end(), core::is_pattern);
        std::vector<std::string> present;
        if (request_.arguments.empty()) {
            return read_choices();
        }
        if (any_pattern) {
            auto listed = scanner_.names_in(choice_folder(), suffix(request_.kind));
            if (!listed && listed.error().system_error() != ENOENT) {
                return listed.error();
            }
            if (listed) {
                present = std::move(listed).value();
            }
        }
        for (const std::string & argument : request_.arguments) {
            const std::string_view base = core::strip_suffix(request_.kind, argument);
            if (!core::is_pattern(argument)) {
                names_.emplace_back(base);
                continue;
            }
            std::vector<std::string> found;
            for (const std::string & pattern : core::expand_braces(base)) {
                std::string name = core::literal(pattern);
                if (!name.empty() || pattern.empty()) {
                    found.push_back(std::move(name));
                    continue;
                }
                std::copy_if(present.begin(), present.end(), std::back_inserter(found),
                             [&](const std::string & candidate) { return core::matches(pattern, candidate); });
            }
            names_.insert(names_.end(), found.begin(), found.end());
            catalog().matches.emplace(argument, std::move(found));
        }
        return Done{};
    }

    /// A name's entry; nothing when it can be no name.
    EntryId insert(Kind kind, const std::string & name) {
        return core::check_name(name) == core::NameProblem::NONE ? catalog().insert(kind, name) : core::NO_ENTRY;
    }

    /// Notes that an entry has to be looked at, once.
    void ask_for(const std::string & name) {
        const EntryId id = insert(request_.kind, name);
        if (id != core::NO_ENTRY && known_.insert(id).second) {
            asked_.push_back(id);
        }
    }

    void read_simple() {
        for (const std::string & name : names_) {
            ask_for(name);
        }
        for (const EntryId id : asked_) {
            scanner_.read_links(id);
            scanner_.read_markers(id);
            if (request_.action == Action::DISABLE) {
                continue;
            }
            scanner_.read_facts(id);
            // A copy, since new entries may move the old ones.
            const std::vector<core::Reference> depends = entry(id).facts.depends;
            for (const core::Reference & reference : depends) {
                if (const EntryId module = insert(Kind::MODULE, reference.name); module != core::NO_ENTRY) {
                    scanner_.read_links(module);
                }
            }
        }
    }

    Result<Done> read_to_enable() {
        for (const std::string & name : names_) {
            ask_for(name);
        }
        bool changes = false;
        bool cgi = false;
        // What is asked for grows while it is read.
        for (std::size_t i = 0; i < asked_.size(); ++i) {
            const EntryId id = asked_[i];
            read_module(id);
            const Entry & module = entry(id);
            changes = changes || module.link != LinkState::OK || (module.has_conf && module.conf_link != LinkState::OK);
            cgi = cgi || module.name == "cgi";
        }
        // Whether others object to a module matters only when it is not enabled yet.
        if (changes || cgi) {
            if (auto read = scanner_.read_enabled_modules(); !read) {
                return read;
            }
        }
        for (EntryId id = 0; cgi && id < catalog().entries.size(); ++id) {
            if (core::is_mpm(entry(id)) && !core::known_threading(entry(id).name)) {
                scanner_.probe_mpm(id);
            }
        }
        return Done{};
    }

    /// Reads a module that may be enabled, asks for what it depends on, and looks at what it excludes.
    void read_module(EntryId id) {
        scanner_.read_facts(id);
        scanner_.read_markers(id);
        if (entry(id).name == "cgi") {
            ask_for("cgid");
        }
        const std::vector<core::Reference> depends = entry(id).facts.depends;
        for (const core::Reference & reference : depends) {
            ask_for(reference.name);
        }
        const std::vector<core::Reference> conflicts = entry(id).facts.conflicts;
        for (const core::Reference & reference : conflicts) {
            if (const EntryId other = insert(Kind::MODULE, reference.name); other != core::NO_ENTRY) {
                scanner_.read_links(other);
            }
        }
    }

    Result<Done> read_to_disable() {
        if (auto read = scanner_.read_enabled_modules(); !read) {
            return read;
        }
        for (const std::string & name : names_) {
            ask_for(name);
        }
        for (const EntryId id : asked_) {
            scanner_.read_links(id);
        }
        const core::Graph graph(catalog(), core::Graph::Edges::ENABLED);
        std::vector<EntryId> waiting = asked_;
        std::vector<bool> seen(catalog().entries.size());
        while (!waiting.empty()) {
            const EntryId id = waiting.back();
            waiting.pop_back();
            if (seen[id]) {
                continue;
            }
            seen[id] = true;
            scanner_.read_markers(id);
            waiting.insert(waiting.end(), graph.dependents(id).begin(), graph.dependents(id).end());
        }
        return Done{};
    }

    /// When something that was asked for is not there, what there is, for suggestions.
    void read_candidates() {
        const bool missing =
            std::any_of(asked_.begin(), asked_.end(), [&](EntryId id) { return !entry(id).available; });
        if (!missing) {
            return;
        }
        if (auto names = scanner_.names_in(catalog().layout.of(request_.kind).available, suffix(request_.kind))) {
            catalog().candidates = std::move(names).value();
        }
    }

    Scanner scanner_;
    const core::Request & request_;
    std::vector<std::string> names_;  // of the arguments, patterns expanded
    std::vector<EntryId> asked_;      // those, and what they depend on
    std::unordered_set<EntryId> known_;
};

Result<Done> read_kind(Scanner & scanner, Kind kind) {
    Catalog & catalog = scanner.catalog();
    const core::Folders folders = catalog.layout.of(kind);
    for (const std::string & folder : {folders.available, folders.enabled}) {
        for (const std::string_view end : {std::string_view(".load"), std::string_view(".conf")}) {
            // A module's .conf alone makes an entry only in the enabled folder, where it is stale.
            const bool own = end == suffix(kind);
            if (!own && (kind != Kind::MODULE || folder == folders.available)) {
                continue;
            }
            const auto names = scanner.names_in(folder, end);
            if (!names) {
                if (names.error().system_error() == ENOENT) {
                    continue;
                }
                return names.error();
            }
            for (const std::string & name : names.value()) {
                catalog.insert(kind, name);
            }
        }
    }
    scanner.insert_marked(kind);
    return Done{};
}

}  // namespace

Result<Catalog> scan_for(const FileReader & files, const core::Layout & layout, const core::Request & request) {
    return RequestScan(files, layout, request).run();
}

Result<Catalog> scan_names(const FileReader & files, const core::Layout & layout, Kind kind,
                           const std::vector<std::string> & names) {
    Scanner scanner(files, layout, Depth::WHOLE);
    for (const std::string & name : names) {
        if (core::check_name(name) == core::NameProblem::NONE) {
            const EntryId id = scanner.catalog().insert(kind, name);
            scanner.read_links(id);
            scanner.read_markers(id);
        }
    }
    return std::move(scanner.catalog());
}

Result<Catalog> scan_enabled(const FileReader & files, const core::Layout & layout, Kind kind) {
    Scanner scanner(files, layout, Depth::HEADER);
    const auto ids = scanner.list_enabled(kind);
    if (!ids) {
        return ids.error();
    }
    for (const EntryId id : ids.value()) {
        scanner.read_links(id);
        scanner.read_markers(id);
    }
    return std::move(scanner.catalog());
}

Result<Catalog> scan_mpms(const FileReader & files, const core::Layout & layout) {
    Scanner scanner(files, layout, Depth::HEADER);
    const auto ids = scanner.list_enabled(Kind::MODULE);
    if (!ids) {
        return ids.error();
    }
    Catalog & catalog = scanner.catalog();
    const auto any_mpm = [&] {
        return std::any_of(ids.value().begin(), ids.value().end(), [&](EntryId id) {
            return catalog.entries[id].enabled() && core::is_mpm(catalog.entries[id]);
        });
    };
    for (const EntryId id : ids.value()) {
        scanner.read_enabled_facts(id);
    }
    if (!any_mpm()) {
        for (const EntryId id : ids.value()) {
            scanner.probe_mpm(id);
        }
    }
    if (!any_mpm()) {
        scanner.find_static_mpm();
    }
    return std::move(catalog);
}

Result<Catalog> scan_all(const FileReader & files, const core::Layout & layout) {
    Scanner scanner(files, layout, Depth::WHOLE);
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        if (auto read = read_kind(scanner, kind); !read) {
            return read.error();
        }
    }
    Catalog & catalog = scanner.catalog();
    const auto count = static_cast<EntryId>(catalog.entries.size());
    bool any_mpm = false;
    for (EntryId id = 0; id < count; ++id) {
        scanner.read_facts(id);
        scanner.read_enabled_facts(id);
        scanner.read_markers(id);
        scanner.find_binaries(id);
        if (catalog.entries[id].kind == Kind::MODULE && catalog.entries[id].enabled()) {
            if (!core::known_threading(catalog.entries[id].name)) {
                scanner.probe_mpm(id);
            }
            any_mpm = any_mpm || core::is_mpm(catalog.entries[id]);
        }
    }
    scanner.find_late_dependencies();
    if (!any_mpm) {
        scanner.find_static_mpm();
    }
    return std::move(catalog);
}

}  // namespace confgraph::io

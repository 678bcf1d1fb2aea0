// SPDX-License-Identifier: Apache-2.0
#include "io/scan.hpp"

#include "core/error.hpp"
#include "core/graph.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/pattern.hpp"
#include "io/module_binaries.hpp"
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
        : files_(files), scanner_(files, layout, Depth::HEADER), request_(request) {}

    Result<Catalog> run() {
        if (auto loaded = load(); !loaded) {
            return loaded.error();
        }
        if (auto expanded = expand_arguments(); !expanded) {
            return expanded.error();
        }
        Result<Done> read = Done{};
        if (request_.kind != Kind::MODULE) {
            read_simple();
        } else if (request_.action == Action::SWITCH) {
            return read_to_switch();
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

    /// Reads what the request is about, where it cannot be read one by one. What cannot be read then could have a line
    /// for anything.
    Result<Done> load() {
        if (request_.kind == Kind::MODULE) {
            scanner_.insert_mpm_servers();
            // ALT's tools write the lists of modules along, and those of nothing else.
            scanner_.read_start_lists(Kind::MODULE);
        }
        if (auto read = scanner_.load(request_.kind); !read && read.error().system_error() != ENOENT) {
            return read;
        }
        for (const core::FileProblem & problem : catalog().file_problems) {
            if (problem.diagnostic.code == DiagnosticCode::UNREADABLE ||
                problem.diagnostic.code == DiagnosticCode::FILE_TOO_LARGE) {
                return core::make_error({.code = ErrorCode::CANNOT_READ,
                                         .path = problem.path,
                                         .system_error = problem.system_error,
                                         .text = problem.diagnostic.text});
            }
        }
        return Done{};
    }

    Result<std::vector<std::string>> choosable() {
        return scanner_.names(request_.kind, request_.action != Action::ENABLE);
    }

    /// What can be chosen from; nothing where there is no folder.
    Result<Done> read_choices() {
        auto names = choosable();
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
        if (request_.action == Action::SWITCH) {
            // There is one MPM: a pattern makes no sense.
            for (const std::string & argument : request_.arguments) {
                names_.push_back(core::entry_name(catalog().layout, request_.kind, argument));
            }
            return Done{};
        }
        const bool any_pattern = std::any_of(request_.arguments.begin(), request_.arguments.end(), core::is_pattern);
        std::vector<std::string> present;
        if (request_.arguments.empty()) {
            return read_choices();
        }
        if (any_pattern) {
            auto listed = choosable();
            if (!listed && listed.error().system_error() != ENOENT) {
                return listed.error();
            }
            if (listed) {
                present = std::move(listed).value();
            }
        }
        for (const std::string & argument : request_.arguments) {
            const std::string base = core::entry_name(catalog().layout, request_.kind, argument);
            if (!core::is_pattern(argument)) {
                names_.push_back(base);
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
                probe_mpm(files_, catalog(), id);
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
        read_dependents(asked_);
        return Done{};
    }

    /// Reads the markers of entries, and of all that depends on them.
    void read_dependents(std::vector<EntryId> waiting) {
        const core::Graph graph(catalog(), core::Graph::Edges::ENABLED);
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
    }

    Result<Catalog> read_to_switch() {
        if (auto read = scanner_.read_enabled_modules(); !read) {
            return read.error();
        }
        std::vector<EntryId> wanted;
        for (const std::string & name : names_) {
            if (const EntryId id = read_mpm(name); id != core::NO_ENTRY) {
                wanted.push_back(id);
            }
        }
        read_stale_mpms();
        find_enabled_mpms();
        if (wanted.size() != names_.size() || names_.empty()) {
            if (auto read = read_available_mpms(); !read) {
                return read.error();
            }
        }
        if (std::any_of(wanted.begin(), wanted.end(), [&](EntryId id) { return !is_only_mpm(id); })) {
            read_what_changes(wanted);
            if (wanted.size() == names_.size()) {
                read_candidates();
            }
        }
        return std::move(catalog());
    }

    /// Reads the modules that the name of an MPM can mean. Returns the MPM, if one of them is.
    EntryId read_mpm(const std::string & name) {
        for (const std::string & module : core::mpm_modules(name)) {
            const EntryId id = insert(Kind::MODULE, module);
            if (id == core::NO_ENTRY) {
                continue;
            }
            scanner_.read_facts(id);
            const bool exists = entry(id).available || entry(id).enabled();
            if (exists && !core::is_mpm(entry(id))) {
                probe_mpm(files_, catalog(), id);
            }
            if (exists && core::is_mpm(entry(id))) {
                return id;
            }
        }
        return core::NO_ENTRY;
    }

    /// Reads the MPMs of which nothing but the NAME.conf is enabled.
    void read_stale_mpms() {
        const core::Folders & modules = catalog().layout.of(Kind::MODULE);
        if (modules.mechanism != core::Mechanism::LINKS) {
            return;
        }
        const auto names = scanner_.names_in(modules.enabled, ".conf");
        for (const std::string & name : names ? names.value() : std::vector<std::string>()) {
            const EntryId id = name.starts_with("mpm_") ? insert(Kind::MODULE, name) : core::NO_ENTRY;
            if (id != core::NO_ENTRY) {
                scanner_.read_facts(id);
            }
        }
    }

    bool is_enabled_mpm(EntryId id) { return core::is_mpm(entry(id)) && entry(id).enabled(); }
    bool any_enabled_mpm() {
        for (EntryId id = 0; id < catalog().entries.size(); ++id) {
            if (is_enabled_mpm(id)) {
                return true;
            }
        }
        return false;
    }

    /// Asks the binaries where no file tells of an enabled MPM, and the server where they know of none either.
    void find_enabled_mpms() {
        const auto count = static_cast<EntryId>(catalog().entries.size());
        if (any_enabled_mpm()) {
            return;
        }
        for (EntryId id = 0; id < count; ++id) {
            if (entry(id).enabled()) {
                probe_mpm(files_, catalog(), id);
            }
        }
        if (!any_enabled_mpm()) {
            find_static_mpm(files_, catalog());
        }
    }

    /// Whether an MPM is enabled as it is to be, and no other one, not even by a link that leads nowhere.
    bool is_only_mpm(EntryId wanted) {
        const Entry & mpm = entry(wanted);
        if (mpm.link != LinkState::OK || (mpm.has_conf && mpm.conf_link != LinkState::OK)) {
            return false;
        }
        for (EntryId id = 0; id < catalog().entries.size(); ++id) {
            const bool there = entry(id).link != LinkState::ABSENT || entry(id).conf_link != LinkState::ABSENT;
            if (id != wanted && core::is_mpm(entry(id)) && there) {
                return false;
            }
        }
        return true;
    }

    /// What a switch may change: the MPMs, what the wanted one depends on, what depends on the others, and the modules
    /// that come in a variant for each kind of MPM.
    void read_what_changes(const std::vector<EntryId> & wanted) {
        for (const EntryId id : wanted) {
            ask_for(entry(id).name);
        }
        for (std::size_t i = 0; i < asked_.size(); ++i) {
            read_module(asked_[i]);
        }
        std::vector<EntryId> going;
        for (EntryId id = 0; id < catalog().entries.size(); ++id) {
            if (core::is_mpm(entry(id)) && (entry(id).enabled() || known_.contains(id)) &&
                !core::threading(entry(id))) {
                probe_mpm(files_, catalog(), id);
            }
            if (is_enabled_mpm(id) || (entry(id).enabled() && entry(id).name == core::NEEDS_NONTHREADED)) {
                going.push_back(id);
            }
        }
        read_dependents(std::move(going));
        for (const std::string_view variant : {"cgi", "cgid"}) {
            const EntryId id = catalog().find(Kind::MODULE, variant);
            if (id != core::NO_ENTRY && entry(id).enabled()) {
                for (const std::string_view either : {"cgi", "cgid"}) {
                    const EntryId other = catalog().insert(Kind::MODULE, either);
                    scanner_.read_facts(other);
                    scanner_.read_markers(other);
                }
            }
        }
    }

    /// All that is available, and the MPMs among that: to choose from, and for suggestions.
    Result<Done> read_available_mpms() {
        const auto names = scanner_.names(Kind::MODULE, false);
        if (!names) {
            return names.error().system_error() == ENOENT ? Result<Done>(Done{}) : Result<Done>(names.error());
        }
        for (const std::string & name : names.value()) {
            const EntryId id = insert(Kind::MODULE, name);
            if (id == core::NO_ENTRY) {
                continue;
            }
            scanner_.read_facts(id);
            if (entry(id).available && core::is_mpm(entry(id))) {
                catalog().candidates.push_back(name);
            }
        }
        if (request_.arguments.empty()) {
            catalog().choices = catalog().candidates;
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
        if (auto names = scanner_.names(request_.kind, false)) {
            catalog().candidates = std::move(names).value();
        }
    }

    const FileReader & files_;
    Scanner scanner_;
    const core::Request & request_;
    std::vector<std::string> names_;  // of the arguments, patterns expanded
    std::vector<EntryId> asked_;      // those, and what they depend on
    std::unordered_set<EntryId> known_;
};

Result<Done> read_kind(Scanner & scanner, Kind kind) {
    Catalog & catalog = scanner.catalog();
    const core::Folders folders = catalog.layout.of(kind);
    if (folders.mechanism != core::Mechanism::LINKS) {
        if (auto read = scanner.load(kind); !read && read.error().system_error() != ENOENT) {
            return read;
        }
        scanner.insert_marked(kind);
        return Done{};
    }
    if (kind == Kind::MODULE) {
        scanner.insert_mpm_servers();
    }
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
    if (kind == Kind::MODULE) {
        scanner.insert_mpm_servers();
    }
    for (const std::string & name : names) {
        if (core::check_name(name) == core::NameProblem::NONE) {
            const bool links = layout.of(kind).mechanism == core::Mechanism::LINKS;
            const EntryId id = scanner.catalog().insert(kind, links ? name : core::entry_name(layout, kind, name));
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
            probe_mpm(files, catalog, id);
        }
    }
    if (!any_mpm()) {
        find_static_mpm(files, catalog);
    }
    return std::move(catalog);
}

Result<Catalog> scan_all_mpms(const FileReader & files, const core::Layout & layout) {
    Scanner scanner(files, layout, Depth::HEADER);
    scanner.insert_mpm_servers();
    for (const bool enabled : {false, true}) {
        const auto names = scanner.names(Kind::MODULE, enabled);
        if (!names && names.error().system_error() != ENOENT) {
            return names.error();
        }
        for (const std::string & name : names ? names.value() : std::vector<std::string>()) {
            scanner.catalog().insert(Kind::MODULE, name);
        }
    }
    Catalog & catalog = scanner.catalog();
    bool any_mpm = false;
    for (EntryId id = 0; id < catalog.entries.size(); ++id) {
        scanner.read_facts(id);
        scanner.read_enabled_facts(id);
        scanner.read_markers(id);
        const Entry & entry = catalog.entries[id];
        if (!core::is_mpm(entry) || !core::threading(entry)) {
            probe_mpm(files, catalog, id);
        }
        any_mpm = any_mpm || (core::is_mpm(entry) && entry.enabled());
    }
    if (!any_mpm) {
        find_static_mpm(files, catalog);
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
        find_binaries(files, catalog, id);
        if (catalog.entries[id].kind == Kind::MODULE && catalog.entries[id].enabled()) {
            if (!core::known_threading(catalog.entries[id].name)) {
                probe_mpm(files, catalog, id);
            }
            any_mpm = any_mpm || core::is_mpm(catalog.entries[id]);
        }
    }
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        scanner.read_start_lists(kind);
    }
    find_late_dependencies(files, catalog);
    if (!any_mpm) {
        find_static_mpm(files, catalog);
    }
    return std::move(catalog);
}

}  // namespace confgraph::io

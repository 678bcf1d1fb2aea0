// SPDX-License-Identifier: Apache-2.0
#include "core/check.hpp"

#include "core/graph.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/relative_path.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace confgraph::core {

namespace {

/// Goes over a catalog and collects what is wrong, modules first, by name.
class Checker {
public:
    explicit Checker(const Catalog & catalog) : catalog_(catalog) {
        order_.resize(catalog.entries.size());
        for (EntryId id = 0; id < order_.size(); ++id) {
            order_[id] = id;
        }
        std::sort(order_.begin(), order_.end(), [&](EntryId left, EntryId right) {
            const Entry & a = catalog.entries[left];
            const Entry & b = catalog.entries[right];
            return a.kind != b.kind ? a.kind < b.kind : glob_less(a.name, b.name);
        });
    }

    std::vector<Finding> run() {
        check_journal();
        check_mpms();
        check_cycles();
        check_order();
        check_files();
        check_start_lists();
        for (const EntryId id : order_) {
            const Entry & entry = catalog_.entries[id];
            if (entry.enabled()) {
                check_dependencies(entry);
                check_conflicts(id);
                check_binaries(entry);
                check_conf(entry);
                check_lines(entry);
                check_diagnostics(entry);
            } else if (entry.kind == Kind::MODULE) {
                check_stale_conf(entry);
            }
            check_link(entry, false);
            if (entry.kind == Kind::MODULE) {
                check_link(entry, true);
            }
            check_markers(entry);
        }
        return std::move(findings_);
    }

private:
    Finding & add(FindingCode code, const Entry & entry) {
        Finding & finding = findings_.emplace_back();
        finding.code = code;
        finding.kind = entry.kind;
        finding.subject = entry.name;
        return finding;
    }

    void check_journal() {
        if (catalog_.journal == JournalState::NONE) {
            return;
        }
        const bool unfinished = catalog_.journal == JournalState::UNFINISHED;
        Finding & finding = findings_.emplace_back();
        finding.code = unfinished ? FindingCode::UNFINISHED_CHANGE : FindingCode::JOURNAL_NOT_UNDERSTOOD;
        finding.kind = Kind::MODULE;
        if (catalog_.journal_problem) {
            finding.path = catalog_.journal_problem->path();
        }
    }

    void check_mpms() {
        std::vector<std::string> enabled;
        for (const EntryId id : order_) {
            const Entry & entry = catalog_.entries[id];
            if (is_mpm(entry) && entry.enabled()) {
                enabled.push_back(entry.name);
                if (is_threaded(entry)) {
                    threaded_mpm_ = entry.name;
                }
            }
        }
        if (enabled.size() != 1 && !(enabled.empty() && !catalog_.static_mpm.empty())) {
            Finding & finding = findings_.emplace_back();
            finding.code = enabled.empty() ? FindingCode::NO_MPM : FindingCode::SEVERAL_MPMS;
            finding.kind = Kind::MODULE;
            finding.path = catalog_.layout.of(Kind::MODULE).enabled;
            finding.names = std::move(enabled);
        }
        const EntryId itk = catalog_.find(Kind::MODULE, NEEDS_NONTHREADED);
        if (itk != NO_ENTRY && catalog_.entries[itk].enabled() && !threaded_mpm_.empty()) {
            Finding & finding = add(FindingCode::NEEDS_NONTHREADED_MPM, catalog_.entries[itk]);
            finding.object = threaded_mpm_;
            finding.path = catalog_.enabled_path(catalog_.entries[itk]);
        }
    }

    void check_cycles() {
        const std::vector<std::uint32_t> components = Graph(catalog_, Graph::Edges::ENABLED).components();
        const Cycles cycles = cycles_of(components);
        std::unordered_set<std::uint32_t> reported;
        for (const EntryId id : order_) {
            const auto cycle = cycles.find(components[id]);
            if (cycle == cycles.end() || !reported.insert(components[id]).second) {
                continue;
            }
            std::vector<EntryId> members = cycle->second;
            std::sort(members.begin(), members.end(), [&](EntryId left, EntryId right) {
                return glob_less(catalog_.entries[left].name, catalog_.entries[right].name);
            });
            Finding & finding = add(FindingCode::CYCLE, catalog_.entries[id]);
            for (const EntryId member : members) {
                finding.names.push_back(catalog_.entries[member].name);
            }
            finding.where = cycle_declarations(catalog_, members, components, Graph::Edges::ENABLED);
        }
    }

    void check_order() {
        for (const LateDependency & late : catalog_.late) {
            const Entry & entry = catalog_.entries[late.dependent];
            const Entry & dependency = catalog_.entries[late.dependency];
            Finding & finding = add(FindingCode::LOADED_LATER, entry);
            finding.object = dependency.name;
            finding.text = late.symbol;
            finding.path = catalog_.enabled_path(dependency);
            for (const Reference & reference : entry.enabled_file_facts().depends) {
                if (reference.name == dependency.name) {
                    finding.where.push_back({entry.file, reference.line});
                }
            }
        }
    }

    void check_files() {
        for (const FileProblem & problem : catalog_.file_problems) {
            Finding & finding = findings_.emplace_back();
            finding.code = FindingCode::MALFORMED_FILE;
            finding.kind = Kind::MODULE;
            finding.subject = last_part(problem.path);
            finding.diagnostic = problem.diagnostic.code;
            finding.text = problem.diagnostic.text;
            finding.where.push_back({problem.path, problem.diagnostic.line});
        }
    }

    void check_start_lists() {
        for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
            for (const auto & [name, wish] : catalog_.start_wishes[static_cast<std::size_t>(kind)]) {
                const EntryId id = catalog_.find(kind, name);
                const bool exists = id != NO_ENTRY && catalog_.entries[id].available;
                if (exists && wish.enabled != is_served(kind, catalog_.entries[id])) {
                    Finding & finding = add(FindingCode::START_LIST_DISAGREES, catalog_.entries[id]);
                    finding.text = wish.enabled ? "yes" : "no";
                    finding.where.push_back(wish.where);
                }
            }
        }
    }

    /// Whether an entry is enabled, be it by a link of another name: ALT's first site is called 000-default.
    bool is_served(Kind kind, const Entry & entry) const {
        const std::string file = "/" + entry.name + std::string(suffix(kind));
        return entry.enabled() ||
               std::any_of(catalog_.entries.begin(), catalog_.entries.end(), [&](const Entry & other) {
                   return other.kind == kind && other.enabled() && other.link_target.ends_with(file);
               });
    }

    /// ALT's own name for the link of what is to be read first: 000-default leads to default.
    bool is_first_of_alt(const Entry & entry) const {
        constexpr std::string_view FIRST = "000-";
        if (catalog_.layout.name != LayoutName::ALT || !entry.name.starts_with(FIRST)) {
            return false;
        }
        const std::string name = entry.name.substr(FIRST.size());
        const EntryId id = catalog_.find(entry.kind, name);
        return id != NO_ENTRY && catalog_.entries[id].available &&
               entry.link_target.ends_with("/" + name + std::string(suffix(entry.kind)));
    }

    void check_lines(const Entry & entry) {
        const auto & loads = entry.facts.load_modules;
        if (catalog_.layout.of(entry.kind).mechanism != Mechanism::LINES || loads.size() < 2) {
            return;
        }
        Finding & finding = add(FindingCode::SEVERAL_LINES, entry);
        finding.where = entry.obstacle ? entry.obstacle->where : std::vector<Location>();
    }

    void check_dependencies(const Entry & entry) {
        for (const Reference & reference : entry.enabled_file_facts().depends) {
            const EntryId id = catalog_.find(Kind::MODULE, reference.name);
            const bool exists = id != NO_ENTRY && (catalog_.entries[id].available || catalog_.entries[id].enabled());
            FindingCode code = FindingCode::UNKNOWN_DEPENDENCY;
            if (exists && catalog_.entries[id].enabled()) {
                continue;
            }
            if (exists) {
                code = FindingCode::MISSING_DEPENDENCY;
            }
            Finding & finding = add(code, entry);
            finding.object = reference.name;
            finding.where.push_back({entry.file, reference.line});
        }
    }

    void check_conflicts(EntryId id) {
        const Entry & entry = catalog_.entries[id];
        if (entry.kind != Kind::MODULE) {
            return;
        }
        for (const Reference & reference : entry.enabled_file_facts().conflicts) {
            const EntryId other_id = catalog_.find(Kind::MODULE, reference.name);
            if (other_id == NO_ENTRY || !catalog_.entries[other_id].enabled()) {
                continue;
            }
            const Entry & other = catalog_.entries[other_id];
            const auto & theirs = other.enabled_file_facts().conflicts;
            const auto mutual = std::find_if(theirs.begin(), theirs.end(),
                                             [&](const Reference & back) { return back.name == entry.name; });
            // A conflict that both declare is one finding, reported with the first of the two.
            if (mutual != theirs.end() && glob_less(other.name, entry.name)) {
                continue;
            }
            Finding & finding = add(FindingCode::CONFLICT, entry);
            finding.object = other.name;
            finding.where.push_back({entry.file, reference.line});
            if (mutual != theirs.end()) {
                finding.where.push_back({other.file, mutual->line});
            }
        }
    }

    void check_binaries(const Entry & entry) {
        for (const LoadModule & load : entry.enabled_file_facts().load_modules) {
            // These guards ask for the file itself, or for what this cannot know.
            const bool guarded = std::any_of(load.guards.begin(), load.guards.end(), [](const std::string & guard) {
                return guard.starts_with("IfFile") || guard.starts_with("IfDefine");
            });
            if (load.presence == Presence::MISSING && !guarded) {
                Finding & finding = add(FindingCode::BINARY_MISSING, entry);
                finding.object = load.identifier;
                finding.path = load.path;
                finding.where.push_back({entry.file, load.line});
            }
        }
    }

    void check_conf(const Entry & entry) {
        if (entry.kind == Kind::MODULE && entry.has_conf && entry.conf_link == LinkState::ABSENT) {
            add(FindingCode::CONF_NOT_ENABLED, entry).path = catalog_.enabled_conf_path(entry);
        }
    }

    void check_stale_conf(const Entry & entry) {
        if (entry.link == LinkState::ABSENT && entry.conf_link != LinkState::ABSENT &&
            entry.conf_link != LinkState::DANGLING) {
            Finding & finding = add(FindingCode::STALE_CONF, entry);
            finding.path = catalog_.enabled_conf_path(entry);
            finding.object = entry.has_conf ? entry.name : "";
        }
    }

    /// object is the entry's name where its file is available, so that tools can make it right.
    void check_link(const Entry & entry, bool conf) {
        const LinkState state = conf ? entry.conf_link : entry.link;
        if (state == LinkState::ABSENT || state == LinkState::OK || (!conf && is_first_of_alt(entry))) {
            return;
        }
        const FindingCode code = state == LinkState::FOREIGN     ? FindingCode::FOREIGN_LINK
                                 : state == LinkState::REAL_FILE ? FindingCode::REAL_FILE
                                 : conf                          ? FindingCode::DANGLING_CONF
                                                                 : FindingCode::DANGLING_LINK;
        Finding & finding = add(code, entry);
        finding.path = conf ? catalog_.enabled_conf_path(entry) : catalog_.enabled_path(entry);
        finding.object = (conf ? entry.has_conf : entry.available) ? entry.name : "";
        finding.text = conf ? entry.conf_link_target : entry.link_target;
    }

    void check_markers(const Entry & entry) {
        constexpr auto ENABLED =
            static_cast<Markers>(marker_bit(Action::ENABLE, Actor::ADMIN) | marker_bit(Action::ENABLE, Actor::MAINT));
        constexpr auto DISABLED =
            static_cast<Markers>(marker_bit(Action::DISABLE, Actor::ADMIN) | marker_bit(Action::DISABLE, Actor::MAINT));
        const Markers wrong = entry.enabled() ? DISABLED : ENABLED;
        for (std::size_t bit = 0; bit < MARKER_FOLDERS.size(); ++bit) {
            if ((entry.markers & wrong & (1U << bit)) != 0) {
                Finding & finding = add(FindingCode::MARKER_DISAGREES, entry);
                finding.path = catalog_.marker_path(entry, bit);
                finding.text = entry.enabled() ? "disabled" : "enabled";
                finding.object = entry.available || entry.enabled() ? entry.name : "";
            }
        }
    }

    void check_diagnostics(const Entry & entry) {
        for (const Diagnostic & diagnostic : entry.enabled_file_facts().diagnostics) {
            Finding & finding = add(FindingCode::MALFORMED_FILE, entry);
            finding.diagnostic = diagnostic.code;
            finding.text = diagnostic.text;
            finding.where.push_back({entry.file, diagnostic.line});
        }
    }

    const Catalog & catalog_;
    std::vector<EntryId> order_;
    std::vector<Finding> findings_;
    std::string threaded_mpm_;
};

}  // namespace

std::vector<Chain> why(const Catalog & catalog, std::string_view module) {
    // A module that does not exist may be needed as well: then it has a place after all entries.
    const EntryId known = catalog.find(Kind::MODULE, module);
    const EntryId target = known != NO_ENTRY ? known : static_cast<EntryId>(catalog.entries.size());
    // The enabled entries that name a module, then breadth first from the target: what comes first is nearest.
    std::vector<std::vector<std::pair<EntryId, unsigned>>> needed_by(catalog.entries.size() + 1);
    for (EntryId id = 0; id < catalog.entries.size(); ++id) {
        const Entry & entry = catalog.entries[id];
        if (!entry.enabled()) {
            continue;
        }
        for (const Reference & reference : entry.enabled_file_facts().depends) {
            const EntryId other = reference.name == module ? target : catalog.find(Kind::MODULE, reference.name);
            if (other != NO_ENTRY) {
                needed_by[other].emplace_back(id, reference.line);
            }
        }
    }
    struct Way {
        EntryId next = NO_ENTRY;
        unsigned line = 0;
    };
    std::vector<Way> towards(catalog.entries.size());
    std::vector<EntryId> reached{target};
    for (std::size_t i = 0; i < reached.size(); ++i) {
        auto & dependents = needed_by[reached[i]];
        std::sort(dependents.begin(), dependents.end(), [&](const auto & left, const auto & right) {
            return glob_less(catalog.entries[left.first].name, catalog.entries[right.first].name);
        });
        for (const auto & [id, line] : dependents) {
            if (id != target && towards[id].next == NO_ENTRY) {
                towards[id] = {reached[i], line};
                reached.push_back(id);
            }
        }
    }
    std::vector<Chain> chains;
    for (std::size_t i = 1; i < reached.size(); ++i) {
        Chain & chain = chains.emplace_back();
        chain.kind = catalog.entries[reached[i]].kind;
        for (EntryId id = reached[i]; id != target; id = towards[id].next) {
            chain.names.push_back(catalog.entries[id].name);
            chain.where.push_back({catalog.entries[id].file, towards[id].line});
        }
        chain.names.emplace_back(module);
    }
    return chains;
}

std::vector<Finding> check(const Catalog & catalog) { return Checker(catalog).run(); }

}  // namespace confgraph::core

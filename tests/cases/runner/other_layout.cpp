// SPDX-License-Identifier: Apache-2.0
#include "other_layout.hpp"

#include "core/catalog.hpp"
#include "core/layouts.hpp"
#include "core/load_lines.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/planner.hpp"
#include "core/stock_dependencies.hpp"
#include "describe.hpp"
#include "io/line_scan.hpp"
#include "io/scan.hpp"
#include "support/names.hpp"
#include "text.hpp"
#include "tree.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace confgraph::cases {

namespace {

constexpr std::array<std::string_view, 4> SEVERITIES = {"INFO", "CHANGE", "WARNING", "ERROR"};

bool plain(LinkState state) { return state == LinkState::ABSENT || state == LinkState::OK; }

bool exists(const core::Catalog & catalog, const std::string & name) {
    const core::EntryId id = catalog.find(Kind::MODULE, name);
    return id != core::NO_ENTRY && catalog.entries[id].available;
}

/// Whether the table of httpd's own modules says more of one than its file does here.
bool table_says_more(const core::Catalog & catalog, const core::Entry & entry) {
    const core::StockModule * stock = core::stock_module(entry.name);
    if (stock == nullptr) {
        return false;
    }
    const std::vector<std::string> depends = split(stock->depends);
    return entry.facts.depends.empty() &&
           std::any_of(depends.begin(), depends.end(), [&](const std::string & name) { return exists(catalog, name); });
}

/// Why a module cannot be a word of a variable, which says nothing about it.
std::string why_no_word(const core::Catalog & catalog, const core::Entry & entry) {
    if (core::is_mpm(entry) || entry.name == "cgi" || entry.name == "cgid") {
        return "MPMs are servers of their own";
    }
    if (!entry.facts.depends.empty() || !entry.facts.conflicts.empty() || table_says_more(catalog, entry)) {
        return "what a module depends on is known otherwise";
    }
    return entry.name.find_first_of(" \t\"'\\$`;&|<>()#*?[]~") == std::string::npos &&
                   core::module_name(entry.name) == entry.name
               ? ""
               : "a name that is no word";
}

std::string why_not(const core::Catalog & catalog, const core::Entry & entry, LayoutName name) {
    if (!plain(entry.link) || !plain(entry.conf_link)) {
        return "a link that is not as it should be";
    }
    if (!entry.available) {
        return entry.enabled() || entry.conf_link != LinkState::ABSENT ? "a link without its file" : "";
    }
    if (!entry.facts.diagnostics.empty()) {
        return "a file that is not as it should be";
    }
    if (entry.kind != Kind::MODULE) {
        return "";
    }
    if (entry.conf_link != (entry.has_conf ? entry.link : LinkState::ABSENT)) {
        return "a module without its .conf, or the other way round";
    }
    if (name == LayoutName::SUSE) {
        return why_no_word(catalog, entry);
    }
    const auto & loads = entry.facts.load_modules;
    if (loads.size() != 1 || !loads.front().guards.empty() ||
        core::module_name(loads.front().identifier) != entry.name) {
        return "a module whose name does not follow from its identifier";
    }
    const std::string line = "#LoadModule " + loads.front().identifier + " " + loads.front().file + "\n";
    if (core::LoadReader().read(line).lines.size() != 1) {
        return "an identifier that cannot be one";
    }
    return table_says_more(catalog, entry) ? "what a module depends on is known otherwise" : "";
}

std::string magic(std::string_view keyword, const std::vector<core::Reference> & references) {
    std::string text;
    for (const core::Reference & reference : references) {
        text.append(text.empty() ? std::string("# ").append(keyword) : std::string())
            .append(" ")
            .append(reference.name);
    }
    return text.empty() ? text : text + "\n";
}

/// The lines of modules, sorted: MPMs, or all others.
std::string lines(const core::Catalog & catalog, bool mpms, const core::Layout & layout,
                  test::MemoryFileSystem & into) {
    std::vector<const core::Entry *> modules;
    for (const core::Entry & entry : catalog.entries) {
        if (entry.kind == Kind::MODULE && entry.available && entry.name.starts_with("mpm_") == mpms) {
            modules.push_back(&entry);
        }
    }
    std::sort(modules.begin(), modules.end(),
              [](const auto * left, const auto * right) { return core::glob_less(left->name, right->name); });
    std::string text = "# Modules, each with what it depends on.\n\n";
    for (const core::Entry * entry : modules) {
        const core::LoadModule & load = entry->facts.load_modules.front();
        text += magic("Depends:", entry->facts.depends) + magic("Conflicts:", entry->facts.conflicts);
        text += std::string(entry->enabled() ? "" : "#") + "LoadModule " + load.identifier + " " + load.file + "\n\n";
        const std::string path = io::binary_path(layout, load.file);
        if (path.starts_with('/') && !into.info(path)) {
            into.add_file(path);
        }
    }
    return text;
}

/// The variable with the names of all modules that are enabled, and the binaries of all that there are.
void add_words(const core::Catalog & catalog, OtherTree & into) {
    std::set<std::string> words;
    for (const core::Entry & entry : catalog.entries) {
        if (entry.kind == Kind::MODULE && entry.available) {
            into.files.add_file(into.layout.module_folder + "mod_" + entry.name + ".so");
            if (entry.enabled()) {
                words.insert(entry.name);
            }
        }
    }
    std::string text;
    for (const std::string & word : words) {
        text.append(text.empty() ? "" : " ").append(word);
    }
    const core::Folders & folders = into.layout.of(Kind::MODULE);
    into.files.add_folder(into.layout.module_folder.substr(0, into.layout.module_folder.size() - 1));
    into.files.add_file(folders.enabled + "/" + folders.file, "# Modules\nAPACHE_MODULES=\"" + text + "\"\n");
}

/// The path in a layout of links that is one of Debian's folders of entries; empty if none is.
std::string path_of_links(const std::string & path, const core::Layout & debian, const core::Layout & other) {
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (const auto member : {&core::Folders::available, &core::Folders::enabled}) {
            const std::string & folder = debian.of(kind).*member;
            if (path == folder || path.starts_with(folder + "/")) {
                return other.of(kind).*member + path.substr(folder.size());
            }
        }
    }
    return {};
}

/// Copies what is no entry, such as markers and binaries; and entries, too, to a layout of links.
void copy(const std::string & path, const std::string & what, const core::Layout & debian, OtherTree & into) {
    std::string place = path.starts_with(debian.config) || path == "/etc" || path == "/" ? std::string() : path;
    if (place.empty() && into.layout.name == LayoutName::ALT) {
        place = path_of_links(path, debian, into.layout);
    }
    if (place.empty()) {
        return;
    }
    if (what.starts_with("file")) {
        into.files.add_file(place, what.substr(std::min<std::size_t>(5, what.size())));
    } else if (what.starts_with("link ")) {
        std::string target = what.substr(5);
        const std::string full = path_of_links(target, debian, into.layout);
        constexpr std::string_view CONFS = "../conf-available/";
        if (!full.empty()) {
            target = full;
        } else if (target.starts_with(CONFS)) {
            target.replace(0, CONFS.size(), "../extra-available/");
        }
        into.files.add_link(place, target);
    } else if (what == "folder") {
        into.files.add_folder(place);
    }
}

std::string check_commands(const Case & from, const core::Layout & other, const core::Layout & debian) {
    for (const Command & command : from.commands) {
        const core::Request & request = command.request;
        if (other.of(request.kind).mechanism == core::Mechanism::NONE) {
            return "there are no sites";
        }
        for (const std::string & argument : request.arguments) {
            if (core::entry_name(other, request.kind, argument) != core::entry_name(debian, request.kind, argument)) {
                return "a name that means another one";
            }
        }
        // MPMs that are no modules cannot be enabled and disabled as such.
        const bool modules = other.mpm_servers.empty();
        const bool names_mpm =
            std::any_of(request.arguments.begin(), request.arguments.end(),
                        [](const std::string & argument) { return argument.find("mpm_") != std::string::npos; });
        if (!modules && (request.action == Action::SWITCH || names_mpm)) {
            return "MPMs are servers of their own";
        }
    }
    return "";
}

/// What a notice says, wherever it happens.
std::string words(const core::Notice & notice) {
    std::string text = "  ";
    text.append(SEVERITIES.at(static_cast<std::size_t>(notice.severity)))
        .append(" ")
        .append(test::name_of(notice.code));
    const bool is_path = notice.code == NoticeCode::FOREIGN_LINK || notice.code == NoticeCode::CONF_FOREIGN_LINK;
    text.append(" ").append(encode(notice.subject)).append(" ").append(encode(is_path ? "" : notice.object));
    if (notice.code == NoticeCode::CONFLICT) {
        text.append(notice.path.empty() ? " of this unit" : " before");
    }
    for (const std::string & name : notice.names) {
        text.append(" ").append(encode(name));
    }
    return text;
}

/// What only Debian's packages bring along; and that MPMs conflict, which the table says where no file does, and which
/// goes without saying.
bool is_left_out(const core::Notice & notice) {
    return notice.code == NoticeCode::SSL_HINT || notice.code == NoticeCode::EXTERNAL_SERVICE ||
           (notice.code == NoticeCode::CONSIDERING_CONFLICT && notice.subject.starts_with("mpm_"));
}

void append_plan(const core::Plan & plan, std::vector<std::string> & lines) {
    std::vector<std::string> notices;
    for (const core::Notice & notice : plan.notices) {
        if (!is_left_out(notice)) {
            notices.push_back(words(notice));
        }
    }
    std::sort(notices.begin(), notices.end());
    lines.insert(lines.end(), notices.begin(), notices.end());
    for (const core::Step & step : plan.steps) {
        lines.push_back("  step " + test::name_of(step.code) + " " + encode(step.name) + " " +
                        test::name_of(step.cause.reason) + " " + encode(step.cause.because));
    }
    for (const core::Unit & unit : plan.units) {
        lines.push_back("  unit " + encode(unit.name) + " " + test::name_of(unit.state));
    }
    for (const std::string & module : plan.confirmations) {
        lines.push_back("  ask " + encode(module));
    }
    lines.push_back(std::string("  ") + (plan.refused ? "refused" : "done") + (plan.needs_reload ? ", reload" : ""));
}

}  // namespace

std::string make_other(const Case & from, OtherTree & into) {
    const core::Layout debian = layout();
    std::string reason = check_commands(from, into.layout, debian);
    if (!reason.empty()) {
        return reason;
    }
    for (const auto & [path, what] : from.files.tree()) {
        const bool denied = what == "folder" ? !from.files.list(path)
                            : what.starts_with("file")
                                ? !from.files.read(path, 1, [](std::string_view) { return false; })
                                : what == "other";
        if (denied) {
            return "something that cannot be read";
        }
        copy(path, what, debian, into);
    }
    if (into.layout.name == LayoutName::ALT) {
        return "";
    }
    for (const core::Folders & folders : debian.folders) {
        if (!from.files.list(folders.available) || !from.files.list(folders.enabled)) {
            return "a folder that is not there";
        }
    }
    const auto read = io::scan_all(from.files, debian);
    if (!read) {
        return "a folder that cannot be read";
    }
    const core::Catalog & catalog = read.value();
    for (const core::Entry & entry : catalog.entries) {
        reason = entry.kind == Kind::SITE && into.layout.of(Kind::SITE).mechanism == core::Mechanism::NONE
                     ? ""
                     : why_not(catalog, entry, into.layout.name);
        if (!reason.empty()) {
            return reason;
        }
    }
    if (into.layout.name == LayoutName::FEDORA) {
        const std::string & folder = into.layout.of(Kind::MODULE).enabled;
        into.files.add_file(folder + "/00-mpm.conf", lines(catalog, true, into.layout, into.files));
        into.files.add_file(folder + "/10-modules.conf", lines(catalog, false, into.layout, into.files));
    } else {
        add_words(catalog, into);
    }
    for (const Kind kind : {Kind::CONF, Kind::SITE}) {
        const core::Folders & folders = into.layout.of(kind);
        if (folders.mechanism != core::Mechanism::SUFFIX) {
            continue;
        }
        into.files.add_folder(folders.enabled);
        for (const core::Entry & entry : catalog.entries) {
            if (entry.kind == kind && entry.available) {
                const std::string end = entry.enabled() ? ".conf" : ".conf.disabled";
                into.files.add_file(folders.enabled + "/" + entry.name + end, magic("Depends:", entry.facts.depends));
            }
        }
    }
    return "";
}

core::Layout other_layout(LayoutName name) {
    const core::Layout debian = layout();
    core::LayoutValues values = {{"state", debian.state}, {"server", debian.server}};
    if (name == LayoutName::SUSE) {
        // The folders of a case lie where openSUSE has its own.
        values.emplace("config", "/etc/suse");
    }
    return core::layout_of(name, values);
}

std::vector<std::string> outcome(test::MemoryFileSystem & files, const core::Layout & layout,
                                 const std::vector<Command> & commands, bool with_sites) {
    std::vector<std::string> lines;
    for (const Command & command : commands) {
        lines.push_back(command.line);
        const auto catalog = io::scan_for(files, layout, command.request);
        if (!catalog) {
            lines.push_back(describe(catalog.error()));
            continue;
        }
        if (command.request.arguments.empty()) {
            for (const std::string & choice : catalog.value().choices) {
                lines.push_back("  choice " + encode(choice));
            }
        }
        const core::Plan plan = core::make_plan(catalog.value(), command.request);
        append_plan(plan, lines);
        if (!carry_out(files, plan).empty()) {
            lines.emplace_back("  cannot be carried out");
        }
        const auto again = io::scan_for(files, layout, command.request);
        if (!plan.refused && (!again || !core::make_plan(again.value(), command.request).steps.empty())) {
            lines.emplace_back("  again: there is something to do");
        }
    }
    const auto catalog = io::scan_all(files, layout);
    if (!catalog) {
        lines.push_back(describe(catalog.error()));
        return lines;
    }
    std::set<std::string> state;
    for (const core::Entry & entry : catalog.value().entries) {
        if (entry.kind == Kind::SITE && !with_sites) {
            continue;
        }
        const std::string name = std::string(word(entry.kind)) + " " + encode(entry.name);
        if (entry.enabled()) {
            state.insert("enabled: " + name);
        }
        for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
            if ((entry.markers & (1U << bit)) != 0) {
                state.insert(std::string(core::MARKER_FOLDERS.at(bit)) + ": " + name);
            }
        }
    }
    lines.insert(lines.end(), state.begin(), state.end());
    return lines;
}

}  // namespace confgraph::cases

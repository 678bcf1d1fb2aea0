// SPDX-License-Identifier: Apache-2.0
#include "support/debian_folder.hpp"

#include "core/planner.hpp"
#include "io/journal_file.hpp"
#include "io/posix_file_system.hpp"
#include "io/scan.hpp"

#include <array>
#include <stdexcept>

namespace confgraph::test {

namespace {

constexpr std::array<const char *, 3> FOLDERS = {"mods", "conf", "sites"};

std::string name_of_folder(Kind kind, const char * end) {
    return std::string("conf/") + FOLDERS[static_cast<std::size_t>(kind)] + end + "/";
}

}  // namespace

DebianFolder::DebianFolder() {
    layout.config = folder.at("conf");
    layout.state = folder.at("state");
    layout.server = folder.at("server");
    layout.envvars = folder.at("conf/envvars");
    layout.module_folder = folder.at("modules/");
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        const std::string start = layout.config + "/" + FOLDERS[static_cast<std::size_t>(kind)];
        layout.of(kind) = {start + "-available", start + "-enabled", layout.state + "/" + std::string(word(kind))};
        folder.add_folder(name_of_folder(kind, "-available"));
        folder.add_folder(name_of_folder(kind, "-enabled"));
    }
}

void DebianFolder::add_module(const std::string & name, const std::string & header, bool conf) const {
    add_entry(Kind::MODULE, name, header + "LoadModule " + name + "_module mod_" + name + ".so\n");
    if (conf) {
        folder.add_file("conf/mods-available/" + name + ".conf", "# settings\n");
    }
}

void DebianFolder::add_entry(Kind kind, const std::string & name, const std::string & content) const {
    folder.add_file(name_of_folder(kind, "-available") + name + std::string(suffix(kind)), content);
}

void DebianFolder::enable(Kind kind, const std::string & name) const {
    const std::string target = std::string("../") + FOLDERS[static_cast<std::size_t>(kind)] + "-available/" + name;
    const std::string link = name_of_folder(kind, "-enabled") + name;
    folder.add_link(link + std::string(suffix(kind)), target + std::string(suffix(kind)));
    if (kind == Kind::MODULE && tree().contains("conf/mods-available/" + name + ".conf")) {
        folder.add_link(link + ".conf", target + ".conf");
    }
}

void DebianFolder::add_marker(Kind kind, std::string_view marker_folder, const std::string & name) const {
    folder.add_file("state/" + std::string(word(kind)) + "/" + std::string(marker_folder) + "/" + name, {});
}

core::Plan DebianFolder::plan_for(const core::Request & request) const {
    const auto catalog = io::scan_for(io::PosixFileSystem(), layout, request);
    if (!catalog) {
        throw std::runtime_error("cannot read " + catalog.error().path());
    }
    return core::make_plan(catalog.value(), request);
}

core::JournalFolders DebianFolder::journal_folders() const {
    return io::journal_folders(io::PosixFileSystem(), layout);
}

std::string DebianFolder::journal_name() const {
    return "state/confgraph/" + core::journal_name(journal_folders().config);
}

void DebianFolder::leave_journal(core::JournalWord word, const std::vector<core::Change> & changes) const {
    leave_journal_text(core::write_journal({.word = word, .folders = journal_folders(), .changes = changes}));
}

void DebianFolder::leave_journal_text(const std::string & text) const { folder.add_file(journal_name(), text); }

std::map<std::string, std::string> DebianFolder::content() const {
    auto all = tree();
    std::erase_if(all, [](const auto & entry) {
        return entry.first == "state/confgraph/lock" || (entry.first.starts_with("state") && entry.second == "folder");
    });
    return all;
}

core::Request switch_to(const std::string & name) {
    return {Action::SWITCH, Kind::MODULE, {name}, false, false, false};
}

}  // namespace confgraph::test

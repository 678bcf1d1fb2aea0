// SPDX-License-Identifier: Apache-2.0
#include "support/catalog_maker.hpp"

#include "support/names.hpp"

#include <utility>

namespace confgraph::test {

namespace {

std::vector<core::Reference> references(const CatalogMaker::Names & names, unsigned first_line) {
    std::vector<core::Reference> list;
    for (const std::string & name : names) {
        list.push_back({name, first_line++});
    }
    return list;
}

void append(std::string & line, const std::string & word) {
    if (!word.empty()) {
        line.append(1, ' ').append(word);
    }
}

}  // namespace

core::Layout debian_layout() {
    core::Layout layout;
    layout.config = "/etc/apache2";
    layout.state = "/var/lib/apache2";
    layout.server = "/usr/sbin/apache2";
    layout.module_folder = "/usr/lib/apache2/modules/";
    layout.of(Kind::MODULE) = {"/etc/apache2/mods-available", "/etc/apache2/mods-enabled", "/var/lib/apache2/module"};
    layout.of(Kind::CONF) = {"/etc/apache2/conf-available", "/etc/apache2/conf-enabled", "/var/lib/apache2/conf"};
    layout.of(Kind::SITE) = {"/etc/apache2/sites-available", "/etc/apache2/sites-enabled", "/var/lib/apache2/site"};
    return layout;
}

CatalogMaker::CatalogMaker() {
    catalog.layout = debian_layout();
    catalog.link_prefix = {"../mods-available/", "../conf-available/", "../sites-available/"};
}

core::Entry & CatalogMaker::entry(Kind kind, const std::string & name, const Names & depends) {
    core::Entry & entry = catalog.entries[catalog.insert(kind, name)];
    entry.available = true;
    entry.facts.depends = references(depends, 1);
    entry.file = catalog.available_path(entry);
    return entry;
}

core::Entry & CatalogMaker::module(const std::string & name, const Names & depends, const Names & conflicts) {
    core::Entry & made = entry(Kind::MODULE, name, depends);
    made.facts.conflicts = references(conflicts, static_cast<unsigned>(depends.size()) + 1);
    return made;
}

core::Entry & CatalogMaker::enabled(const std::string & name, const Names & depends, const Names & conflicts) {
    core::Entry & made = module(name, depends, conflicts);
    made.link = LinkState::OK;
    return made;
}

core::Request enable(std::vector<std::string> names, Kind kind) {
    return {Action::ENABLE, kind, std::move(names), false, false, false};
}

core::Request disable(std::vector<std::string> names, Kind kind) {
    return {Action::DISABLE, kind, std::move(names), false, false, false};
}

core::Request switch_to(std::vector<std::string> names) {
    return {Action::SWITCH, Kind::MODULE, std::move(names), false, false, false};
}

std::vector<std::string> notice_lines(const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Notice & notice : plan.notices) {
        std::string & line = lines.emplace_back(name_of(notice.code));
        append(line, notice.subject);
        append(line, notice.object);
        append(line, notice.path);
        for (const std::string & name : notice.names) {
            append(line, "[" + name + "]");
        }
        for (const core::Location & location : notice.where) {
            append(line, location.file + ":" + std::to_string(location.line));
        }
    }
    return lines;
}

std::vector<std::string> step_lines(const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Step & step : plan.steps) {
        std::string & line = lines.emplace_back(name_of(step.code));
        append(line, step.name);
        append(line, name_of(step.cause.reason));
        append(line, step.cause.because);
        for (const core::Location & location : step.cause.where) {
            append(line, location.file + ":" + std::to_string(location.line));
        }
    }
    return lines;
}

std::vector<std::string> operation_lines(const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            std::string & line = lines.emplace_back(name_of(operation.code) + " " + operation.path);
            if (!operation.target.empty()) {
                line.append(" -> ").append(operation.target);
            }
            if (!operation.replaced_path.empty()) {
                line.append(" for ").append(operation.replaced_path).append(" -> ").append(operation.replaced_target);
            }
        }
    }
    return lines;
}

std::vector<std::string> unit_lines(const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Unit & unit : plan.units) {
        lines.push_back(unit.name + " " + name_of(unit.state));
    }
    return lines;
}

}  // namespace confgraph::test

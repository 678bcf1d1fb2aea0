// SPDX-License-Identifier: Apache-2.0
#include "entry_json.hpp"

#include <string_view>
#include <utility>

namespace a2query {

using confgraph::Actor;
using confgraph::Catalog;
using confgraph::DiagnosticCode;
using confgraph::Entry;
using confgraph::FindingCode;
using confgraph::Kind;
using confgraph::Layout;
using confgraph::LayoutName;
using confgraph::LinkState;
using confgraph::Presence;
using confgraph::Reference;
using tool::Json;

namespace {

// A newer library may have more of each than this knows.

std::string_view word_of(LinkState code) {
    switch (code) {
        case LinkState::ABSENT:
            return "absent";
        case LinkState::OK:
            return "ok";
        case LinkState::DANGLING:
            return "dangling";
        case LinkState::FOREIGN:
            return "foreign";
        case LinkState::REAL_FILE:
            return "real-file";
    }
    return "unknown";
}

std::string_view word_of(DiagnosticCode code) {
    switch (code) {
        case DiagnosticCode::BYTE_ORDER_MARK:
            return "byte-order-mark";
        case DiagnosticCode::NAME_WITH_PATH:
            return "name-with-path";
        case DiagnosticCode::NAME_WITH_PREFIX:
            return "name-with-prefix";
        case DiagnosticCode::NAME_WITH_SUFFIX:
            return "name-with-suffix";
        case DiagnosticCode::NAME_MALFORMED:
            return "name-malformed";
        case DiagnosticCode::SELF_REFERENCE:
            return "self-reference";
        case DiagnosticCode::AFTER_DIRECTIVE:
            return "after-directive";
        case DiagnosticCode::NEARLY_MAGIC:
            return "nearly-magic";
        case DiagnosticCode::LINE_TOO_LONG:
            return "line-too-long";
        case DiagnosticCode::FILE_TOO_LARGE:
            return "file-too-large";
        case DiagnosticCode::LOAD_MODULE_INCOMPLETE:
            return "load-module-incomplete";
        case DiagnosticCode::NOT_A_FILE:
            return "not-a-file";
        case DiagnosticCode::UNREADABLE:
            return "unreadable";
        case DiagnosticCode::VALUE_UNCLEAR:
            return "value-unclear";
    }
    return "unknown";
}

std::string_view word_of(FindingCode code) {
    switch (code) {
        case FindingCode::NO_MPM:
            return "no-mpm";
        case FindingCode::SEVERAL_MPMS:
            return "several-mpms";
        case FindingCode::NEEDS_NONTHREADED_MPM:
            return "needs-nonthreaded-mpm";
        case FindingCode::MISSING_DEPENDENCY:
            return "missing-dependency";
        case FindingCode::UNKNOWN_DEPENDENCY:
            return "unknown-dependency";
        case FindingCode::LOADED_LATER:
            return "loaded-later";
        case FindingCode::CONFLICT:
            return "conflict";
        case FindingCode::CYCLE:
            return "cycle";
        case FindingCode::DANGLING_LINK:
            return "dangling-link";
        case FindingCode::DANGLING_CONF:
            return "dangling-conf";
        case FindingCode::FOREIGN_LINK:
            return "foreign-link";
        case FindingCode::REAL_FILE:
            return "real-file";
        case FindingCode::CONF_NOT_ENABLED:
            return "conf-not-enabled";
        case FindingCode::STALE_CONF:
            return "stale-conf";
        case FindingCode::MARKER_DISAGREES:
            return "marker-disagrees";
        case FindingCode::BINARY_MISSING:
            return "binary-missing";
        case FindingCode::MALFORMED_FILE:
            return "malformed-file";
        case FindingCode::UNFINISHED_CHANGE:
            return "unfinished-change";
        case FindingCode::JOURNAL_NOT_UNDERSTOOD:
            return "journal-not-understood";
        case FindingCode::START_LIST_DISAGREES:
            return "start-list-disagrees";
        case FindingCode::SEVERAL_LINES:
            return "several-lines";
    }
    return "unknown";
}

Json actor(Actor who) { return who == Actor::NOBODY ? Json() : Json(tool::actor_word(who)); }

Json file_json(const Layout & layout, Kind kind, const std::string & file, bool available, LinkState state) {
    const std::string there = layout.available_folder(kind) + "/" + file;
    return {{"available", available ? tool::text(there) : Json()},
            {"enabled", tool::text(layout.enabled_folder(kind) + "/" + file)},
            {"state", word_of(state)}};
}

bool has_links(const Layout & layout) {
    return layout.name() == LayoutName::DEBIAN || layout.name() == LayoutName::ALT;
}

/// Where one file has both what is available and what is enabled. A module that has no line yet has no file either.
Json one_file_json(const Entry & entry) {
    const Json file = entry.file().empty() ? Json() : tool::text(entry.file());
    return {{"available", entry.available() ? file : Json()}, {"enabled", file}, {"state", word_of(entry.link())}};
}

std::string_view module_state(const Catalog & catalog, const std::string & name) {
    const auto module = catalog.find(Kind::MODULE, name);
    return !module ? "missing" : module->enabled() ? "enabled" : module->available() ? "available" : "missing";
}

Json references(const Catalog & catalog, const std::vector<Reference> & values) {
    Json list = Json::array();
    for (const Reference & value : values) {
        list.push_back({{"name", tool::text(value.name())},
                        {"line", value.line()},
                        {"state", module_state(catalog, value.name())}});
    }
    return list;
}

Json binaries(const Entry & entry) {
    Json list = Json::array();
    for (const confgraph::LoadModule & load : entry.load_modules()) {
        list.push_back(
            {{"identifier", tool::text(load.identifier())},
             {"file", tool::text(load.file())},
             {"path", tool::text(load.path())},
             {"exists", load.presence() == Presence::UNKNOWN ? Json() : Json(load.presence() == Presence::PRESENT)},
             {"line", load.line()},
             {"guards", tool::texts(load.guards())}});
    }
    return list;
}

}  // namespace

RequiredBy required_by(const Catalog & catalog) {
    RequiredBy index;
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (const Entry & entry : catalog.entries(kind)) {
            if (!entry.enabled()) {
                continue;
            }
            for (const Reference & reference : entry.depends()) {
                index[reference.name()].push_back(
                    {{"kind", confgraph::word(kind)}, {"name", tool::text(entry.name())}});
            }
        }
    }
    return index;
}

Json entry_json(const Catalog & catalog, const RequiredBy & required, const Layout & layout, const Entry & entry) {
    Json document = {{"name", tool::text(entry.name())},
                     {"kind", confgraph::word(entry.kind())},
                     {"available", entry.available()},
                     {"enabled", entry.enabled()},
                     {"enabled_by", entry.enabled() ? Json(tool::actor_word(entry.enabled_by())) : Json()},
                     {"disabled_by", actor(entry.disabled_by())},
                     {"file", has_links(layout) ? file_json(layout, entry.kind(),
                                                            entry.name() + std::string(confgraph::suffix(entry.kind())),
                                                            entry.available(), entry.link())
                                                : one_file_json(entry)}};
    document["depends"] = references(catalog, entry.depends());
    if (entry.kind() == Kind::MODULE) {
        document["conf"] =
            entry.has_conf() || entry.conf_link() != LinkState::ABSENT
                ? file_json(layout, entry.kind(), entry.name() + ".conf", entry.has_conf(), entry.conf_link())
                : Json();
        document["conflicts"] = references(catalog, entry.conflicts());
        const auto dependents = required.find(entry.name());
        document["required_by"] = dependents == required.end() ? Json::array() : Json(dependents->second);
        Json identifiers = Json::array();
        for (const confgraph::LoadModule & load : entry.load_modules()) {
            identifiers.push_back(tool::text(load.identifier()));
        }
        document["identifiers"] = std::move(identifiers);
        document["binaries"] = binaries(entry);
        document["mpm"] = entry.is_mpm();
    }
    Json & diagnostics = document["diagnostics"] = Json::array();
    for (const confgraph::Diagnostic & diagnostic : entry.diagnostics()) {
        diagnostics.push_back({{"code", word_of(diagnostic.code())},
                               {"file", tool::text(entry.file())},
                               {"line", diagnostic.line()},
                               {"text", tool::text(diagnostic.text())}});
    }
    return document;
}

Json finding_json(const confgraph::Finding & finding, const std::string & text) {
    return {{"code", word_of(finding.code())},
            {"severity", finding.is_error() ? "error" : "warning"},
            {"kind", confgraph::word(finding.kind())},
            {"subject", tool::text(finding.subject())},
            {"object", tool::text(finding.object())},
            {"path", tool::text(finding.path())},
            {"names", tool::texts(finding.names())},
            {"where", tool::locations(finding.where())},
            {"text", tool::text(text)}};
}

}  // namespace a2query

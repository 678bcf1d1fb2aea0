// SPDX-License-Identifier: Apache-2.0
#include "entry_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace a2query {

using confgraph::Actor;
using confgraph::Catalog;
using confgraph::Entry;
using confgraph::Kind;
using confgraph::Layout;
using confgraph::LinkState;
using confgraph::Presence;
using confgraph::Reference;
using tool::Json;

namespace {

// In the order of the library's enumerators.
constexpr std::array<std::string_view, 5> LINK_STATES = {"absent", "ok", "dangling", "foreign", "real-file"};
constexpr std::array<std::string_view, 13> DIAGNOSTICS = {
    "byte-order-mark",        "name-with-path",  "name-with-prefix", "name-with-suffix", "name-malformed",
    "self-reference",         "after-directive", "nearly-magic",     "line-too-long",    "file-too-large",
    "load-module-incomplete", "not-a-file",      "unreadable"};
constexpr std::array<std::string_view, 16> FINDINGS = {"no-mpm",
                                                       "several-mpms",
                                                       "needs-nonthreaded-mpm",
                                                       "missing-dependency",
                                                       "unknown-dependency",
                                                       "loaded-later",
                                                       "conflict",
                                                       "cycle",
                                                       "dangling-link",
                                                       "foreign-link",
                                                       "real-file",
                                                       "conf-not-enabled",
                                                       "stale-conf",
                                                       "marker-disagrees",
                                                       "binary-missing",
                                                       "malformed-file"};

Json actor(Actor who) { return who == Actor::NOBODY ? Json() : Json(tool::actor_word(who)); }

Json file_json(const Layout & layout, Kind kind, const std::string & file, bool available, LinkState state) {
    const std::string there = layout.available_folder(kind) + "/" + file;
    return {{"available", available ? tool::text(there) : Json()},
            {"enabled", tool::text(layout.enabled_folder(kind) + "/" + file)},
            {"state", LINK_STATES.at(static_cast<std::size_t>(state))}};
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

/// The enabled entries that name a module in their magic comments, as "KIND NAME" pairs.
Json required_by(const Catalog & catalog, const std::string & module) {
    Json list = Json::array();
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (const Entry & other : catalog.entries(kind)) {
            const auto depends = other.depends();
            if (other.enabled() && std::any_of(depends.begin(), depends.end(),
                                               [&](const Reference & value) { return value.name() == module; })) {
                list.push_back({{"kind", confgraph::word(kind)}, {"name", tool::text(other.name())}});
            }
        }
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

Json entry_json(const Catalog & catalog, const Layout & layout, const Entry & entry) {
    Json document = {
        {"name", tool::text(entry.name())},
        {"kind", confgraph::word(entry.kind())},
        {"available", entry.available()},
        {"enabled", entry.enabled()},
        {"enabled_by", entry.enabled() ? Json(tool::actor_word(entry.enabled_by())) : Json()},
        {"disabled_by", actor(entry.disabled_by())},
        {"file", file_json(layout, entry.kind(), entry.name() + std::string(confgraph::suffix(entry.kind())),
                           entry.available(), entry.link())}};
    document["depends"] = references(catalog, entry.depends());
    if (entry.kind() == Kind::MODULE) {
        document["conf"] =
            entry.has_conf() || entry.conf_link() != LinkState::ABSENT
                ? file_json(layout, entry.kind(), entry.name() + ".conf", entry.has_conf(), entry.conf_link())
                : Json();
        document["conflicts"] = references(catalog, entry.conflicts());
        document["required_by"] = required_by(catalog, entry.name());
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
        diagnostics.push_back({{"code", DIAGNOSTICS.at(static_cast<std::size_t>(diagnostic.code()))},
                               {"file", tool::text(entry.file())},
                               {"line", diagnostic.line()},
                               {"text", tool::text(diagnostic.text())}});
    }
    return document;
}

Json finding_json(const confgraph::Finding & finding, const std::string & text) {
    return {{"code", FINDINGS.at(static_cast<std::size_t>(finding.code()))},
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

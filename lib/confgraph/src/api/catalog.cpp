// SPDX-License-Identifier: Apache-2.0
#include "api/views.hpp"
#include "core/catalog.hpp"
#include "core/check.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/nearest.hpp"
#include "core/request.hpp"
#include "io/journal_view.hpp"
#include "io/read_facts.hpp"
#include "io/root_file_system.hpp"
#include "io/scan.hpp"
#include "io/watched_files.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/check.hpp>

#include <algorithm>
#include <utility>

namespace confgraph {

Reference::Reference(std::shared_ptr<const core::Reference> impl) : impl_(std::move(impl)) {}
const std::string & Reference::name() const { return impl_->name; }
unsigned Reference::line() const { return impl_->line; }

LoadModule::LoadModule(std::shared_ptr<const core::LoadModule> impl) : impl_(std::move(impl)) {}
const std::string & LoadModule::identifier() const { return impl_->identifier; }
const std::string & LoadModule::file() const { return impl_->file; }
unsigned LoadModule::line() const { return impl_->line; }
const std::vector<std::string> & LoadModule::guards() const { return impl_->guards; }
const std::string & LoadModule::path() const { return impl_->path; }
Presence LoadModule::presence() const { return impl_->presence; }

Diagnostic::Diagnostic(std::shared_ptr<const core::Diagnostic> impl) : impl_(std::move(impl)) {}
DiagnosticCode Diagnostic::code() const { return impl_->code; }
unsigned Diagnostic::line() const { return impl_->line; }
const std::string & Diagnostic::text() const { return impl_->text; }

Entry::Entry(std::shared_ptr<const core::Entry> impl) : impl_(std::move(impl)) {}
Entry Entry::parse_load_file(std::string_view name, std::string_view path, std::string_view text) {
    core::Entry entry;
    entry.kind = Kind::MODULE;
    entry.name = name;
    entry.file = path;
    entry.facts = io::parse_facts(text, name);
    return Entry(std::make_shared<const core::Entry>(std::move(entry)));
}
Kind Entry::kind() const { return impl_->kind; }
const std::string & Entry::name() const { return impl_->name; }
bool Entry::available() const { return impl_->available; }
bool Entry::has_conf() const { return impl_->has_conf; }
bool Entry::enabled() const { return impl_->enabled(); }
LinkState Entry::link() const { return impl_->link; }
LinkState Entry::conf_link() const { return impl_->conf_link; }
bool Entry::is_mpm() const { return core::is_mpm(*impl_); }
std::optional<bool> Entry::threaded() const { return core::threading(*impl_); }

namespace {

/// Maintainer scripts come first, as Debian's a2query looks for them.
core::Markers known_markers(const core::Entry & entry) {
    return entry.markers != 0 ? entry.markers : entry.shared_markers;
}

Actor actor(core::Markers markers, Action action) {
    for (const Actor who : {Actor::MAINT, Actor::ADMIN}) {
        if ((markers & core::marker_bit(action, who)) != 0) {
            return who;
        }
    }
    return Actor::NOBODY;
}

Result<Catalog> read(const Layout & layout, const std::function<Result<core::Catalog>(const io::FileReader &)> & scan) {
    auto read = io::read_consistently(*io::files_of(layout.root()), layout.impl(), scan);
    if (!read) {
        return read.error();
    }
    return Catalog(std::make_shared<const core::Catalog>(std::move(read).value()));
}

}  // namespace

Actor Entry::enabled_by() const { return actor(known_markers(*impl_), Action::ENABLE); }
Actor Entry::disabled_by() const { return actor(known_markers(*impl_), Action::DISABLE); }
const std::string & Entry::file() const { return impl_->file; }
std::vector<Reference> Entry::depends() const {
    return api::views<Reference>(impl_, impl_->enabled_file_facts().depends);
}
std::vector<Reference> Entry::conflicts() const {
    return api::views<Reference>(impl_, impl_->enabled_file_facts().conflicts);
}
std::vector<LoadModule> Entry::load_modules() const {
    return api::views<LoadModule>(impl_, impl_->enabled_file_facts().load_modules);
}
std::vector<Diagnostic> Entry::diagnostics() const {
    return api::views<Diagnostic>(impl_, impl_->enabled_file_facts().diagnostics);
}

Catalog::Catalog(std::shared_ptr<const core::Catalog> impl) : impl_(std::move(impl)) {}

Result<Catalog> Catalog::read_for(const Layout & layout, const Request & request) {
    return read(layout,
                [&](const io::FileReader & files) { return io::scan_for(files, layout.impl(), request.impl()); });
}
Result<Catalog> Catalog::read_names(const Layout & layout, Kind kind, const std::vector<std::string> & names) {
    return read(layout,
                [&](const io::FileReader & files) { return io::scan_names(files, layout.impl(), kind, names); });
}
Result<Catalog> Catalog::read_enabled(const Layout & layout, Kind kind) {
    return read(layout, [&](const io::FileReader & files) { return io::scan_enabled(files, layout.impl(), kind); });
}
Result<Catalog> Catalog::read_mpms(const Layout & layout) {
    return read(layout, [&](const io::FileReader & files) { return io::scan_mpms(files, layout.impl()); });
}
Result<Catalog> Catalog::read_all_mpms(const Layout & layout) {
    return read(layout, [&](const io::FileReader & files) { return io::scan_all_mpms(files, layout.impl()); });
}
Result<Catalog> Catalog::read_all(const Layout & layout) {
    return read(layout, [&](const io::FileReader & files) { return io::scan_all(files, layout.impl()); });
}

Result<Catalog> Catalog::read_for(const Layout & layout, const Request & request,
                                  const std::function<void()> & going_on) {
    return read(layout, [&](const io::FileReader & files) {
        return io::scan_for(io::WatchedFiles(files, going_on), layout.impl(), request.impl());
    });
}
Result<Catalog> Catalog::read_enabled(const Layout & layout, Kind kind, const std::function<void()> & going_on) {
    return read(layout, [&](const io::FileReader & files) {
        return io::scan_enabled(io::WatchedFiles(files, going_on), layout.impl(), kind);
    });
}
Result<Catalog> Catalog::read_all(const Layout & layout, const std::function<void()> & going_on) {
    return read(layout, [&](const io::FileReader & files) {
        return io::scan_all(io::WatchedFiles(files, going_on), layout.impl());
    });
}

std::vector<Entry> Catalog::entries(Kind kind) const {
    std::vector<Entry> list;
    for (const core::Entry & entry : impl_->entries) {
        if (entry.kind == kind) {
            list.emplace_back(std::shared_ptr<const core::Entry>(impl_, &entry));
        }
    }
    std::sort(list.begin(), list.end(),
              [](const Entry & left, const Entry & right) { return core::glob_less(left.name(), right.name()); });
    return list;
}

std::optional<Entry> Catalog::find(Kind kind, std::string_view name) const {
    core::EntryId id = impl_->find(kind, name);
    if (id == core::NO_ENTRY && impl_->layout.of(kind).mechanism != core::Mechanism::LINKS) {
        id = impl_->find(kind, core::entry_name(impl_->layout, kind, name));
    }
    if (id == core::NO_ENTRY) {
        return std::nullopt;
    }
    return Entry(std::shared_ptr<const core::Entry>(impl_, &impl_->entries[id]));
}

const std::vector<std::string> & Catalog::choices() const { return impl_->choices; }
const std::string & Catalog::static_mpm() const { return impl_->static_mpm; }
JournalState Catalog::journal() const { return impl_->journal; }
const std::optional<Error> & Catalog::journal_problem() const { return impl_->journal_problem; }

bool is_entry_name(std::string_view name) { return core::check_name(name) == core::NameProblem::NONE; }
std::vector<std::string> similar_names(std::string_view name, const std::vector<std::string> & candidates) {
    return core::nearest(name, candidates);
}
std::string undecorated(std::string_view name) { return std::string(core::strip_decoration(name)); }
std::string mpm_name(std::string_view entry_name) { return std::string(core::mpm_name(entry_name)); }

Finding::Finding(std::shared_ptr<const core::Finding> impl) : impl_(std::move(impl)) {}
FindingCode Finding::code() const { return impl_->code; }
Kind Finding::kind() const { return impl_->kind; }
const std::string & Finding::subject() const { return impl_->subject; }
const std::string & Finding::object() const { return impl_->object; }
const std::string & Finding::path() const { return impl_->path; }
const std::string & Finding::text() const { return impl_->text; }
const std::vector<std::string> & Finding::names() const { return impl_->names; }
std::vector<Location> Finding::where() const { return api::views<Location>(impl_, impl_->where); }
DiagnosticCode Finding::diagnostic() const { return impl_->diagnostic; }

bool Finding::is_error() const {
    switch (impl_->code) {
        case FindingCode::CYCLE:
        case FindingCode::FOREIGN_LINK:
        case FindingCode::REAL_FILE:
        case FindingCode::CONF_NOT_ENABLED:
        case FindingCode::STALE_CONF:
        case FindingCode::MARKER_DISAGREES:
        case FindingCode::MALFORMED_FILE:
        case FindingCode::UNFINISHED_CHANGE:
        case FindingCode::SEVERAL_LINES:
        case FindingCode::START_LIST_DISAGREES:
            return false;
        default:
            return true;
    }
}

Chain::Chain(std::shared_ptr<const core::Chain> impl) : impl_(std::move(impl)) {}
Kind Chain::kind() const { return impl_->kind; }
const std::vector<std::string> & Chain::names() const { return impl_->names; }
std::vector<Location> Chain::where() const { return api::views<Location>(impl_, impl_->where); }

std::vector<Finding> check(const Catalog & catalog) {
    const auto findings = std::make_shared<const std::vector<core::Finding>>(core::check(catalog.impl()));
    return api::views<Finding>(findings, *findings);
}

std::vector<Chain> why(const Catalog & catalog, std::string_view module) {
    const auto chains = std::make_shared<const std::vector<core::Chain>>(core::why(catalog.impl(), module));
    return api::views<Chain>(chains, *chains);
}

}  // namespace confgraph

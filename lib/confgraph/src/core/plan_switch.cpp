// SPDX-License-Identifier: Apache-2.0
#include "core/enabling.hpp"
#include "core/mpm.hpp"
#include "core/name.hpp"
#include "core/nearest.hpp"
#include "core/plan_builder.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::core {

namespace {

// The one pair of modules that do the same under one kind of MPM each.
constexpr std::string_view NONTHREADED_VARIANT = "cgi";
constexpr std::string_view THREADED_VARIANT = "cgid";

bool contains(const std::vector<EntryId> & ids, EntryId wanted) {
    return std::find(ids.begin(), ids.end(), wanted) != ids.end();
}

bool names_module(const std::vector<Reference> & references, std::string_view name) {
    return std::any_of(references.begin(), references.end(),
                       [&](const Reference & reference) { return reference.name == name; });
}

/// Whether something is left of an MPM that is not enabled: a link that leads nowhere, or the NAME.conf, whose
/// directives no server without the MPM understands. What is no link is left alone.
bool is_left_over(const PlanBuilder::State & state) {
    return state.link == LinkState::DANGLING ||
           (state.link == LinkState::ABSENT && state.conf_link != LinkState::ABSENT &&
            state.conf_link != LinkState::REAL_FILE);
}

/// The MPMs among which there are ones like a name; the names of modules, however the name was written.
std::vector<std::string> like(std::string_view name, const std::vector<std::string> & mpms) {
    std::vector<std::string> plain;
    plain.reserve(mpms.size());
    for (const std::string & mpm : mpms) {
        plain.emplace_back(mpm_name(mpm));
    }
    std::vector<std::string> found = nearest(mpm_name(name), plain);
    for (std::string & one : found) {
        one = mpms[static_cast<std::size_t>(std::find(plain.begin(), plain.end(), one) - plain.begin())];
    }
    return found;
}

}  // namespace

Disabler & Switcher::disabler() {
    if (!disabler_) {
        disabler_.emplace(builder_);
    }
    return *disabler_;
}

bool Switcher::plan_switch(const std::string & name) {
    Replacement replacement;
    std::vector<EntryId> left_over;
    std::vector<EntryId> mpms = builder_.mpms();
    std::sort(mpms.begin(), mpms.end(), [&](EntryId left, EntryId right) {
        return glob_less(builder_.entry(left).name, builder_.entry(right).name);
    });
    const bool any = std::any_of(mpms.begin(), mpms.end(), [&](EntryId id) { return builder_.enabled(id); });
    if (const std::string & built_in = builder_.catalog().static_mpm; !any && !built_in.empty()) {
        // A module would be a second MPM; and the one that is part of the server needs none.
        const bool same = mpm_name(name) == built_in;
        builder_.note({.code = same ? NoticeCode::ALREADY_ENABLED : NoticeCode::STATIC_MPM,
                       .subject = name,
                       .object = same ? std::string() : built_in});
        return same;
    }
    replacement.comes = resolve(name);
    if (replacement.comes == NO_ENTRY) {
        return false;
    }
    for (const EntryId id : mpms) {
        if (id != replacement.comes && builder_.enabled(id)) {
            replacement.goes.push_back(id);
        } else if (id != replacement.comes && is_left_over(builder_.state(id))) {
            left_over.push_back(id);
        }
    }
    if (is_done(replacement, left_over)) {
        builder_.note({.code = NoticeCode::ALREADY_ENABLED, .subject = builder_.entry(replacement.comes).name});
        return true;
    }
    bool free = true;
    for (const EntryId id : replacement.goes) {
        // Each of them is told, so that one look at the refusal shows all there is to do.
        free = disabler().plan_dependents(id, replacement) && free;
    }
    if (!free) {
        return false;
    }
    for (const EntryId id : left_over) {
        remove_left_over(id, replacement.comes);
    }
    return replace(replacement);
}

/// The MPM that a name means. Where there is none, says so.
EntryId Switcher::resolve(const std::string & name) {
    const Catalog & catalog = builder_.catalog();
    const EntryId id =
        builder_.request().kind == Kind::MODULE ? find_mpm(catalog, strip_suffix(Kind::MODULE, name)) : NO_ENTRY;
    if (id == NO_ENTRY || !(builder_.entry(id).available || builder_.enabled(id))) {
        for (const std::string & module : mpm_modules(name)) {
            const EntryId gone = catalog.find(Kind::MODULE, module);
            if (gone != NO_ENTRY && builder_.state(gone).link == LinkState::DANGLING) {
                builder_.note({.code = NoticeCode::DANGLING_LINK,
                               .subject = module,
                               .path = catalog.enabled_path(builder_.entry(gone))});
            }
        }
        builder_.note({.code = NoticeCode::NOT_FOUND, .subject = name, .names = like(name, catalog.candidates)});
        return NO_ENTRY;
    }
    if (!is_mpm(builder_.entry(id))) {
        builder_.note(
            {.code = NoticeCode::NOT_AN_MPM, .subject = builder_.entry(id).name, .names = catalog.candidates});
        return NO_ENTRY;
    }
    return id;
}

bool Switcher::is_done(const Replacement & replacement, const std::vector<EntryId> & left_over) const {
    const PlanBuilder::State & state = builder_.state(replacement.comes);
    return replacement.goes.empty() && left_over.empty() && state.link == LinkState::OK &&
           (!builder_.entry(replacement.comes).has_conf || state.conf_link == LinkState::OK);
}

/// Plans what is left when nothing depends any more on the MPMs that go.
///
/// The server accepts what it reads after each single step, and finds one MPM, if there was one to begin with:
/// dependencies come before what needs them; surplus MPMs go while there is another one; the configuration of the old
/// MPM goes while its directives are still known, and that of the new one comes when they are known already. In
/// between, the link of the new MPM takes the place of the old one's at once.
bool Switcher::replace(const Replacement & replacement) {
    const EntryId comes = replacement.comes;
    const Cause cause{Reason::REPLACED, builder_.entry(comes).name, {}};
    if (!plan_dependencies(builder_, replacement)) {
        return false;
    }
    const bool swaps = !replacement.goes.empty() && !builder_.enabled(comes);
    for (const EntryId id : replacement.goes) {
        const bool surplus = !swaps || id != replacement.goes.front();
        if (surplus && !disabler().unlink(id, cause)) {
            return false;
        }
    }
    // cgid works under every MPM, while cgi must not fork a server that has threads: so it is cgid that meets the MPM
    // for which it is not meant, and cgi is there only while no threaded MPM is.
    const bool new_mpm = swaps || !replacement.goes.empty() || builder_.state(comes).link != LinkState::OK;
    const bool threaded = is_threaded(builder_.entry(comes));
    if (new_mpm && threaded) {
        switch_variant(replacement);
    }
    if (swaps && !disabler().unlink(replacement.goes.front(), cause, false)) {
        return false;
    }
    if (!plan_links(builder_, comes, {}, swaps ? replacement.goes.front() : NO_ENTRY)) {
        return false;
    }
    if (new_mpm && !threaded) {
        switch_variant(replacement);
    }
    return true;
}

/// Removes what is left of an MPM that is not there any more, or of which only the configuration is.
void Switcher::remove_left_over(EntryId id, EntryId because) {
    const Entry & entry = builder_.entry(id);
    PlanBuilder::State state = builder_.state(id);
    std::vector<Operation> operations;
    const auto remove = [&](bool conf) {
        append_disabling(builder_.catalog(), entry, conf, operations);
        builder_.note_change(
            {.code = NoticeCode::DANGLING_LINK_REMOVED, .subject = entry.name, .path = operations.back().path});
    };
    if (state.conf_link == LinkState::DANGLING) {
        remove(true);
        state.conf_link = LinkState::ABSENT;
    } else if (state.conf_link != LinkState::ABSENT && state.conf_link != LinkState::REAL_FILE) {
        append_disabling(builder_.catalog(), entry, true, operations);
        builder_.note_change({.code = NoticeCode::REMOVING_STALE_CONF, .subject = entry.name});
        state.conf_link = LinkState::ABSENT;
    }
    const bool dangling = state.link == LinkState::DANGLING;
    if (dangling) {
        remove(false);
        state.link = LinkState::ABSENT;
    }
    builder_.set(id, state);
    builder_.request_reload();
    builder_.add_step(dangling ? StepCode::REMOVE_DANGLING : StepCode::REMOVE_CONF, id,
                      {Reason::REPLACED, builder_.entry(because).name, {}}, std::move(operations));
}

/// Puts cgid in the place of cgi under a threaded MPM, and the other way round, where nothing is in the way: else both
/// stay as they are, which is never an obstacle.
void Switcher::switch_variant(const Replacement & replacement) {
    const bool threaded = is_threaded(builder_.entry(replacement.comes));
    const EntryId goes = builder_.catalog().find(Kind::MODULE, threaded ? NONTHREADED_VARIANT : THREADED_VARIANT);
    const EntryId comes = builder_.catalog().find(Kind::MODULE, threaded ? THREADED_VARIANT : NONTHREADED_VARIANT);
    if (goes == NO_ENTRY || comes == NO_ENTRY || !can_switch_variant(goes, comes, replacement)) {
        return;
    }
    const std::string & old_name = builder_.entry(goes).name;
    const std::string & new_name = builder_.entry(comes).name;
    builder_.note_change({.code = NoticeCode::VARIANT_SWITCHED, .subject = old_name, .object = new_name});
    disabler().unlink(goes, {Reason::REPLACED, new_name, {}}, false);
    plan_links(builder_, comes, {Reason::VARIANT, old_name, {}}, goes);
}

/// Whether one variant can take the place of the other when the MPM is the new one.
bool Switcher::can_switch_variant(EntryId goes, EntryId comes, const Replacement & replacement) {
    const Entry & old_one = builder_.entry(goes);
    const Entry & new_one = builder_.entry(comes);
    const auto removable = [](LinkState state) { return state == LinkState::OK || state == LinkState::FOREIGN; };
    const auto free = [](LinkState state) { return state == LinkState::ABSENT || state == LinkState::DANGLING; };
    const PlanBuilder::State & old_state = builder_.state(goes);
    const PlanBuilder::State & new_state = builder_.state(comes);
    if (old_one.obstacle || new_one.obstacle || !removable(old_state.link) ||
        (old_one.has_conf && old_state.conf_link == LinkState::REAL_FILE) || !new_one.available ||
        !free(new_state.link) ||
        (new_one.has_conf && !free(new_state.conf_link) && new_state.conf_link != LinkState::OK)) {
        return false;
    }
    const auto unreadable = [](const Diagnostic & diagnostic) {
        return diagnostic.code == DiagnosticCode::UNREADABLE || diagnostic.code == DiagnosticCode::NOT_A_FILE;
    };
    if (std::any_of(new_one.facts.diagnostics.begin(), new_one.facts.diagnostics.end(), unreadable)) {
        return false;
    }
    for (const Reference & reference : new_one.facts.depends) {
        const EntryId id = builder_.catalog().find(Kind::MODULE, reference.name);
        if (id == NO_ENTRY || id == goes || !builder_.enabled(id) || contains(replacement.goes, id)) {
            return false;
        }
    }
    for (EntryId id = 0; id < builder_.catalog().entries.size(); ++id) {
        const Entry & other = builder_.entry(id);
        const bool matters = builder_.enabled(id) || id == replacement.comes;
        if (other.kind != Kind::MODULE || id == goes || id == comes || !matters) {
            continue;
        }
        // What goes along may still need the old variant now, but need not bear the new one for long.
        const FileFacts & facts = other.enabled_file_facts();
        const bool excludes = !contains(replacement.goes, id) && (names_module(facts.conflicts, new_one.name) ||
                                                                  names_module(new_one.facts.conflicts, other.name));
        if (excludes || names_module(facts.depends, old_one.name)) {
            return false;
        }
    }
    return true;
}

}  // namespace confgraph::core

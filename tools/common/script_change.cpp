// SPDX-License-Identifier: Apache-2.0
#include "common/script_change.hpp"

#include "common/change.hpp"
#include "common/error_text.hpp"
#include "common/notice_text.hpp"
#include "common/services.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace tool {

using confgraph::Action;
using confgraph::Catalog;
using confgraph::CommitOptions;
using confgraph::Decision;
using confgraph::Entry;
using confgraph::Error;
using confgraph::ErrorCode;
using confgraph::JournalState;
using confgraph::Kind;
using confgraph::Layout;
using confgraph::Lock;
using confgraph::Notice;
using confgraph::NoticeCode;
using confgraph::Plan;
using confgraph::Reason;
using confgraph::Request;
using confgraph::Severity;
using confgraph::Step;
using confgraph::StepCode;

namespace {

/// The shell function that asks.
std::string_view function(Action action) { return action == Action::SWITCH ? "apache2_switch_mpm" : "apache2_invoke"; }

std::string_view long_word(Kind kind) { return kind == Kind::CONF ? "configuration" : confgraph::word(kind); }

/// What a name stands for, as the programs take it.
std::string entry_name(const CallName & call, std::string_view name) {
    for (const std::string_view end : {".load", ".conf"}) {
        if (name.ends_with(end)) {
            name.remove_suffix(end.size());
            break;
        }
    }
    if (call.action != Action::SWITCH || name.starts_with("mpm_")) {
        return std::string(name);
    }
    return "mpm_" + std::string(name);
}

}  // namespace

ScriptChange::ScriptChange(const CallName & call, const ChangeOptions & options, ScriptCall script, Output & output)
    : call_(call), options_(options), script_(std::move(script)), answer_(output) {}

int ScriptChange::run() {
    auto layout = Layout::from_environment(call_.place);
    if (!layout) {
        return fail(layout.error());
    }
    layout_ = std::move(layout).value();
    std::vector<std::string> names;
    names.reserve(options_.names.size());
    for (const std::string & name : options_.names) {
        names.push_back(entry_name(call_, name));
    }
    const auto catalog = Catalog::read_names(*layout_, call_.kind, names);
    if (!catalog) {
        return fail(catalog.error());
    }
    std::vector<std::string> changing;
    for (const std::string & name : names) {
        if (acts_on(script_.script, name, catalog.value().find(call_.kind, name))) {
            changing.push_back(name);
        }
    }
    const int status = changing.empty() ? DONE : change(std::move(changing));
    // What an earlier call did, the server has learned of then.
    if (asks_) {
        script_.asked = true;
        answer_.asked();
        answer_.server_action(script_, *layout_, tested_);
    }
    return refused_ ? FAILED : status;
}

bool ScriptChange::acts_on(const confgraph::MaintainerScript & script, const std::string & name,
                           const std::optional<Entry> & entry) {
    const std::string shown = confgraph::escape(name);
    const std::string mpm = confgraph::escape(confgraph::mpm_name(name));
    const bool switching = call_.action == Action::SWITCH;
    // A maintainer script names its own entries: whatever lies beside them is not for it to touch.
    if (!confgraph::is_entry_name(name) || name.find_first_of("*?[{") != std::string::npos) {
        answer_.message(
            "err", "",
            fmt::format("{}: '{}' is no name of a {}", function(call_.action), shown, long_word(call_.kind)));
        refused_ = true;
        return false;
    }
    if (switching && (!entry || !entry->available())) {
        answer_.message("err", "apache2_switch_mpm: ", fmt::format("MPM {} not found", mpm));
        refused_ = true;
        return false;
    }
    switch (script.decide(call_.action, entry)) {
        case Decision::ENABLE:
        case Decision::DISABLE:
            return true;
        case Decision::PURGE:
            purge_ = true;
            return true;
        case Decision::PURGE_STATE:
            info(fmt::format("apache2_invoke {}: Purging state for {}", script.name(), shown));
            purge_ = true;
            return true;
        case Decision::ENABLED:
            if (switching) {
                info(fmt::format("apache2_switch_mpm {}: No action required", mpm));
            } else {
                tell_enabled(name);
            }
            return false;
        case Decision::KEEP_DISABLED:
            if (switching) {
                info(fmt::format("apache2_switch_mpm {}: Has been disabled manually, not changing", mpm));
                refused_ = true;
            } else {
                info(fmt::format("apache2_invoke {}: no action - {} was disabled by local admin", shown,
                                 long_word(call_.kind)));
            }
            return false;
        case Decision::NOT_ENABLED:
        case Decision::NOT_IN_UPGRADE:
            info(fmt::format("apache2_invoke {} {}: No action required", shown, script.name()));
            return false;
    }
    return false;
}

int ScriptChange::change(std::vector<std::string> names) {
    const Request request = Request(call_.action, call_.kind, std::move(names))
                                .with_force(call_.action == Action::DISABLE)
                                .with_maintmode(!purge_)
                                .with_purge(purge_);
    std::optional<Lock> lock = Lock::try_take(*layout_);
    const auto catalog = Catalog::read_for(*layout_, request);
    if (!catalog) {
        return fail(catalog.error());
    }
    if (call_.action == Action::SWITCH) {
        for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
            if (entry.is_mpm() && entry.enabled()) {
                current_mpm_ = confgraph::escape(confgraph::mpm_name(entry.name()));
            }
        }
    }
    const Plan plan = confgraph::plan(catalog.value(), request);
    if (plan.steps().empty() && catalog.value().journal() == JournalState::NONE) {
        lock.reset();
        tell(plan, request, catalog.value());
        return DONE;
    }
    const auto outcome = confgraph::commit(*layout_, plan, commit_options(*lock));
    // Nobody else has to wait till all is said.
    lock.reset();
    if (!outcome) {
        return fail(outcome.error());
    }
    tested_ = outcome.value().test() == confgraph::TestResult::PASSED;
    tell(outcome.value().plan(), request, catalog.value());
    for (const Error & problem : outcome.value().problems()) {
        answer_.message("warning", fmt::format("{}: ", function(call_.action)), problem_text(problem));
    }
    return DONE;
}

CommitOptions ScriptChange::commit_options(const Lock & lock) const {
    const CommitOptions options = CommitOptions()
                                      .with_sync(!options_.no_sync)
                                      .with_wait(options_.wait, {})
                                      .with_test(call_.action == Action::SWITCH && !options_.no_test);
    return lock.held() ? options.with_lock(lock) : options;
}

void ScriptChange::tell(const Plan & plan, const Request & request, const Catalog & catalog) {
    for (const Step & step : plan.steps()) {
        tell_step(step);
    }
    for (const confgraph::Unit & unit : plan.units()) {
        // Another module stands for this one with the MPM that there is.
        if (call_.action == Action::ENABLE && unit.state() == confgraph::UnitState::NOTHING_TO_DO) {
            tell_enabled(unit.name());
        }
    }
    std::string words;
    Output collected(words);
    NoticeText text(call_, *layout_, catalog, request, true, collected);
    for (const Notice & notice : plan.notices()) {
        // Markers of what does not exist any more can be purged.
        const bool harmless = purge_ && notice.code() == NoticeCode::NOT_FOUND;
        if (notice.code() == NoticeCode::EXTERNAL_SERVICE) {
            Output services(true);
            switch_htcacheclean(call_, service_action(call_, plan, notice.subject()), true, services);
        } else if (notice.severity() >= Severity::WARNING && !harmless) {
            text.print(notice);
        }
    }
    collected.flush();
    // A file that somebody put in the place of a link must not keep a package from being removed.
    const bool refused = plan.refused() && call_.action != Action::DISABLE;
    answer_.message(refused ? "err" : "warning", fmt::format("{}: ", function(call_.action)), words);
    if (refused) {
        refused_ = true;
        tell_stays();
    }
}

void ScriptChange::tell_enabled(std::string_view name) {
    asks_ = true;
    info(fmt::format("apache2_invoke {}: already enabled", confgraph::escape(name)));
}

void ScriptChange::tell_step(const Step & step) {
    const std::string name = confgraph::escape(step.name());
    switch (step.code()) {
        case StepCode::ENABLE:
        case StepCode::ENABLE_CONF:
            asks_ = true;
            if (call_.action == Action::SWITCH && step.reason() == Reason::REQUESTED) {
                info(fmt::format("apache2_switch_mpm Switch to {}", confgraph::mpm_name(name)));
            } else {
                info(fmt::format("{}: Enable {} {}", function(call_.action), long_word(call_.kind), name));
            }
            break;
        case StepCode::DISABLE:
        case StepCode::REMOVE_CONF:
        case StepCode::REMOVE_DANGLING:
            if (call_.action == Action::DISABLE) {
                asks_ = true;
                info(fmt::format("apache2_invoke {}: {} {} {}", script_.script.name(), purge_ ? "Purging" : "Disable",
                                 long_word(call_.kind), name));
            }
            break;
        case StepCode::PURGE:
            break;
    }
}

int ScriptChange::fail(const Error & error) {
    const std::string prefix = fmt::format("{}: ", function(call_.action));
    answer_.message("err", prefix, error_text(error, call_.place.root()));
    if (error.code() == ErrorCode::SERVER_REFUSED) {
        answer_.message("err", prefix, error.text());
    }
    tell_stays();
    return FAILED;
}

void ScriptChange::tell_stays() {
    if (call_.action == Action::SWITCH) {
        answer_.message("warning", "",
                        fmt::format("apache2_switch_mpm Switch to {} failed. {}",
                                    confgraph::escape(confgraph::mpm_name(entry_name(call_, options_.names.front()))),
                                    current_mpm_.empty() ? "Nothing was changed" : current_mpm_ + " stays enabled"));
    }
}

void ScriptChange::info(std::string_view text) { answer_.message("info", "", text); }

}  // namespace tool

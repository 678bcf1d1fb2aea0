// SPDX-License-Identifier: Apache-2.0
#include "common/change.hpp"

#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"
#include "common/notice_text.hpp"
#include "common/outcome_text.hpp"
#include "common/plan_json.hpp"
#include "common/plan_text.hpp"
#include "common/services.hpp"
#include "common/suse_options.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <utility>

namespace tool {

using confgraph::Action;
using confgraph::Catalog;
using confgraph::CommitOptions;
using confgraph::ErrorCode;
using confgraph::JournalState;
using confgraph::Layout;
using confgraph::Lock;
using confgraph::Notice;
using confgraph::NoticeCode;
using confgraph::Outcome;
using confgraph::Plan;
using confgraph::Request;
using confgraph::Result;
using confgraph::Severity;
using confgraph::Step;
using confgraph::StepCode;

namespace {

bool tells_of(const Notice & notice, const Step & step) {
    return notice.subject() == step.name() &&
           (notice.code() == NoticeCode::ENABLING || notice.code() == NoticeCode::ENABLING_CONF ||
            notice.code() == NoticeCode::DISABLED || notice.code() == NoticeCode::REMOVING_STALE_CONF);
}

}  // namespace

Change::Change(const CallName & call, ChangeOptions options, Output & output)
    : call_(call), options_(std::move(options)), output_(output), questions_(output) {}

int Change::run() { return run(Layout::from_environment(call_.place)); }

int Change::run(Result<Layout> layout) {
    if (!layout) {
        return fail(layout.error());
    }
    layout_ = std::move(layout).value();
    call_.layout = layout_->name();
    if (const auto status = answer_as_suse()) {
        return *status;
    }
    if (options_.names.empty()) {
        if (const auto status = ask_names()) {
            return *status;
        }
    }
    return options_.dry_run ? show() : carry_out();
}

Request Change::request() const {
    return Request(call_.action, call_.kind, options_.names)
        .with_force(options_.force)
        .with_maintmode(options_.maintmode)
        .with_purge(options_.purge);
}

std::optional<int> Change::answer_as_suse() {
    const bool suse = layout_->name() == confgraph::LayoutName::SUSE && call_.kind == confgraph::Kind::MODULE &&
                      call_.action != Action::SWITCH;
    if (!suse) {
        if (options_.suse_list || options_.suse_disable) {
            output_.err("Unknown option: {}\n", options_.suse_list ? 'l' : 'd');
            return USAGE;
        }
        return std::nullopt;
    }
    if (options_.suse_list) {
        return list_as_suse(*layout_, output_);
    }
    if (options_.suse_disable) {
        call_.action = Action::DISABLE;
        return std::nullopt;
    }
    return options_.short_quiet && call_.action == Action::ENABLE && !options_.names.empty()
               ? std::optional(query_as_suse(*layout_, options_.names, output_))
               : std::nullopt;
}

std::optional<int> Change::ask_names() {
    const auto catalog = Catalog::read_for(*layout_, request());
    if (!catalog) {
        return fail(catalog.error());
    }
    auto names = questions_.ask_names(call_, catalog.value().choices());
    if (!names) {
        return finish(nullptr, nullptr, "no names given");
    }
    options_.names = std::move(*names);
    return options_.names.empty() ? std::optional(finish(nullptr, nullptr, {})) : std::nullopt;
}

Result<Plan> Change::make_plan(Progress & progress) {
    progress.begin(phrase("Reading the configuration"));
    auto catalog = Catalog::read_for(*layout_, request(), [&] { progress.go_on(); });
    if (!catalog) {
        return catalog.error();
    }
    catalog_ = std::move(catalog).value();
    return confgraph::plan(*catalog_, request());
}

int Change::show() {
    Progress progress({}, !options_.quiet);
    const auto plan = make_plan(progress);
    progress.hide();
    if (!plan) {
        return fail(plan.error());
    }
    if (const auto & problem = catalog_->journal_problem()) {
        output_.err("WARNING: {}\n", error_text(*problem, call_.place.root()));
    }
    print_notices(plan.value(), false);
    print_plan(call_, plan.value(), options_.explain, output_);
    return finish(&plan.value(), nullptr, {});
}

int Change::carry_out() {
    for (;;) {
        Progress progress({}, !options_.quiet);
        std::optional<Lock> lock = Lock::try_take(*layout_);
        // Whatever is said may have to wait for a terminal that is stopped. Nobody else is to wait for that.
        const auto let_go = [&] {
            lock.reset();
            progress.hide();
        };
        const auto made = make_plan(progress);
        if (!made) {
            let_go();
            return fail(made.error());
        }
        const Plan & plan = made.value();
        if (!is_confirmed(plan)) {
            let_go();
            if (!confirm(plan)) {
                return finish(&plan, nullptr, "not confirmed");
            }
        }
        if (plan.steps().empty() && catalog_->journal() == JournalState::NONE) {
            let_go();
            return tell(plan, nullptr);
        }
        // Before there is anything to count, it is the server that takes long.
        progress.begin(phrase("Waiting for the server to test the configuration"));
        const auto outcome = confgraph::commit(*layout_, plan, commit_options(lock, progress));
        let_go();
        if (outcome) {
            return tell(outcome.value().plan(), &outcome.value());
        }
        // What was confirmed is another thing now, or something has to be: everything begins again.
        confirmed_.clear();
        if (outcome.error().code() != ErrorCode::PLAN_CHANGED) {
            print_notices(plan, false);
            return fail(outcome.error(), &plan);
        }
    }
}

CommitOptions Change::commit_options(const std::optional<Lock> & lock, Progress & progress) {
    const auto waiting = [this, &progress](const std::string & holder) {
        if (!options_.quiet) {
            progress.hide();
            output_.err("Waiting for another command to finish ({})...\n", holder);
            output_.flush();
        }
    };
    const CommitOptions options =
        CommitOptions()
            .with_sync(!options_.no_sync)
            .with_wait(options_.wait, waiting)
            .with_progress([&](std::size_t done, std::size_t total) { progress.set(done, total); })
            .with_test(tests())
            .with_accept([this](const Plan & plan) { return may_go_unseen(plan); });
    return lock && lock->held() ? options.with_lock(*lock) : options;
}

bool Change::tests() const {
    // openSUSE's server reads which modules to load from a file that is made when it is started.
    return call_.action == Action::SWITCH && !options_.no_test && layout_->name() != confgraph::LayoutName::SUSE;
}

bool Change::may_go_unseen(const Plan & plan) const { return confirmed_.empty() && plan.confirmations().empty(); }

bool Change::is_confirmed(const Plan & plan) const {
    const auto & modules = plan.confirmations();
    return std::all_of(modules.begin(), modules.end(), [&](const std::string & module) {
        return std::find(confirmed_.begin(), confirmed_.end(), module) != confirmed_.end();
    });
}

bool Change::confirm(const Plan & plan) {
    for (const std::string & module : plan.confirmations()) {
        if (std::find(confirmed_.begin(), confirmed_.end(), module) != confirmed_.end()) {
            continue;
        }
        if (!questions_.confirm_essential(module)) {
            return false;
        }
        confirmed_.push_back(module);
    }
    return true;
}

int Change::tell(const Plan & plan, const Outcome * outcome) {
    if (outcome != nullptr && outcome->recovered() && !options_.quiet) {
        output_.err("NOTE: a change that was interrupted earlier was completed or taken back first\n");
    }
    print_notices(plan, true);
    if (outcome != nullptr) {
        print_outcome(*layout_, *outcome, options_.explain, output_);
    }
    if (plan.needs_reload() && !options_.quiet && call_.is_live()) {
        output_.out("To activate the new configuration, you need to run:\n  {}\n", reload_command(call_));
        if (!plan.services().empty()) {
            output_.out("  {}\n", htcacheclean_command(call_, service_action(call_, plan, plan.services().front())));
        }
    }
    if (outcome != nullptr) {
        print_problems(*outcome, output_);
    }
    return finish(&plan, outcome, {});
}

void Change::print_notices(const Plan & plan, bool changed) {
    const Request asked = request();
    NoticeText text(call_, *layout_, *catalog_, asked, options_.quiet, output_);
    // Notices that tell of a change come in the order of the steps they tell of; of some steps none tells.
    auto steps = options_.explain && changed ? plan.steps() : std::vector<Step>();
    std::erase_if(steps, [](const Step & step) {
        return step.code() == StepCode::REMOVE_DANGLING || step.code() == StepCode::PURGE;
    });
    std::size_t next_step = 0;
    for (const Notice & notice : plan.notices()) {
        if (notice.severity() == Severity::CHANGE && !changed && notice.code() != NoticeCode::THREADED_MPM) {
            continue;
        }
        if (notice.severity() == Severity::INFO && !changed) {
            continue;
        }
        if (notice.code() == NoticeCode::EXTERNAL_SERVICE) {
            switch_htcacheclean(call_, service_action(call_, plan, notice.subject()), options_.quiet, output_);
        } else {
            text.print(notice);
        }
        while (next_step < steps.size() && tells_of(notice, steps[next_step])) {
            print_reason(steps[next_step++], output_);
        }
    }
}

int Change::fail(const confgraph::Error & error, const Plan * plan) {
    const std::string text = error_text(error, call_.place.root());
    output_.err("ERROR: {}\n", text);
    if (error.code() == ErrorCode::SERVER_REFUSED) {
        refusal_ = error.text();
        output_.err("{}", indented(*refusal_));
        output_.err("HINT: correct that, or switch all the same with --no-test\n");
    }
    return finish(plan, nullptr, text);
}

int Change::finish(const Plan * plan, const Outcome * outcome, const std::string & error) {
    int status = DONE;
    if ((plan != nullptr && plan->refused()) || !error.empty()) {
        status = FAILED;
    } else if (outcome != nullptr && !outcome->problems().empty()) {
        status = UNSETTLED;
    }
    if (options_.json) {
        Json document = plan_document(call_, options_.dry_run, plan);
        document["outcome"] = outcome_document(outcome);
        if (refusal_) {
            document["outcome"]["test"] = "refused";
            document["outcome"]["test_output"] = text(*refusal_);
        }
        document["outcome"]["error"] = error.empty() ? Json() : text(error);
        document["outcome"]["exit_status"] = status;
        output_.document(dump(document));
    }
    return status;
}

}  // namespace tool

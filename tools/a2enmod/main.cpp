// SPDX-License-Identifier: Apache-2.0
#include "call_name.hpp"
#include "commit_error.hpp"
#include "common/arguments.hpp"
#include "common/output.hpp"
#include "notice_text.hpp"
#include "options.hpp"
#include "plan_json.hpp"
#include "plan_text.hpp"
#include "questions.hpp"
#include "services.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/text.hpp>
#include <confgraph/transaction.hpp>

#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace a2enmod {

using confgraph::Catalog;
using confgraph::Layout;
using confgraph::Notice;
using confgraph::NoticeCode;
using confgraph::Plan;
using confgraph::Request;
using confgraph::Severity;
using confgraph::Step;
using confgraph::StepCode;

namespace {

enum ExitStatus { DONE = 0, FAILED = 1, USAGE = 2 };

/// One call of the program, from the command line to the exit status.
class Call {
public:
    Call(CallName call, Options options, tool::Output & output)
        : call_(std::move(call)), options_(std::move(options)), output_(output), questions_(output) {}

    int run() {
        auto layout = Layout::from_environment(call_.instance);
        if (!layout) {
            return fail(layout.error());
        }
        if (options_.names.empty()) {
            const auto catalog = Catalog::read_for(layout.value(), request());
            if (!catalog) {
                return fail(catalog.error());
            }
            auto names = questions_.ask_names(call_, catalog.value().choices());
            if (!names) {
                return finish(nullptr, false, "no names given");
            }
            options_.names = std::move(*names);
            if (options_.names.empty()) {
                return finish(nullptr, false, {});
            }
        }
        const auto catalog = Catalog::read_for(layout.value(), request());
        if (!catalog) {
            return fail(catalog.error());
        }
        return carry_out(layout.value(), confgraph::plan(catalog.value(), request()));
    }

private:
    Request request() const {
        return Request(call_.action, call_.kind, options_.names)
            .with_force(options_.force)
            .with_maintmode(options_.maintmode)
            .with_purge(options_.purge);
    }

    int fail(const confgraph::Error & error, const Plan * plan = nullptr) {
        const std::string text = error_text(error);
        output_.err("ERROR: {}\n", text);
        return finish(plan, false, text);
    }

    int carry_out(const Layout & layout, const Plan & plan) {
        if (options_.dry_run) {
            print_notices(layout, plan, false);
            print_plan(call_, plan, options_.explain, output_);
            return finish(&plan, false, {});
        }
        for (const std::string & module : plan.confirmations()) {
            if (!questions_.confirm_essential(module)) {
                return finish(&plan, false, "not confirmed");
            }
        }
        if (!plan.steps().empty()) {
            const auto outcome = confgraph::Transaction(plan).commit();
            if (!outcome) {
                print_notices(layout, plan, false);
                return fail(outcome.error(), &plan);
            }
            operations_ = outcome.value().operations();
        }
        print_notices(layout, plan, true);
        if (plan.needs_reload() && !options_.quiet) {
            output_.out("To activate the new configuration, you need to run:\n  {}\n", reload_command(call_));
            if (!plan.services().empty()) {
                output_.out("  {}\n", htcacheclean_command(call_));
            }
        }
        return finish(&plan, !plan.steps().empty(), {});
    }

    /// Prints what there is to say; what tells of a change only if it was made.
    void print_notices(const Layout & layout, const Plan & plan, bool changed) {
        NoticeText text(call_, layout, options_.quiet, output_);
        // Notices that tell of a change come in the order of the steps they tell of; of some steps none tells.
        auto steps = options_.explain && changed ? plan.steps() : std::vector<confgraph::Step>();
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
                switch_htcacheclean(call_, options_.quiet, output_);
            } else {
                text.print(notice);
            }
            while (next_step < steps.size() && tells_of(notice, steps[next_step])) {
                print_reason(steps[next_step++], output_);
            }
        }
    }

    static bool tells_of(const Notice & notice, const Step & step) {
        return notice.subject() == step.name() &&
               (notice.code() == NoticeCode::ENABLING || notice.code() == NoticeCode::ENABLING_CONF ||
                notice.code() == NoticeCode::DISABLED || notice.code() == NoticeCode::REMOVING_STALE_CONF);
    }

    /// Prints the document, if one is asked for. There is no plan where it did not come to one.
    int finish(const Plan * plan, bool committed, const std::string & error) {
        const int status = (plan != nullptr && plan->refused()) || !error.empty() ? FAILED : DONE;
        if (options_.json) {
            tool::Json document = plan_document(call_, options_, plan);
            document["outcome"] = {{"committed", committed},
                                   {"operations", operations_},
                                   {"error", error.empty() ? tool::Json() : tool::text(error)},
                                   {"exit_status", status}};
            output_.document(tool::dump(document));
        }
        return status;
    }

    CallName call_;
    Options options_;
    tool::Output & output_;
    Questions questions_;
    std::size_t operations_ = 0;
};

int start(int argc, const char * const * argv, std::optional<Options> options, tool::Output & output) {
    const std::string_view name = tool::base_name(argc > 0 ? argv[0] : "a2enmod");
    if (!options) {
        return USAGE;
    }
    const auto call = parse_call_name(name);
    if (!call) {
        output.err("{} call name unknown\n", confgraph::escape(name));
        return USAGE;
    }
    if (options->help) {
        print_help(*call, output);
        return DONE;
    }
    if (options->version) {
        output.out("{} (confgraph) {}\n", confgraph::escape(name), confgraph::version());
        return DONE;
    }
    return Call(*call, std::move(*options), output).run();
}

int run(int argc, const char * const * argv) {
    tool::Output usage_output;
    auto options = parse_options(argc, argv, usage_output);
    usage_output.flush();
    tool::Output output(options && options->json);
    int status = start(argc, argv, std::move(options), output);
    if (const int error = output.flush(); error != 0) {
        output.err("ERROR: could not write to standard output: {}; what was to be done is done\n",
                   std::strerror(error));
        status = status == DONE ? FAILED : status;
    }
    return status;
}

}  // namespace

}  // namespace a2enmod

int main(int argc, char ** argv) {
    tool::prepare_descriptors();
    return tool::guarded([&] { return a2enmod::run(argc, argv); });
}

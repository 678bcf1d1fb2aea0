// SPDX-License-Identifier: Apache-2.0
#include "server_switch.hpp"

#include "common/change.hpp"
#include "common/command_line.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"
#include "common/notice_text.hpp"
#include "common/outcome_text.hpp"
#include "common/place.hpp"
#include "common/plan_json.hpp"
#include "common/plan_text.hpp"
#include "common/process.hpp"
#include "common/services.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/request.hpp>
#include <confgraph/text.hpp>
#include <confgraph/transaction.hpp>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace a2mpm {

using confgraph::Action;
using confgraph::Actor;
using confgraph::Catalog;
using confgraph::CommitOptions;
using confgraph::Done;
using confgraph::Entry;
using confgraph::escape;
using confgraph::Kind;
using confgraph::Layout;
using confgraph::Lock;
using confgraph::Plan;
using confgraph::Request;
using confgraph::Result;
using tool::Json;
using tool::phrase;

namespace {

using Command = std::vector<std::string>;

bool in_path(const std::string & program) {
    const char * path = std::getenv("PATH");
    for (std::string_view rest = path == nullptr ? "/usr/sbin:/usr/bin" : path; !rest.empty();) {
        const auto folder = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        if (!folder.empty() && ::access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

/// What makes the server's name lead to one server; nothing where there is no program for that.
std::vector<Command> commands_for(const Layout & layout, const std::string & server) {
    if (in_path("alternatives-manual") && in_path("alternatives-update")) {
        return {{"alternatives-manual", layout.server(), server}, {"alternatives-update"}};
    }
    if (in_path("update-alternatives")) {
        return {{"update-alternatives", "--set", layout.server().substr(layout.server().rfind('/') + 1), server}};
    }
    return {};
}

class Switch {
public:
    Switch(const tool::CallName & call, const tool::ChangeOptions & options, const Layout & layout,
           tool::Output & output)
        : call_(call),
          options_(options),
          layout_(layout),
          output_(output),
          asked_(confgraph::mpm_name(confgraph::undecorated(options.names.front()))) {}

    int run() {
        if (options_.maintmode) {
            return fail(
                phrase("--maintmode: which server alternatives choose has no marker that could say who switched; leave "
                       "that option out"));
        }
        if (!options_.dry_run && layout_.root().empty()) {
            auto lock = Lock::take(layout_, options_.wait, [this](const std::string & holder) {
                if (!options_.quiet) {
                    output_.err("Waiting for another command to finish ({})...\n", holder);
                    output_.flush();
                }
            });
            if (!lock) {
                return fail(lock.error());
            }
            lock_ = std::move(lock).value();
        }
        const auto catalog = Catalog::read_all_mpms(layout_);
        return catalog ? decide(catalog.value()) : fail(catalog.error());
    }

private:
    int decide(const Catalog & catalog) {
        std::optional<Entry> wanted;
        std::vector<std::string> mpms;
        std::vector<std::string> enabled;
        for (const Entry & entry : catalog.entries(Kind::MODULE)) {
            if (!entry.is_mpm()) {
                continue;
            }
            mpms.push_back(confgraph::mpm_name(entry.name()));
            if (mpms.back() == asked_) {
                wanted = entry;
            }
            if (entry.enabled()) {
                enabled.push_back(entry.name());
            }
        }
        if (!wanted) {
            const int status = fail(phrase("MPM {} does not exist!", escape(asked_)));
            if (mpms.empty()) {
                output_.err("HINT: There are no servers; each is a package of its own\n");
            } else {
                output_.err("HINT: There are {}; each is a package of its own\n", tool::words(mpms));
            }
            return status;
        }
        if (wanted->enabled()) {
            if (!options_.quiet) {
                output_.out("MPM {} already enabled\n", escape(asked_));
            }
            return finish(false, {});
        }
        if (tool::chosen_by_other_alternatives(layout_)) {
            return fail(phrase(
                "The MPM {} is the server {}, which alternatives choose, and those cannot be switched in another "
                "root; {}",
                escape(asked_), escape(wanted->file()), tool::other_alternatives_advice()));
        }
        const std::vector<std::string> needing = dependents(catalog, enabled);
        if (!needing.empty() && !options_.force) {
            const int status =
                fail(phrase("The following modules depend on {}: {}", tool::words(enabled), tool::words(needing)));
            output_.err("HINT: disable what you do not need, and try again, or have it disabled with --force\n");
            return status;
        }
        commands_ = commands_for(layout_, wanted->file());
        if (commands_.empty()) {
            return fail(phrase("There is no alternatives-update and no update-alternatives to choose {} with",
                               escape(wanted->file())));
        }
        if (!needing.empty()) {
            if (auto planned = plan_disabling(needing); !planned) {
                return fail(planned.error());
            }
            if (disabling_->refused()) {
                print_notices(disabling_call_, *disabling_catalog_, *disabling_request_, *disabling_);
                return fail(phrase("What depends on {} cannot be disabled", tool::words(enabled)));
            }
        }
        return options_.dry_run ? show() : carry_out(*wanted);
    }

    /// The enabled modules that declare to need one of the MPMs that go.
    static std::vector<std::string> dependents(const Catalog & catalog, const std::vector<std::string> & mpms) {
        std::vector<std::string> names;
        for (const Entry & entry : catalog.entries(Kind::MODULE)) {
            const auto depends = entry.depends();
            const bool needs = std::any_of(depends.begin(), depends.end(), [&](const confgraph::Reference & reference) {
                return std::find(mpms.begin(), mpms.end(), reference.name()) != mpms.end();
            });
            if (entry.enabled() && needs) {
                names.push_back(entry.name());
            }
        }
        return names;
    }

    /// Plans to disable modules, with all that depends on them.
    Result<Done> plan_disabling(const std::vector<std::string> & names) {
        disabling_call_.action = Action::DISABLE;
        disabling_request_ = Request(Action::DISABLE, Kind::MODULE, names).with_force(true);
        auto catalog = Catalog::read_for(layout_, *disabling_request_);
        if (!catalog) {
            return catalog.error();
        }
        disabling_catalog_ = std::move(catalog).value();
        disabling_ = confgraph::plan(*disabling_catalog_, *disabling_request_);
        return Done{};
    }

    void print_notices(const tool::CallName & call, const Catalog & catalog, const Request & request,
                       const Plan & plan) {
        tool::NoticeText text(call, layout_, catalog, request, options_.quiet, output_);
        for (const confgraph::Notice & notice : plan.notices()) {
            if (notice.code() != confgraph::NoticeCode::EXTERNAL_SERVICE) {
                text.print(notice);
            }
        }
    }

    int show() {
        if (disabling_) {
            tool::print_steps(disabling_call_, *disabling_, options_.explain, output_);
        }
        for (const Command & command : commands_) {
            output_.out("Would run: {}\n", tool::shell_words(command));
        }
        explain();
        return finish(false, {});
    }

    void explain() {
        if (options_.explain) {
            output_.out("    because it was asked for\n");
        }
    }

    int carry_out(const Entry & wanted) {
        // What needs the old server goes first: every server accepts a configuration without it.
        if (disabling_) {
            const auto committed =
                confgraph::commit(layout_, *disabling_, CommitOptions().with_lock(*lock_).with_sync(!options_.no_sync));
            if (!committed) {
                return fail(committed.error());
            }
            disabled_ = true;
            print_notices(disabling_call_, *disabling_catalog_, *disabling_request_, *disabling_);
            tool::print_problems(committed.value(), output_);
        }
        for (const Command & command : commands_) {
            // What it says is not part of a document.
            const auto status = tool::run(command, output_.text_to_stderr());
            if (!status || *status != 0) {
                return fail_switch(phrase("{} failed", tool::shell_words(command)));
            }
        }
        const auto catalog = Catalog::read_all_mpms(layout_);
        const auto now = catalog ? catalog.value().find(Kind::MODULE, wanted.name()) : std::nullopt;
        if (!now || !now->enabled()) {
            return fail_switch(phrase("{} does not lead to {} though {} succeeded", escape(layout_.server()),
                                      escape(wanted.file()), tool::shell_words(commands_.front())));
        }
        output_.out("Enabling MPM {}.\n", escape(asked_));
        explain();
        if (!options_.quiet) {
            output_.out("To activate the new configuration, you need to run:\n  {}\n", tool::reload_command(call_));
        }
        return finish(true, {});
    }

    /// Says what of the rest was done, which is taken back.
    int fail_switch(const std::string & text) {
        if (!disabled_) {
            return fail(phrase("{}; nothing else was changed", text));
        }
        const std::vector<std::string> left = enable_again();
        if (!left.empty()) {
            return fail(phrase("{}; what depends on the old MPM was disabled for that, and cannot be enabled again: {}",
                               text, tool::words(left)));
        }
        disabled_ = false;
        return fail(phrase("{}; what depends on the old MPM was disabled for that, and is enabled again", text));
    }

    /// Enables what was disabled, with the markers that it had. Gives what stays disabled.
    std::vector<std::string> enable_again() {
        std::vector<Entry> entries;
        for (const confgraph::Step & step : disabling_->steps()) {
            const auto entry = disabling_catalog_->find(Kind::MODULE, step.name());
            if (step.code() == confgraph::StepCode::DISABLE && entry && entry->enabled()) {
                entries.push_back(*entry);
            }
        }
        // What others need was disabled after them, and comes first. One request leaves markers of one kind.
        while (!entries.empty()) {
            const Actor actor = entries.back().enabled_by();
            const auto other = std::find_if(entries.rbegin(), entries.rend(),
                                            [&](const Entry & entry) { return entry.enabled_by() != actor; });
            std::vector<std::string> names;
            std::transform(entries.rbegin(), other, std::back_inserter(names),
                           [](const Entry & entry) { return entry.name(); });
            if (!enable(names, actor)) {
                break;
            }
            entries.erase(other.base(), entries.end());
        }
        std::vector<std::string> left;
        std::transform(entries.rbegin(), entries.rend(), std::back_inserter(left),
                       [](const Entry & entry) { return entry.name(); });
        return left;
    }

    /// Enables these and nothing else; says what is in the way.
    bool enable(const std::vector<std::string> & names, Actor actor) {
        tool::CallName call = call_;
        call.action = Action::ENABLE;
        const Request request = Request(Action::ENABLE, Kind::MODULE, names)
                                    .with_maintmode(actor == Actor::MAINT)
                                    .with_purge(actor == Actor::NOBODY);
        const auto catalog = Catalog::read_for(layout_, request);
        if (!catalog) {
            output_.err("ERROR: {}\n", tool::error_text(catalog.error(), layout_.root()));
            return false;
        }
        const Plan plan = confgraph::plan(catalog.value(), request);
        const auto steps = plan.steps();
        const bool exact = std::all_of(steps.begin(), steps.end(), [&](const confgraph::Step & step) {
            return std::find(names.begin(), names.end(), step.name()) != names.end();
        });
        if (plan.refused() || !exact) {
            print_notices(call, catalog.value(), request, plan);
            return false;
        }
        const auto committed =
            confgraph::commit(layout_, plan, CommitOptions().with_lock(*lock_).with_sync(!options_.no_sync));
        if (!committed) {
            output_.err("ERROR: {}\n", tool::error_text(committed.error(), layout_.root()));
            return false;
        }
        print_notices(call, catalog.value(), request, plan);
        tool::print_problems(committed.value(), output_);
        return true;
    }

    int fail(const confgraph::Error & error) { return fail(tool::error_text(error, layout_.root())); }

    int fail(const std::string & text) {
        output_.err("ERROR: {}\n", text);
        return finish(false, text);
    }

    int finish(bool changed, const std::string & error) {
        const int status = error.empty() ? tool::DONE : tool::FAILED;
        if (options_.json) {
            Json commands = Json::array();
            for (const Command & command : commands_) {
                commands.push_back(tool::texts(command));
            }
            Json document = tool::plan_document(call_, options_.dry_run, disabling_ ? &*disabling_ : nullptr);
            document["commands"] = std::move(commands);
            document["outcome"] = tool::outcome_document(nullptr);
            document["outcome"]["committed"] = changed || disabled_;
            document["outcome"]["error"] = error.empty() ? Json() : tool::text(error);
            document["outcome"]["exit_status"] = status;
            output_.document(tool::dump(document));
        }
        return status;
    }

    const tool::CallName & call_;
    const tool::ChangeOptions & options_;
    const Layout & layout_;
    tool::Output & output_;
    std::string asked_;
    std::vector<Command> commands_;
    std::optional<Lock> lock_;
    /// What is disabled along with the switch, and what that was planned from.
    tool::CallName disabling_call_ = call_;
    std::optional<Request> disabling_request_;
    std::optional<Catalog> disabling_catalog_;
    std::optional<Plan> disabling_;
    bool disabled_ = false;
};

}  // namespace

int switch_server(const tool::CallName & call, const tool::ChangeOptions & options, const Layout & layout,
                  tool::Output & output) {
    return Switch(call, options, layout, output).run();
}

}  // namespace a2mpm

// SPDX-License-Identifier: Apache-2.0
#include "io/transaction.hpp"

#include "core/error.hpp"
#include "core/planner.hpp"
#include "io/changer.hpp"
#include "io/journal_file.hpp"
#include "io/lock.hpp"
#include "io/recovery.hpp"
#include "io/scan.hpp"
#include "io/server_test.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

/// One change of the configuration: from the journal to its removal.
class Execution {
public:
    Execution(const FileReader & files, const core::Layout & layout, Kind kind, std::vector<core::Change> changes,
              const CommitSettings & settings)
        : files_(files),
          layout_(layout),
          settings_(settings),
          kind_(kind),
          changes_(std::move(changes)),
          changer_(layout, settings.sync) {}

    Result<core::Outcome> run() {
        auto decided = decide();
        if (!decided) {
            return decided.error();
        }
        if (auto made = make(); !made) {
            return take_back(made.error());
        }
        // The point of no return: from here on it is only seen to that this lasts.
        finish();
        outcome_.way = changer_.way();
        outcome_.obstacle = changer_.obstacle();
        return std::move(outcome_);
    }

private:
    /// Writes the journal, prepares what can be prepared, and has it tested. Afterwards the journal says what becomes
    /// of the change; nothing that the server reads was touched.
    Result<Done> decide() {
        const bool wanted = changer_.needs_copy(changes_);
        const bool copy = wanted && !changer_.copy_is_foreign();
        if (wanted && !copy) {
            changer_.go_without_copy();
        }
        const auto word = copy || settings_.test ? core::JournalWord::PENDING : core::JournalWord::FORWARD;
        auto created = JournalFile::create(layout_, {word, journal_folders(files_, layout_), changes_});
        if (!created) {
            return created.error();
        }
        journal_.emplace(std::move(created).value());
        auto done = Result<Done>(Done{});
        if (copy && settings_.sync && std::any_of(changes_.begin(), changes_.end(), core::is_file)) {
            // What files there are in a copy that somebody left is known from a journal that is whole.
            done = journal_->sync();
        }
        if (done && copy) {
            done = changer_.prepare(changes_);
        }
        if (done && settings_.test) {
            done = test_copy();
        }
        if (done && test_later_ && settings_.sync) {
            // One that says this has to be whole.
            done = journal_->sync();
        }
        if (done && word == core::JournalWord::PENDING) {
            done = journal_->set_word(test_later_ ? core::JournalWord::REVERSE : core::JournalWord::FORWARD);
        }
        // The copy has to last before it can take the folder's place. All in a row, so that the file system has to
        // write once.
        if (done && settings_.sync) {
            done = changer_.sync_copy();
        }
        if (done && settings_.sync) {
            done = journal_->sync();
        }
        if (!done) {
            return give_up(done.error());
        }
        return Done{};
    }

    /// Ends a change of which nothing was made. What cannot be cleaned up now, the next command does.
    Error give_up(const Error & error) {
        static_cast<void>(journal_->set_word(core::JournalWord::PENDING).ok());
        std::vector<std::string> left = error.not_undone();
        if (!discard_journal()) {
            left.push_back(journal_->path());
        }
        return with_left(error, std::move(left));
    }

    /// Cleans up and removes the journal of a change that was not made. Returns whether it is gone.
    bool discard_journal() {
        if (!changer_.clean_up() || !journal_->remove()) {
            return false;
        }
        // Else a power cut could bring the journal back, with a word of old.
        if (settings_.sync) {
            static_cast<void>(journal_->sync_folder().ok());
        }
        return true;
    }

    static Error with_left(const Error & error, std::vector<std::string> left) {
        return core::make_error({.code = error.code(),
                                 .path = error.path(),
                                 .system_error = error.system_error(),
                                 .not_undone = std::move(left),
                                 .line = error.line(),
                                 .text = error.text()});
    }

    Result<Done> make() {
        if (auto made = changer_.make(changes_, settings_.progress); !made) {
            return made;
        }
        if (!test_later_) {
            return Done{};
        }
        const ServerVerdict verdict = asked_server({});
        if (auto judged = judge(verdict, worked_before_); !judged) {
            return judged;
        }
        if (auto decided = journal_->set_word(core::JournalWord::FORWARD); !decided) {
            return decided;
        }
        return settings_.sync ? journal_->sync() : Result<Done>(Done{});
    }

    /// Restores what was there, after an error.
    Error take_back(const Error & error) {
        // Should this be interrupted in turn, the next command goes on with it.
        static_cast<void>(journal_->set_word(core::JournalWord::REVERSE).ok());
        if (settings_.sync) {
            static_cast<void>(journal_->sync().ok());
        }
        std::vector<std::string> left = error.not_undone();
        for (std::string & path : changer_.take_back()) {
            if (std::find(left.begin(), left.end(), path) == left.end()) {
                left.push_back(std::move(path));
            }
        }
        const bool lasting = !settings_.sync || changer_.sync();
        if (!left.empty() || !lasting || !discard_journal()) {
            left.push_back(journal_->path());
        }
        return with_left(error, std::move(left));
    }

    void finish() {
        changer_.settle(changes_);
        auto done = settings_.sync ? changer_.sync() : Result<Done>(Done{});
        if (!done) {
            outcome_.problems.push_back(done.error());
        }
        if (const auto cleaned = changer_.clean_up(); !cleaned) {
            outcome_.problems.push_back(cleaned.error());
        }
        // What is left to be done, the next command finds in the journal.
        if (!outcome_.problems.empty()) {
            return;
        }
        done = journal_->remove();
        // Should a power cut bring it back, all that it says is done, unless somebody has undone it since: a file
        // system keeps the order of the two, and two do not.
        if (done && settings_.sync && !journal_->shares_file_system(files_, layout_.of(kind_).enabled)) {
            done = journal_->sync_folder();
        }
        if (!done) {
            outcome_.problems.push_back(done.error());
        }
    }

    /// What the server says. Meanwhile there is nothing to count.
    ServerVerdict asked_server(const std::string & staged) const {
        return test_server(layout_, staged,
                           settings_.progress ? [this] { settings_.progress(0, 0); } : std::function<void()>());
    }

    /// Has the server test the copy. Where it cannot be shown the copy, it is asked after the change.
    Result<Done> test_copy() {
        if (changer_.way() != Way::EXCHANGE) {
            return prepare_late_test();
        }
        const ServerVerdict verdict = asked_server(changer_.staging().path());
        if (verdict.answer == ServerAnswer::NOT_PERMITTED) {
            return prepare_late_test();
        }
        const bool worked = verdict.answer == ServerAnswer::REFUSES && asked_server({}).answer == ServerAnswer::ACCEPTS;
        if (!changer_.staging().is_current()) {
            return core::make_error({.code = ErrorCode::CHANGED_MEANWHILE, .path = layout_.of(Kind::MODULE).enabled});
        }
        return judge(verdict, worked);
    }

    Result<Done> prepare_late_test() {
        const ServerAnswer answer = asked_server({}).answer;
        worked_before_ = answer == ServerAnswer::ACCEPTS;
        test_later_ = answer != ServerAnswer::NO_SERVER;
        if (!test_later_) {
            outcome_.test = TestResult::IMPOSSIBLE;
        }
        return Done{};
    }

    /// Takes down what the server said. A change is refused when it breaks what works.
    Result<Done> judge(const ServerVerdict & verdict, bool worked_before) {
        switch (verdict.answer) {
            case ServerAnswer::ACCEPTS:
                outcome_.test = TestResult::PASSED;
                break;
            case ServerAnswer::REFUSES:
                if (worked_before) {
                    return core::make_error({.code = ErrorCode::SERVER_REFUSED,
                                             .path = layout_.of(Kind::MODULE).enabled,
                                             .text = verdict.words});
                }
                outcome_.test = TestResult::BROKEN_BEFORE;
                outcome_.test_output = verdict.words;
                break;
            case ServerAnswer::NO_SERVER:
            case ServerAnswer::NOT_PERMITTED:
                outcome_.test = TestResult::IMPOSSIBLE;
                break;
        }
        return Done{};
    }

    const FileReader & files_;
    const core::Layout & layout_;
    const CommitSettings & settings_;
    Kind kind_;
    std::vector<core::Change> changes_;
    Changer changer_;
    std::optional<JournalFile> journal_;
    core::Outcome outcome_;
    bool test_later_ = false;
    bool worked_before_ = false;
};

/// Makes the plan anew, now that nobody else changes anything.
Result<std::shared_ptr<const core::Plan>> plan_again(const FileReader & files, const core::Layout & layout,
                                                     const std::shared_ptr<const core::Plan> & plan,
                                                     const CommitSettings & settings) {
    const auto catalog = scan_for(files, layout, plan->request);
    if (!catalog) {
        return catalog.error();
    }
    auto fresh = std::make_shared<const core::Plan>(core::make_plan(catalog.value(), plan->request));
    if (*fresh == *plan) {
        return plan;
    }
    if (settings.accept && !settings.accept(fresh)) {
        return core::make_error({.code = ErrorCode::PLAN_CHANGED, .path = layout.of(plan->request.kind).enabled});
    }
    return std::shared_ptr<const core::Plan>(std::move(fresh));
}

}  // namespace

Result<core::Outcome> commit(const FileReader & files, const core::Layout & layout,
                             std::shared_ptr<const core::Plan> plan, const CommitSettings & settings) {
    Descriptor lock;
    if (!settings.locked) {
        const bool nothing_to_do = plan->steps.empty() && !files.link_info(journal_path(files, layout));
        if (nothing_to_do) {
            return core::Outcome{.plan = std::move(plan)};
        }
        auto taken = take_lock(layout, settings.sync, settings.wait_limit, settings.waiting);
        if (!taken) {
            return taken.error();
        }
        lock = std::move(taken).value();
    }
    const auto recovered = recover(files, layout, settings.sync);
    if (!recovered) {
        return recovered.error();
    }
    if (!settings.locked) {
        auto fresh = plan_again(files, layout, plan, settings);
        if (!fresh) {
            return fresh.error();
        }
        plan = std::move(fresh).value();
    }
    core::Outcome outcome;
    if (!plan->steps.empty()) {
        auto changes = core::changes_of(*plan);
        if (!changes) {
            return changes.error();
        }
        auto executed = Execution(files, layout, plan->request.kind, std::move(changes).value(), settings).run();
        if (!executed) {
            return executed.error();
        }
        outcome = std::move(executed).value();
    }
    for (const core::Step & step : plan->steps) {
        outcome.operations += step.operations.size();
    }
    outcome.plan = std::move(plan);
    outcome.recovered = recovered.value();
    return outcome;
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios.hpp"
#include "tracer.hpp"
#include "tree.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crash {

/// What can be wrong.
enum Fault : std::size_t {
    TORN,      ///< the enabled entries are neither the old nor the new ones
    ZERO_MPM,  ///< no MPM is enabled, though one was
    MULTI_MPM,
    LEFTOVER,  ///< something lies where nothing should after the next command
    MARKER,    ///< markers do not agree with the links
    REFUSAL,   ///< the server refuses what it would read
    READER,    ///< a2query answers for something in between
    STATUS,    ///< exit status or error message do not fit what was done
    REPEAT,    ///< a second recovery changes something
    FAULTS,
};

extern const std::array<const char *, FAULTS> FAULT_NAMES;

struct Settings {
    std::string programs;       ///< the folder of the tools
    bool originals = false;     ///< they are Debian's: killed only, and a2query is not asked
    bool selftest = false;      ///< the tool is "faulty"
    bool full = false;          ///< all errors at every call of every scenario
    bool trace = false;         ///< list the calls of each scenario, and do nothing else
    std::size_t only = 0;       ///< only this call; 0: all
    std::size_t messages = 10;  ///< so many are printed for a scenario
};

/// What the workers of one scenario share.
struct Shared {
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> tried = 0;
    std::atomic<std::size_t> calls = 0;  ///< of the undisturbed command
    std::atomic<std::size_t> printed = 0;
    // How commands ended of which a call failed.
    std::atomic<std::size_t> done = 0;     ///< exit status 0
    std::atomic<std::size_t> refused = 0;  ///< 1
    std::atomic<std::size_t> told = 0;     ///< 3
    std::array<std::atomic<std::size_t>, FAULTS> faults = {};
};

/// One worker's part of one scenario, in a tree of its own.
class Trial {
public:
    /// The first worker is the one that complains about what all would find.
    Trial(const Settings & settings, const Scenario & scenario, const std::string & root, Shared & shared, bool first);

    /// Tries points until there is none left.
    void work();

private:
    struct Task {
        enum Kind { KILL, FAIL, RECOVER, UNDO } kind = KILL;
        std::size_t call = 0;
        int error = 0;
        bool harmless = false;  ///< the next command is another one, which needs nothing
    };
    enum class Wanted { OLD, NEW, EITHER };
    struct Answer {
        int status = 0;
        std::string out;
        std::string err;
        bool operator==(const Answer &) const = default;
    };

    [[nodiscard]] Command make_command(const Words & words) const;
    [[nodiscard]] Command command() const;
    [[nodiscard]] Command harmless() const;
    [[nodiscard]] std::vector<Answer> ask();
    bool accepted(const View & view);

    /// What is there. Commands that may change it go through the two below.
    const Snapshot & now();
    void restore();
    Run change(const Command & command);
    Run change_traced(const Command & command, const Disturbance & disturbance, bool keep_trace = false);
    /// A number for what is there, as far as it can make a difference to a command.
    [[nodiscard]] std::size_t state();
    /// Whether that was looked at before, in this state, and was right.
    [[nodiscard]] bool is_known(const std::string & what, std::size_t state) const;

    bool prepare();
    void plan_tasks();
    void perform(const Task & task);
    void kill(const Task & task);
    void fail(const Task & task);
    void recover(const Task & task);
    void undo(const Task & task);

    // What is looked at. Each reports what is wrong.
    void begin(const std::string & point);
    void report(Fault fault, const std::string & text);
    void judge_instant(Way way, bool with_server);
    void judge_readers();
    /// failed: the command that left it so, when a call of it failed.
    void judge_settled(Wanted wanted, const Run * failed = nullptr);
    /// twice: and once more, which should change nothing.
    void judge_next(bool harmless, Wanted wanted, bool twice);
    void judge_repeat(const Command & next, const std::string & which);
    void judge_failure(const Run & run, bool recovering);
    void compare(const Snapshot & now, const Snapshot & wanted, std::map<Fault, std::string> & faults) const;
    /// Whether there is nothing for the next command to recover, so that a reader sees just what is there.
    [[nodiscard]] bool is_settled();
    [[nodiscard]] bool may_stay(const std::string & path) const;

    const Settings & settings_;
    const Scenario & scenario_;
    Shared & shared_;
    bool first_;
    Tree tree_;

    View old_view_;
    View new_view_;
    View passing_view_;  ///< what is enabled for a moment: the new view, or one that is refused
    Snapshot new_;
    std::vector<Answer> old_answers_;
    std::vector<Answer> new_answers_;
    bool old_accepted_ = false;
    int again_status_ = 0;
    std::string usual_errors_;
    std::vector<Call> trace_;
    std::vector<Task> tasks_;
    std::map<View, bool> verdicts_;
    std::optional<Snapshot> now_;
    std::set<std::pair<std::string, std::size_t>> known_;  ///< what was right, and in which state

    std::string point_;
    std::array<bool, FAULTS> found_ = {};
};

}  // namespace crash

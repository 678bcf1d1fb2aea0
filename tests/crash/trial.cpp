// SPDX-License-Identifier: Apache-2.0
#include "trial.hpp"

#include "errors.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace crash {

const std::array<const char *, FAULTS> FAULT_NAMES = {
    "torn",          "zero-MPM",       "multi-MPM",       "leftovers", "disagreeing markers", "server refusals",
    "torn readings", "wrong statuses", "unstable repeats"};

namespace {

const std::string SERVER = "/usr/sbin/apache2";
/// Of many calls, all is looked at after each so many.
constexpr std::size_t MANY_STRIDE = 25;

void print(const std::string & text) {
    // In one piece, so that the lines of several workers do not mix.
    if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) {
        std::perror("standard output");
    }
}

std::vector<std::string> lines_of(const std::string & text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty()) {
            lines.push_back(line);
        }
    }
    return lines;
}

std::string quoted(const std::string & text) {
    std::string result = text.substr(0, 400);
    for (std::size_t at = 0; (at = result.find('\n', at)) != std::string::npos;) {
        result.replace(at, 1, " / ");
    }
    return "\"" + result + "\"";
}

/// The value a view has for a name; empty: none.
const std::string & value_of(const std::map<std::string, std::string> & map, const std::string & name) {
    static const std::string none;
    const auto found = map.find(name);
    return found == map.end() ? none : found->second;
}

/// The names whose values are neither those of one view nor those of the other.
std::vector<std::string> strangers(const std::map<std::string, std::string> & now,
                                   const std::map<std::string, std::string> & before,
                                   const std::map<std::string, std::string> & after, bool switching) {
    // What only one of them has, of names that only the other has.
    const auto targets_of_others = [](const std::map<std::string, std::string> & map,
                                      const std::map<std::string, std::string> & other) {
        std::set<std::string> targets;
        for (const auto & [name, target] : map) {
            if (other.count(name) == 0) {
                targets.insert(target);
            }
        }
        return targets;
    };
    const std::set<std::string> arriving = targets_of_others(after, before);
    const std::set<std::string> leaving = targets_of_others(before, after);
    std::set<std::string> names;
    for (const auto * map : {&now, &before, &after}) {
        for (const auto & [name, target] : *map) {
            names.insert(name);
        }
    }
    std::vector<std::string> result;
    for (const std::string & name : names) {
        const std::string & value = value_of(now, name);
        const bool known = value == value_of(before, name) || value == value_of(after, name);
        // A link that goes may first be re-pointed at what comes in its place, and then be renamed; likewise when that
        // is taken back.
        const bool switched = switching && ((after.count(name) == 0 && arriving.count(value) != 0) ||
                                            (before.count(name) == 0 && leaving.count(value) != 0));
        if (!known && !switched) {
            result.push_back(name + " is " + (value.empty() ? "missing" : value));
        }
    }
    return result;
}

std::string differences(const std::map<std::string, std::string> & now,
                        const std::map<std::string, std::string> & wanted) {
    std::string text;
    for (const auto & [name, target] : now) {
        text += value_of(wanted, name) == target ? "" : " +" + name;
    }
    for (const auto & [name, target] : wanted) {
        text += now.count(name) == 0 ? " -" + name : "";
    }
    return text;
}

bool is_link_place(const std::string & path) {
    for (const char * folder : {"conf/conf.modules.d/", "conf/conf.d/", "conf/sysconfig/"}) {
        if (path.starts_with(folder)) {
            return !path.substr(std::strlen(folder)).starts_with('.');
        }
    }
    for (const char * folder :
         {"conf/mods-enabled/", "conf/mods-chosen/", "conf/conf-enabled/", "conf/sites-enabled/"}) {
        if (path.starts_with(folder)) {
            const std::string name = path.substr(std::string(folder).size());
            return !name.starts_with('.') && (name.ends_with(".load") || name.ends_with(".conf"));
        }
    }
    return false;
}

bool is_marker_place(const std::string & path) {
    return path.starts_with("state/module/") || path.starts_with("state/conf/") || path.starts_with("state/site/");
}

/// What lies there for good once a command has run.
bool is_permanent(const std::string & path) { return path == "state/confgraph" || path == "state/confgraph/lock"; }

bool is_marker_folder(const std::string & path) {
    return path == "state/module" || path == "state/conf" || path == "state/site" ||
           (is_marker_place(path) && std::count(path.begin(), path.end(), '/') == 2);
}

/// The number of changes, with the identity of each thing.
std::string identity_changes(const Snapshot & before, const Snapshot & after) {
    std::string text;
    for (const auto & [path, node] : after) {
        const auto old = before.find(path);
        if (old == before.end()) {
            text += " +" + path;
        } else if (!old->second.same(node) || old->second.identity != node.identity) {
            text += " *" + (path.empty() ? "the tree's folder" : path);
        }
    }
    for (const auto & [path, node] : before) {
        text += after.count(path) == 0 ? " -" + path : "";
    }
    return text;
}

}  // namespace

Trial::Trial(const Settings & settings, const Scenario & scenario, const std::string & root, Shared & shared,
             bool first)
    : settings_(settings),
      scenario_(scenario),
      shared_(shared),
      first_(first),
      tree_(root, scenario.place, scenario.shape) {
    scenario_.setup(tree_);
    tree_.seal();
}

Command Trial::make_command(const Words & words) const {
    Command command;
    command.arguments = words;
    command.arguments.front() = settings_.programs + "/" + words.front();
    command.environment = tree_.environment();
    return command;
}

Command Trial::command() const {
    if (!settings_.originals) {
        return make_command(scenario_.command);
    }
    Command command;
    command.arguments = {"/bin/sh", "-c", scenario_.originals};
    command.environment = tree_.environment();
    command.environment["PATH"] = settings_.programs + ":" + command.environment["PATH"];
    return command;
}

Command Trial::harmless() const {
    return scenario_.shape == Shape::FILES ? make_command({scenario_.command[0], scenario_.command[1]})
                                           : make_command({"a2enmod", "-q", "alias"});
}

std::vector<Trial::Answer> Trial::ask() {
    std::vector<Answer> answers;
    if (settings_.originals) {
        return answers;
    }
    now_.reset();
    std::vector<Words> questions = scenario_.questions;
    if (!settings_.selftest && !scenario_.many && scenario_.shape == Shape::LINKS) {
        questions.insert(questions.begin(), {{"-M"}, {"-m"}});
    }
    for (Words words : questions) {
        words.insert(words.begin(), settings_.selftest                ? "faulty"
                                    : scenario_.shape == Shape::FILES ? scenario_.command[0]
                                                                      : "a2query");
        Command command = make_command(words);
        command.unprivileged = true;
        const Run answer = run(command);
        answers.push_back({answer.status, answer.out, answer.err});
    }
    return answers;
}

bool Trial::accepted(const View & view) {
    const auto known = verdicts_.find(view);
    if (known != verdicts_.end()) {
        return known->second;
    }
    Command server;
    server.arguments = {SERVER, "-t", "-d", tree_.conf(), "-f", tree_.conf() + "/apache2.conf"};
    server.environment = tree_.server_environment();
    const Run verdict = run(server);
    if (verdict.status == 127) {
        throw std::runtime_error(SERVER + " cannot be run");
    }
    return verdicts_[view] = verdict.status == 0;
}

const Snapshot & Trial::now() {
    if (!now_) {
        now_ = tree_.snapshot();
    }
    return *now_;
}

void Trial::restore() {
    tree_.restore(now());
    now_.reset();
}

Run Trial::change(const Command & command) {
    now_.reset();
    return run(command);
}

Run Trial::change_traced(const Command & command, const Disturbance & disturbance, bool keep_trace) {
    now_.reset();
    return run_traced(command, disturbance, keep_trace);
}

std::size_t Trial::state() {
    std::string text;
    std::map<std::uint64_t, std::size_t> files;
    for (const auto & [path, node] : now()) {
        // Which names stand for one file is a part of it, what number the file has is not.
        const std::size_t file = files.emplace(node.identity.inode, files.size()).first->second;
        text += path + '\0';
        for (const std::size_t number :
             {std::size_t{node.mode}, std::size_t{node.owner}, std::size_t{node.group}, file, node.content.size()}) {
            text += std::to_string(number) + ' ';
        }
        text += node.content;
    }
    return std::hash<std::string>()(text);
}

bool Trial::is_known(const std::string & what, std::size_t state) const {
    // In an overlay, whether something lies in the upper layer cannot be seen.
    return scenario_.place != Place::OVERLAY && known_.contains({what, state});
}

void Trial::begin(const std::string & point) {
    point_ = point;
    found_ = {};
    ++shared_.tried;
}

void Trial::report(Fault fault, const std::string & text) {
    if (!found_[fault]) {
        ++shared_.faults[fault];
    }
    found_[fault] = true;
    if (shared_.printed.fetch_add(1) < settings_.messages) {
        print("FAILED " + scenario_.name + ", " + point_ + ": " + FAULT_NAMES[fault] + ": " + text.substr(0, 700) +
              "\n");
    }
}

bool Trial::prepare() {
    point_ = "undisturbed";
    old_view_ = tree_.view();
    old_answers_ = ask();
    old_accepted_ = accepted(old_view_);
    std::vector<std::pair<Fault, std::string>> faults;
    if (old_accepted_ == scenario_.broken) {
        faults.emplace_back(REFUSAL, old_accepted_ ? "the server accepts the start" : "the server refuses the start");
    }
    const Run done = change_traced(command(), {}, true);
    new_view_ = tree_.view();
    new_ = now();
    trace_ = done.trace;
    usual_errors_ = done.err;
    shared_.calls = done.calls;
    if (done.status != scenario_.status || done.hung) {
        faults.emplace_back(STATUS, done.end() + ", stderr " + quoted(done.err));
    }
    for (const std::string & path : scenario_.brings) {
        if (new_.count(path) == 0 || tree_.initial().count(path) != 0) {
            faults.emplace_back(TORN, "the command does not bring " + path);
        }
    }
    for (const std::string & path : scenario_.removes) {
        if (new_.count(path) != 0 || tree_.initial().count(path) == 0) {
            faults.emplace_back(TORN, "the command does not remove " + path);
        }
    }
    if (scenario_.status == 0 && done.calls == 0) {
        faults.emplace_back(TORN, "the command changes nothing");
    }
    for (const auto & [path, node] : new_) {
        if (tree_.initial().count(path) == 0 && !is_link_place(path) && !is_marker_place(path) && !is_permanent(path)) {
            faults.emplace_back(LEFTOVER, path);
        }
    }
    if (scenario_.status == 0 && !settings_.selftest && (new_view_.mpms().size() != 1 || !accepted(new_view_))) {
        faults.emplace_back(REFUSAL, "the server refuses what the command makes");
    }
    new_answers_ = ask();
    passing_view_ = new_view_;
    if (scenario_.status != 0 && scenario_.way == Way::ORDERED) {
        // What is refused is done first: where there is no copy to test, the server is asked afterwards.
        restore();
        Command untested = command();
        untested.arguments.emplace_back("--no-test");
        change(untested);
        passing_view_ = tree_.view();
        restore();
    }
    const Run again = change(command());
    again_status_ = again.status;
    if (again.status != scenario_.status && !settings_.originals) {
        faults.emplace_back(STATUS, "once more: " + again.end() + ", stderr " + quoted(again.err));
    }
    if (!tree_.available_untouched()) {
        faults.emplace_back(TORN, "available files were changed");
    }
    if (first_) {
        found_ = {};
        for (const auto & [fault, text] : faults) {
            report(fault, text);
        }
    }
    return faults.empty();
}

void Trial::plan_tasks() {
    const auto wanted = [&](std::size_t call) { return settings_.only == 0 || settings_.only == call; };
    if (scenario_.manner != Manner::POINTS) {
        const std::size_t stride = settings_.full ? 1 : scenario_.stride;
        for (std::size_t call = 1; call <= trace_.size(); ++call) {
            const bool due = settings_.only == 0 ? call % stride == 0 : call == settings_.only;
            // An exchange is always looked at: most depends on it.
            if (!due && !(settings_.only == 0 && trace_[call - 1].text.find("RENAME_EXCHANGE") != std::string::npos)) {
                continue;
            }
            if (scenario_.manner == Manner::RECOVERY) {
                tasks_.push_back({Task::RECOVER, call, 0, false});
                continue;
            }
            tasks_.push_back({Task::UNDO, call, EIO, false});
            if (trace_[call - 1].name == "renameat2") {
                tasks_.push_back({Task::UNDO, call, EXDEV, false});
            }
        }
        return;
    }
    for (std::size_t call = 1; call <= trace_.size(); ++call) {
        if (!wanted(call)) {
            continue;
        }
        const bool both = !scenario_.many || settings_.full;
        if (both || call % 2 == 0) {
            tasks_.push_back({Task::KILL, call, 0, false});
        }
        if (settings_.originals) {
            continue;
        }
        if (!settings_.selftest && (both || call % 2 != 0)) {
            tasks_.push_back({Task::KILL, call, 0, true});
        }
        if (!both && settings_.only == 0 && call % 2 == 0) {
            continue;
        }
        const std::vector<int> errors = errors_of(trace_[call - 1]);
        for (std::size_t i = 0; i < errors.size(); ++i) {
            if (both || call / 2 % errors.size() == i) {
                tasks_.push_back({Task::FAIL, call, errors[i], false});
            }
        }
    }
}

void Trial::work() {
    if (!prepare()) {
        return;
    }
    if (settings_.trace) {
        for (std::size_t i = 0; first_ && i < trace_.size(); ++i) {
            print(scenario_.name + " " + std::to_string(i + 1) + " " + trace_[i].text + "\n");
        }
        return;
    }
    plan_tasks();
    for (std::size_t next = 0; (next = shared_.next.fetch_add(1)) < tasks_.size();) {
        perform(tasks_[next]);
    }
    restore();
    if (!tree_.available_untouched()) {
        report(TORN, "available files were changed");
    }
}

void Trial::perform(const Task & task) {
    switch (task.kind) {
        case Task::KILL:
            kill(task);
            break;
        case Task::FAIL:
            fail(task);
            break;
        case Task::RECOVER:
            recover(task);
            break;
        case Task::UNDO:
            undo(task);
            break;
    }
}

void Trial::kill(const Task & task) {
    restore();
    const Run killed = change_traced(command(), {0, 0, task.call});
    begin("killed at " + std::to_string(task.call) + " " + killed.hit.text +
          (task.harmless ? ", then another command" : ", then the same again"));
    if (!killed.killed && killed.status != scenario_.status) {
        report(STATUS, killed.end() + ", stderr " + quoted(killed.err));
    }
    const bool all = !scenario_.many || task.call % MANY_STRIDE == 0;
    judge_instant(scenario_.way, all);
    judge_readers();
    judge_next(task.harmless, task.harmless ? Wanted::EITHER : Wanted::NEW, all);
}

void Trial::fail(const Task & task) {
    restore();
    const Run failed = change_traced(command(), {task.call, task.error, 0});
    begin(error_name(task.error) + " at " + std::to_string(task.call) + " " + failed.hit.text);
    judge_failure(failed, false);
    judge_instant(scenario_.way, false);
    if (!is_settled()) {
        judge_readers();
    }
    judge_next(false, Wanted::NEW, false);
}

void Trial::recover(const Task & task) {
    const std::string before = "killed at " + std::to_string(task.call) + " ";
    for (std::size_t call = 1;; ++call) {
        restore();
        const Run first = change_traced(command(), {0, 0, task.call});
        const Run second = change_traced(command(), {0, 0, call});
        begin(before + first.hit.text + ", next one killed at " + std::to_string(call) + " " + second.hit.text);
        if (!second.killed && second.status != scenario_.status) {
            report(STATUS, second.end() + ", stderr " + quoted(second.err));
        }
        judge_instant(scenario_.way, true);
        judge_readers();
        judge_next(false, Wanted::NEW, true);
        if (!second.killed) {
            return;
        }

        restore();
        change_traced(command(), {0, 0, task.call});
        const Run failed = change_traced(command(), {call, EIO, 0});
        begin(before + first.hit.text + ", next one EIO at " + std::to_string(call) + " " + failed.hit.text);
        judge_failure(failed, true);
        judge_instant(scenario_.way, true);
        if (!is_settled()) {
            judge_readers();
        }
        judge_next(false, Wanted::NEW, false);
    }
}

void Trial::undo(const Task & task) {
    for (std::size_t call = task.call + 1;; ++call) {
        restore();
        const Run killed = change_traced(command(), {task.call, task.error, call});
        if (!killed.killed) {
            return;
        }
        begin(error_name(task.error) + " at " + std::to_string(task.call) + " " + trace_[task.call - 1].text +
              ", then killed at " + std::to_string(call) + " " + killed.hit.text);
        const bool other_way = scenario_.way == Way::EXCHANGE && means_impossible(trace_[task.call - 1], task.error);
        judge_instant(other_way ? Way::ORDERED : scenario_.way, true);
        judge_readers();
        judge_next(false, Wanted::NEW, true);
    }
}

void Trial::judge_instant(Way way, bool with_server) {
    const View now = tree_.view();
    const std::size_t count = now.mpms().size();
    const std::size_t before = old_view_.mpms().size();
    const std::size_t after = new_view_.mpms().size();
    if (count < std::min(before, after)) {
        report(ZERO_MPM, "right after it");
    }
    if (count > std::max(before, after)) {
        report(MULTI_MPM, "right after it");
    }
    if (way == Way::EXCHANGE && now.modules != old_view_.modules && now.modules != new_view_.modules) {
        report(TORN, "right after it, against the old set:" + differences(now.modules, old_view_.modules) +
                         ", against the new one:" + differences(now.modules, new_view_.modules));
    }
    const bool switching = way == Way::ORDERED;
    const bool passes_by = passing_view_ != new_view_;
    for (const auto & names : {strangers(now.modules, old_view_.modules, passing_view_.modules, switching),
                               strangers(now.confs, old_view_.confs, new_view_.confs, false),
                               strangers(now.sites, old_view_.sites, new_view_.sites, false)}) {
        if (!names.empty()) {
            report(TORN, "right after it, " + names.front());
        }
    }
    if (with_server && old_accepted_ && !passes_by && !accepted(now)) {
        report(REFUSAL, "right after it, against the old set:" + differences(now.modules, old_view_.modules));
    }
}

void Trial::judge_readers() {
    const std::size_t before = state();
    if (is_known("readers", before)) {
        return;
    }
    const std::vector<Answer> answers = ask();
    if (answers == old_answers_ || answers == new_answers_) {
        known_.insert({"readers", before});
        return;
    }
    std::string text = "a2query answers";
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const bool is_old = answers[i] == old_answers_[i];
        const bool is_new = answers[i] == new_answers_[i];
        text += is_old && is_new ? " [as ever]"
                : is_old         ? " [as before]"
                : is_new         ? " [as after]"
                                 : " [" + std::to_string(answers[i].status) + " " + quoted(answers[i].out) + " " +
                               quoted(answers[i].err) + "]";
    }
    report(READER, text);
}

bool Trial::is_settled() {
    return std::none_of(now().begin(), now().end(), [](const auto & one) {
        return one.first.starts_with("state/confgraph/") && !is_permanent(one.first);
    });
}

bool Trial::may_stay(const std::string & path) const {
    // An empty folder of markers says nothing.
    return is_permanent(path) || is_marker_folder(path);
}

void Trial::compare(const Snapshot & now, const Snapshot & wanted, std::map<Fault, std::string> & faults) const {
    const auto add = [&](const std::string & path, const std::string & what) {
        const Fault fault = is_link_place(path) ? TORN : is_marker_place(path) ? MARKER : LEFTOVER;
        std::string & text = faults[fault];
        if (text.size() < 300) {
            text += (text.empty() ? "" : ", ") + (path.empty() ? "the folder" : path) + " " + what;
        } else if (!text.ends_with("...")) {
            text += " ...";
        }
    };
    for (const auto & [path, node] : now) {
        const auto expected = wanted.find(path);
        if (expected == wanted.end()) {
            if (!may_stay(path)) {
                add(path, "is there: " + node.text());
            }
        } else if (!expected->second.same(node)) {
            add(path, "is " + node.text() + " instead of " + expected->second.text());
        }
    }
    for (const auto & [path, node] : wanted) {
        if (now.count(path) == 0 && !may_stay(path)) {
            add(path, "is missing");
        }
    }
}

void Trial::judge_settled(Wanted wanted, const Run * failed) {
    std::map<Fault, std::string> as_old;
    std::map<Fault, std::string> as_new;
    compare(now(), tree_.initial(), as_old);
    compare(now(), new_, as_new);
    // Whoever says so may leave something: the next command has to find it.
    if (failed != nullptr && (failed->status == 3 || failed->err.find("could not be undone") != std::string::npos)) {
        as_old.erase(LEFTOVER);
        as_new.erase(LEFTOVER);
    }
    const std::string told = failed == nullptr ? "" : "; " + failed->end() + ", stderr " + quoted(failed->err);
    const bool looks_old = wanted == Wanted::OLD || (wanted == Wanted::EITHER && as_old.size() < as_new.size());
    for (const auto & [fault, text] : looks_old ? as_old : as_new) {
        report(fault, std::string("should be ") +
                          (wanted == Wanted::OLD   ? "the old state"
                           : wanted == Wanted::NEW ? "the new state"
                                                   : "the old or the new state") +
                          ", but " + text + told);
    }
    const View view = tree_.view();
    if (old_accepted_ && !settings_.selftest && !accepted(view)) {
        report(REFUSAL, "once it is settled");
    }
}

void Trial::judge_next(bool harmless, Wanted wanted, bool twice) {
    const std::string which = harmless ? "harmless" : "next";
    const std::size_t before = state();
    if (is_known(which + (twice ? " twice" : ""), before)) {
        return;
    }
    const Command next = harmless ? this->harmless() : command();
    const Run done = change(next);
    if (done.status != (harmless ? 0 : again_status_)) {
        report(STATUS, "the next command: " + done.end() + ", stderr " + quoted(done.err));
    }
    judge_settled(wanted);
    if (twice) {
        judge_repeat(next, which);
    }
    if (std::none_of(found_.begin(), found_.end(), [](bool found) { return found; })) {
        known_.insert({which, before});
        if (twice) {
            known_.insert({which + " twice", before});
        }
    }
}

void Trial::judge_repeat(const Command & next, const std::string & which) {
    const std::size_t before = state();
    if (is_known(which + " again", before)) {
        return;
    }
    const Snapshot old = now();
    bool changes_nothing = true;
    if (settings_.originals) {
        change(next);
    } else {
        const Run repeated = change_traced(next, {}, true);
        for (const Call & call : repeated.trace) {
            const bool looks_only = call.name == "flock" || (call.name.starts_with("open") && !call.creates);
            // What is refused every time has to be tried out every time.
            if (!looks_only && scenario_.status == 0) {
                report(REPEAT, call.text);
                changes_nothing = false;
            }
        }
    }
    const std::string changes = identity_changes(old, now());
    if (!changes.empty() && scenario_.status == 0) {
        report(REPEAT, changes);
        changes_nothing = false;
    }
    if (changes_nothing) {
        known_.insert({which + " again", before});
    }
}

void Trial::judge_failure(const Run & run, bool recovering) {
    const auto complain = [&](const std::string & what) {
        report(STATUS, what + ": " + run.end() + ", stderr " + quoted(run.err));
    };
    if (run.hung || (run.status != 0 && run.status != 1 && run.status != 3)) {
        complain("no documented end");
        return;
    }
    std::atomic<std::size_t> & end = run.status == 0 ? shared_.done : run.status == 1 ? shared_.refused : shared_.told;
    ++end;
    if (run.status != 1 && scenario_.status == 1) {
        complain("it should be refused");
        return;
    }
    const std::vector<std::string> usual = lines_of(usual_errors_);
    std::size_t lines = 0;
    for (const std::string & line : lines_of(run.err)) {
        lines += std::find(usual.begin(), usual.end(), line) == usual.end() ? 1 : 0;
    }
    if (run.status == 0 || run.status == 3) {
        if (run.status == 3 && lines == 0) {
            complain("no word about what is not as it should be");
        }
        judge_settled(Wanted::NEW, &run);
        return;
    }
    if (scenario_.status == 0 && lines != 1) {
        complain("not one line of error");
    }
    // A recovery that fails leaves things as they were: in between, with a journal.
    if (!recovering && run.err.find("could not be undone") == std::string::npos) {
        judge_settled(Wanted::OLD, &run);
    }
}

}  // namespace crash

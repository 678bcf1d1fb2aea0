// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace crash {

/// A program to be run. Its standard input is empty; what it prints is kept.
struct Command {
    std::vector<std::string> arguments;  ///< the first is the path of the program
    std::map<std::string, std::string> environment;
    bool unprivileged = false;  ///< as the user "nobody", where the harness may change the user
};

/// A system call that changes state: what may be undone by a crash, or fail.
struct Call {
    std::string name;      ///< such as "renameat2"
    std::string text;      ///< with its arguments
    bool creates = false;  ///< an open() that creates, truncates or replaces
};

/// What is done to a run. Calls are counted from 1; 0: to none.
struct Disturbance {
    std::size_t fail_at = 0;  ///< this call does not happen, and returns -error
    int error = 0;
    std::size_t kill_at = 0;  ///< before this call, every process of the run is killed
};

struct Run {
    int status = -1;        ///< exit status; -1: ended by a signal
    int signal = 0;         ///< the signal that ended it
    bool killed = false;    ///< at Disturbance::kill_at: otherwise it ended before it came so far
    bool failed = false;    ///< a call was made to fail: likewise
    bool hung = false;      ///< did not end in the time that is given to any command
    std::size_t calls = 0;  ///< calls that change state, up to the end
    std::string out;
    std::string err;
    Call hit;                 ///< the call at which it was killed; if it was not, the one that failed
    std::vector<Call> trace;  ///< all calls, when they were asked for

    /// How it ended, in words.
    [[nodiscard]] std::string end() const;
};

/// Runs a command, without looking at its calls.
Run run(const Command & command);

/// Runs a command, and all that it starts, under control: counts the calls that change state and disturbs them.
Run run_traced(const Command & command, const Disturbance & disturbance, bool keep_trace = false);

/// The names of errors, such as "ENOSPC".
std::string error_name(int error);

}  // namespace crash

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/change_options.hpp"
#include "common/output.hpp"

namespace tool {

/// What a program that changes a configuration does its own way.
struct Program {
    /// The option that others do not have.
    ExtraFlag extra;
    /// Whether it can be called by such a name.
    bool (*answers_to)(const CallName & call);
    void (*print_help)(const CallName & call, Output & output);
    /// Does what the options say; returns the exit status.
    int (*work)(const CallName & call, const ChangeOptions & options, Output & output);
};

/// Runs such a program, from the command line to the exit status.
int run_program(int argc, const char * const * argv, const Program & program);

}  // namespace tool

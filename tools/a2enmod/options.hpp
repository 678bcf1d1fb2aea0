// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_name.hpp"
#include "common/output.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace a2enmod {

struct Options {
    bool quiet = false;
    bool force = false;
    bool maintmode = false;
    bool purge = false;
    bool dry_run = false;
    bool json = false;
    bool explain = false;
    bool help = false;
    bool version = false;
    std::vector<std::string> names;
};

/// Reads the command line; says what is wrong with it and gives nothing then.
std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output);

void print_help(const CallName & call, tool::Output & output);

}  // namespace a2enmod

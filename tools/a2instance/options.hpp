// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace a2instance {

/// Exit statuses.
enum Status : int {
    DONE = 0,
    FAILED = 1,  ///< refused or failed
    USAGE = 2,   ///< the command line makes no sense
};

enum class Command { LIST, CREATE, SHOW, REMOVE };

struct Options {
    Command command = Command::LIST;
    std::optional<std::string> name;
    std::string root;  ///< empty for the system that runs
    std::optional<std::string> user;
    std::optional<std::string> group;
    std::optional<std::uint16_t> port;
    std::optional<std::uint16_t> ssl_port;
    bool dry_run = false;
    bool force = false;
    bool purge = false;
    bool json = false;
    bool quiet = false;
    bool help = false;
    bool version = false;
    std::chrono::seconds wait{60};
};

/// Reads the command line; says what is wrong with it and gives nothing then.
std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output);

void print_help(tool::Output & output);

}  // namespace a2instance

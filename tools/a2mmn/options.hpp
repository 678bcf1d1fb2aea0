// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <confgraph-package/dependency.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace a2mmn {

/// The exit statuses.
enum ExitStatus { DONE = 0, FAILED = 1, USAGE = 2 };

/// The path that stands for a list of files on standard input, one a line.
inline constexpr std::string_view LIST = "-";

enum class Command { AGREE, INSPECT, EMIT, VERIFY };

struct Options {
    Command command = Command::AGREE;
    /// What follows the command.
    std::vector<std::string> paths;
    confgraph::package::Flavour flavour = confgraph::package::Flavour::DEB;
    std::optional<std::string> include_folder;
    /// Where what is installed lies, in place of "/".
    /// The folder of the system that is looked at; empty for this one.
    std::string root;
    std::vector<std::string> also;
    std::optional<int> mmn;
    bool headers = false;
    bool openssl = false;
    /// emit what a server provides, not what modules depend on.
    bool provides = false;
    bool substvars = false;
    bool json = false;
    bool help = false;
    bool version = false;
};

/// Reads the command line; says what is wrong with it and gives nothing then.
std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output);

void print_help(tool::Output & output);

}  // namespace a2mmn

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"
#include "common/place.hpp"
#include "common/script_call.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// The options of the programs that change a configuration.
struct ChangeOptions {
    bool quiet = false;
    bool short_quiet = false;  ///< -q, which openSUSE's a2enmod takes for a question
    bool suse_list = false;
    bool suse_disable = false;
    bool force = false;
    bool maintmode = false;
    bool purge = false;
    bool dry_run = false;
    bool json = false;
    bool explain = false;
    bool no_test = false;
    bool no_sync = false;
    bool help = false;
    bool version = false;
    std::chrono::seconds wait{60};
    ScriptOptions script;
    PlaceOptions place;
    std::vector<std::string> names;
};

/// An option that not all of those programs have.
struct ExtraFlag {
    const char * names;  ///< "-p,--purge"
    bool ChangeOptions::*on;
};

/// Reads the command line; says what is wrong with it and gives nothing then.
std::optional<ChangeOptions> parse_change_options(int argc, const char * const * argv, const ExtraFlag & extra,
                                                  Output & output);

}  // namespace tool

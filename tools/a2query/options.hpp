// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"
#include "common/place.hpp"
#include "common/script_call.hpp"

#include <optional>
#include <string>

namespace a2query {

enum class GraphFormat { DOT, SVG, MERMAID };

struct Options {
    /// A name, empty for all; nothing when the question was not asked.
    std::optional<std::string> module;
    std::optional<std::string> site;
    std::optional<std::string> conf;
    std::optional<std::string> why;
    std::optional<GraphFormat> graph;
    /// A package whose state is asked for.
    std::optional<std::string> configured;
    tool::ScriptOptions script;
    tool::PlaceOptions place;
    bool mpm = false;
    bool api = false;
    bool server_version = false;
    bool module_folder = false;
    bool list_available = false;
    bool check = false;
    bool quiet = false;
    bool json = false;
    bool help = false;
    bool version = false;
};

/// Reads the command line; says what is wrong with it and gives nothing then.
std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output);

void print_help(tool::Output & output);

}  // namespace a2query

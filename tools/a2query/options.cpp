// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace a2query {

namespace {

constexpr std::array<std::pair<std::string_view, GraphFormat>, 3> GRAPH_FORMATS = {
    {{"dot", GraphFormat::DOT}, {"svg", GraphFormat::SVG}, {"mermaid", GraphFormat::MERMAID}}};

}  // namespace

std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output) {
    Options options;
    std::optional<std::string> graph;
    std::vector<tool::Flag> flags = {{"-M", &options.mpm},
                                     {"-a", &options.api},
                                     {"-v", &options.server_version},
                                     {"-d", &options.module_folder},
                                     {"-q", &options.quiet},
                                     {"-h,--help", &options.help},
                                     {"--json", &options.json},
                                     {"--list-available", &options.list_available},
                                     {"--check", &options.check},
                                     {"--version", &options.version}};
    std::vector<tool::ValueOption> values = {{"-m", &options.module, true}, {"-s", &options.site, true},
                                             {"-c", &options.conf, true},   {"--why", &options.why},
                                             {"--graph", &graph},           {"--configured", &options.configured}};
    options.script.add_to(flags, values);
    options.place.add_to(values);
    const auto operands = tool::parse_arguments(argc, argv, flags, values, output);
    if (!operands) {
        return std::nullopt;
    }
    for (const std::string & operand : *operands) {
        output.err("Unexpected argument: {}\n", confgraph::escape(operand));
    }
    if (!operands->empty()) {
        return std::nullopt;
    }
    if (graph) {
        const auto format = std::find_if(GRAPH_FORMATS.begin(), GRAPH_FORMATS.end(),
                                         [&](const auto & known) { return known.first == *graph; });
        if (format == GRAPH_FORMATS.end()) {
            output.err("ERROR: --graph={}: no such format; give dot, svg or mermaid\n", confgraph::escape(*graph));
            return std::nullopt;
        }
        options.graph = format->second;
    }
    return options;
}

void print_help(tool::Output & output) {
    output.out(
        "Usage: a2query [OPTION]...\n"
        "Answer questions about the Apache HTTP Server's configuration, from its files.\n"
        "\n"
        "  -m [MODULE]           is MODULE enabled, and by whom; without a name, which modules are\n"
        "  -s [SITE]             the same for sites\n"
        "  -c [CONF]             the same for confs\n"
        "  -M                    the enabled MPM\n"
        "  -a                    the server's module magic number\n"
        "  -v                    the server's version\n"
        "  -d                    the folder of the module binaries\n"
        "  -q                    say nothing; the exit status answers\n"
        "      --json            answer with one JSON document\n"
        "      --list-available  with -m, -s or -c: what could be enabled; alone: all three\n"
        "      --why NAME        which enabled entries need the module NAME\n"
        "      --check           everything that is wrong with the enabled set\n"
        "      --graph=FORMAT    the modules' dependencies as dot, svg or mermaid\n"
        "      --layout NAME     debian, fedora, suse or alt, whatever is on disk: confgraph-layouts(7)\n"
        "      --root DIR        ask about the system that lies in DIR and does not run\n"
        "      --configured PKG  has dpkg configured the package PKG, and what is its state\n"
        "      --instance=NAME   ask about the instance NAME, as a2query-NAME does\n"
        "      --script WORDS    does the server have to learn of what a maintainer script did\n"
        "      --asked           with --script: it did something before that the server should know\n"
        "      --then ACTION     with --script: may the server do that now (restart, reload)\n"
        "  -h, --help            print this help\n"
        "      --version         print the version\n"
        "\n"
        "Exit status: 0 yes, 1 no (or a problem was found), 2 usage error, 32 disabled by the\n"
        "administrator, 33 disabled by a maintainer script.\n"
        "\n"
        "Examples:\n"
        "  a2query -m ssl\n"
        "  a2query --check\n"
        "  a2query --graph=svg > modules.svg\n");
}

}  // namespace a2query

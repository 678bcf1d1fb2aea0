// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"

#include <confgraph/text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace a2query {

namespace {

struct Flag {
    const char * name;
    bool Options::*value;
};
constexpr std::array<Flag, 10> FLAGS = {{{"-M", &Options::mpm},
                                         {"-a", &Options::api},
                                         {"-v", &Options::server_version},
                                         {"-d", &Options::module_folder},
                                         {"-q", &Options::quiet},
                                         {"-h,--help", &Options::help},
                                         {"--json", &Options::json},
                                         {"--list-available", &Options::list_available},
                                         {"--check", &Options::check},
                                         {"--version", &Options::version}}};

struct Name {
    const char * option;
    std::optional<std::string> Options::*value;
};
constexpr std::array<Name, 3> NAMES = {{{"-m", &Options::module}, {"-s", &Options::site}, {"-c", &Options::conf}}};

constexpr std::array<std::pair<std::string_view, GraphFormat>, 3> GRAPH_FORMATS = {
    {{"dot", GraphFormat::DOT}, {"svg", GraphFormat::SVG}, {"mermaid", GraphFormat::MERMAID}}};

}  // namespace

std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output) {
    const tool::OptionNames names = {
        "Mavdqh", "msc", {"help", "json", "list-available", "check", "version"}, {"why", "graph"}};
    tool::Arguments arguments = tool::complete_options(argc, argv, names);
    for (const std::string & error : arguments.errors) {
        output.err("{}\n", confgraph::escape(error));
    }
    if (!arguments.errors.empty()) {
        return std::nullopt;
    }
    Options options;
    std::array<std::string, NAMES.size()> values;
    std::string why;
    std::string graph;
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    for (const Flag & flag : FLAGS) {
        app.add_flag(flag.name, options.*flag.value);
    }
    for (std::size_t i = 0; i < NAMES.size(); ++i) {
        app.add_option(NAMES[i].option, values[i])->expected(0, 1)->take_last();
    }
    app.add_option("--why", why)->take_last();
    app.add_option("--graph", graph)->take_last();
    std::reverse(arguments.words.begin(), arguments.words.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments.words));
    } catch (const CLI::ParseError & error) {
        output.err("ERROR: {}; see a2query --help\n", confgraph::escape(error.what()));
        return std::nullopt;
    }
    // No argument stands by itself.
    std::vector<std::string> extra = app.remaining();
    std::erase(extra, "--");
    for (const std::string & argument : extra) {
        output.err("Unexpected argument: {}\n", confgraph::escape(argument));
    }
    if (!extra.empty()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < NAMES.size(); ++i) {
        if (app.count(NAMES[i].option) > 0) {
            options.*NAMES[i].value = values[i];
        }
    }
    if (app.count("--why") > 0) {
        options.why = why;
    }
    if (app.count("--graph") > 0) {
        const auto format = std::find_if(GRAPH_FORMATS.begin(), GRAPH_FORMATS.end(),
                                         [&](const auto & known) { return known.first == graph; });
        if (format == GRAPH_FORMATS.end()) {
            output.err("ERROR: --graph={}: no such format; give dot, svg or mermaid\n", confgraph::escape(graph));
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

// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"
#include "common/help.hpp"
#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace a2query {

using tool::phrase;

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
    tool::Help help(output);
    help.usage({"a2query [OPTION]..."});
    help.paragraph(phrase("Answer questions about the Apache HTTP Server's configuration, from its files."));
    help.blank();
    help.options({{"-m [MODULE]", phrase("is MODULE enabled, and by whom; alone: which are")},
                  {"-s [SITE], -c [CONF]", phrase("the same for sites, and for confs")},
                  {"-M, -a, -v, -d", phrase("MPM, magic number, version, module folder")},
                  {"-q", phrase("say nothing; the exit status answers")},
                  {"--list-available", phrase("what could be enabled; with -m, -s, -c: of a kind")},
                  {"--why NAME", phrase("which enabled entries need the module NAME")},
                  {"--check", phrase("everything that is wrong with the enabled set")},
                  {"--graph=FORMAT", phrase("the modules' dependencies as dot, svg or mermaid")},
                  {"--json", phrase("answer with one JSON document")},
                  {"--root DIR", phrase("ask about the system that lies in DIR and does not run")},
                  {"-h, --help, --version", phrase("print this help, or the version")}});
    help.more_options("a2query(1)",
                      "--configured PKG, --instance=NAME, --layout NAME, --script WORDS, --asked, --then ACTION");
    help.paragraph(
        phrase("Exit status: 0 yes, 1 no, or a problem found, 2 usage error, 32 disabled by the administrator, 33 "
               "disabled by a maintainer script."));
    help.blank();
    help.examples({"a2query -m ssl", "a2query --graph=svg > modules.svg"});
}

}  // namespace a2query

// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"

#include <confgraph/text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace a2enmod {

using confgraph::Action;
using confgraph::Kind;

std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output) {
    struct Flag {
        const char * names;
        bool Options::*value;
    };
    constexpr std::array<Flag, 9> FLAGS = {{{"-q,--quiet", &Options::quiet},
                                            {"-f,--force", &Options::force},
                                            {"-m,--maintmode", &Options::maintmode},
                                            {"-p,--purge", &Options::purge},
                                            {"-n,--dry-run", &Options::dry_run},
                                            {"--json", &Options::json},
                                            {"--explain", &Options::explain},
                                            {"--help", &Options::help},
                                            {"--version", &Options::version}}};
    const tool::OptionNames names = {
        "qfmpn", "", {"quiet", "force", "maintmode", "purge", "dry-run", "json", "explain", "help", "version"}, {}};
    tool::Arguments arguments = tool::complete_options(argc, argv, names);
    for (const std::string & error : arguments.errors) {
        output.err("{}\n", confgraph::escape(error));
    }
    if (!arguments.errors.empty()) {
        return std::nullopt;
    }
    Options options;
    CLI::App app;
    app.set_help_flag();
    // An operand bound to the parser would be taken apart at brackets and commas.
    app.allow_extras();
    for (const Flag & flag : FLAGS) {
        app.add_flag(flag.names, options.*flag.value);
    }
    std::reverse(arguments.words.begin(), arguments.words.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments.words));
    } catch (const CLI::ParseError & error) {
        output.err("ERROR: {}; see --help\n", confgraph::escape(error.what()));
        return std::nullopt;
    }
    options.names = app.remaining();
    if (const auto end = std::find(options.names.begin(), options.names.end(), "--"); end != options.names.end()) {
        options.names.erase(end);
    }
    return options;
}

void print_help(const CallName & call, tool::Output & output) {
    const std::string name = call_name(call.action, call.kind, call.instance);
    const std::string_view word = confgraph::word(call.kind);
    const bool enable = call.action == Action::ENABLE;
    output.out("Usage: {} [OPTION]... [NAME]...\n", name);
    output.out("{} {}s of the Apache HTTP Server.\n\n", enable ? "Enable" : "Disable", word);
    output.out(
        "NAME is the name of a {0}, or a shell pattern (* ? [...] {{a,b}}) of {1} ones.\n"
        "Without NAME, the choices are listed and names are read from standard input.\n\n",
        word, enable ? "available" : "enabled");
    output.out("  -q, --quiet      say only what is changed, and errors\n");
    output.out("  -f, --force      {}\n", enable ? "accepted for compatibility; has no effect"
                                                 : "disable what depends on it too, and ask nothing");
    output.out("  -m, --maintmode  record that a maintainer script does this\n");
    output.out("  -p, --purge      leave no record of it\n");
    output.out("  -n, --dry-run    print the plan and change nothing\n");
    output.out("      --json       print plan and outcome as JSON, and text on standard error\n");
    output.out("      --explain    say why each step is needed\n");
    output.out("      --help       print this help\n");
    output.out("      --version    print the version\n\n");
    output.out("Exit status: 0 all done, 1 something was refused or failed, 2 usage error.\n\n");
    if (call.kind == Kind::MODULE) {
        output.out("Examples:\n  {0} {1}\n  {0} -n --explain {1}\n", name, enable ? "ssl" : "status");
    } else {
        output.out("Examples:\n  {0} {1}\n  {0} '*'\n", name, call.kind == Kind::SITE ? "000-default" : "security");
    }
}

}  // namespace a2enmod

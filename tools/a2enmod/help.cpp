// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

#include "common/help.hpp"
#include "common/language.hpp"

#include <array>
#include <string>
#include <string_view>

namespace a2enmod {

using confgraph::Action;
using confgraph::Kind;
using tool::phrase;

namespace {

std::string purpose(const tool::CallName & call) {
    const bool enable = call.action == Action::ENABLE;
    switch (call.kind) {
        case Kind::MODULE:
            return enable ? phrase("Enable modules of the Apache HTTP Server.")
                          : phrase("Disable modules of the Apache HTTP Server.");
        case Kind::CONF:
            return enable ? phrase("Enable confs of the Apache HTTP Server.")
                          : phrase("Disable confs of the Apache HTTP Server.");
        case Kind::SITE:
            return enable ? phrase("Enable sites of the Apache HTTP Server.")
                          : phrase("Disable sites of the Apache HTTP Server.");
    }
    return {};
}

std::string example(const tool::CallName & call) {
    switch (call.kind) {
        case Kind::MODULE:
            return call.action == Action::ENABLE ? "ssl" : "status";
        case Kind::CONF:
            return "security";
        case Kind::SITE:
            return "000-default";
    }
    return {};
}

}  // namespace

void print_help(const tool::CallName & call, tool::Output & output) {
    const std::string name = tool::call_name(call.action, call.kind, call.instance);
    const bool enable = call.action == Action::ENABLE;
    constexpr std::array<std::string_view, 3> PAGES = {"a2enmod(8)", "a2enconf(8)", "a2ensite(8)"};
    tool::Help help(output);
    help.usage({name + " [OPTION]... [NAME]..."});
    help.paragraph(
        purpose(call) + " " +
        phrase("NAME may be a shell pattern, such as '*'. Without NAME, the choices are listed, and names are read."));
    help.blank();
    help.options({{"-q, --quiet", phrase("say only what is changed, and errors")},
                  {"-f, --force", enable ? phrase("accepted for compatibility; has no effect")
                                         : phrase("disable what depends on it too, and ask nothing")},
                  {"-m, --maintmode", phrase("record that a maintainer script does this")},
                  {"-p, --purge", phrase("leave no record of it")},
                  {"-n, --dry-run", phrase("print the plan and change nothing")},
                  {"    --explain", phrase("say why each step is needed")},
                  {"    --json", phrase("print plan and outcome as JSON")},
                  {"    --root=DIR", phrase("work on the system that lies in DIR and does not run")},
                  {"    --help, --version", phrase("print this help, or the version")}});
    help.more_options(PAGES[static_cast<std::size_t>(call.kind)],
                      call.kind == Kind::MODULE ? "-d, -l, --instance=NAME, --layout=NAME, --no-sync, --wait=SECONDS, "
                                                  "--script=WORDS, --asked, --then=ACTION"
                                                : "--instance=NAME, --layout=NAME, --no-sync, --wait=SECONDS, "
                                                  "--script=WORDS, --asked, --then=ACTION");
    help.paragraph(
        phrase("Exit status: 0 all done, 1 something was refused or failed, 2 usage error, 3 all done, but not all "
               "flushed to the disk or cleaned up."));
    help.blank();
    const std::string one = example(call);
    help.examples({name + " " + one, call.kind == Kind::MODULE ? name + " -n --explain " + one : name + " '*'"});
}

}  // namespace a2enmod

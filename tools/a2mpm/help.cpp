// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

#include "common/help.hpp"
#include "common/language.hpp"

namespace a2mpm {

using tool::phrase;

void print_help(const tool::CallName & call, tool::Output & output) {
    const std::string name = tool::call_name(call.action, call.kind, call.instance);
    tool::Help help(output);
    help.usage({name + " [OPTION]... [NAME]"});
    help.paragraph(
        phrase("Make NAME (event, prefork, worker ...) the multi-processing module (MPM) of the Apache HTTP Server. "
               "Without NAME, the MPMs are listed, and what needs them."));
    help.blank();
    help.options({{"-q, --quiet", phrase("say only what is changed, and errors")},
                  {"-f, --force", phrase("disable what depends on the old MPM too")},
                  {"-m, --maintmode", phrase("record that a maintainer script does this")},
                  {"-n, --dry-run", phrase("print the plan and change nothing")},
                  {"    --explain", phrase("say why each step is needed")},
                  {"    --json", phrase("print list, or plan and outcome, as JSON")},
                  {"    --no-test", phrase("do not ask the server first whether it accepts that")},
                  {"    --root=DIR", phrase("work on the system that lies in DIR and does not run")},
                  {"    --help, --version", phrase("print this help, or the version")}});
    help.more_options("a2mpm(8)",
                      "--instance=NAME, --layout=NAME, --no-sync, --wait=SECONDS, --script=WORDS, --asked, "
                      "--then=ACTION");
    help.paragraph(
        phrase("Exit status: 0 switched, nothing to do, or listed, 1 refused or failed, 2 usage error, 3 switched, but "
               "not all flushed to the disk or cleaned up."));
    help.blank();
    help.examples({name + " prefork", name + " -n --explain event"});
}

}  // namespace a2mpm

// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

#include <string>
#include <string_view>

namespace a2enmod {

using confgraph::Action;
using confgraph::Kind;

void print_help(const tool::CallName & call, tool::Output & output) {
    const std::string name = tool::call_name(call.action, call.kind, call.instance);
    const std::string_view word = confgraph::word(call.kind);
    const bool enable = call.action == Action::ENABLE;
    output.out("Usage: {} [OPTION]... [NAME]...\n", name);
    output.out("{} {}s of the Apache HTTP Server.\n\n", enable ? "Enable" : "Disable", word);
    output.out(
        "NAME is the name of a {0}, or a shell pattern (* ? [...] {{a,b}}) of {1} ones.\n"
        "Without NAME, the choices are listed and names are read from standard input.\n\n",
        word, enable ? "available" : "enabled");
    output.out("  -q, --quiet         say only what is changed, and errors\n");
    output.out("  -f, --force         {}\n", enable ? "accepted for compatibility; has no effect"
                                                    : "disable what depends on it too, and ask nothing");
    output.out("  -m, --maintmode     record that a maintainer script does this\n");
    output.out("  -p, --purge         leave no record of it\n");
    if (call.kind == Kind::MODULE) {
        output.out("  -l                  openSUSE's layout alone: print the enabled modules\n");
        output.out("  -d                  openSUSE's layout alone: disable\n");
    }
    output.out("  -n, --dry-run       print the plan and change nothing\n");
    output.out("      --instance=NAME work on the instance NAME, as {}-NAME does\n",
               tool::call_name(call.action, call.kind, {}));
    output.out("      --json          print plan and outcome as JSON, and text on standard error\n");
    output.out("      --explain       say why each step is needed\n");
    output.out("      --layout=NAME   debian, fedora, suse or alt, whatever is on disk: confgraph-layouts(7)\n");
    output.out("      --no-sync       do not flush to the disk: a power cut may lose the change\n");
    output.out("      --root=DIR      work on the system that lies in DIR and does not run\n");
    output.out("      --script=WORDS  called by a maintainer script: see apache2-maintscript-helper(7)\n");
    output.out("      --asked         with --script: it did something before that the server should know\n");
    output.out("      --then=ACTION   with --script: what the server is to do (restart, reload)\n");
    output.out("      --wait=SECONDS  how long to wait for another command to finish (60); 0: not at all\n");
    output.out("      --help          print this help\n");
    output.out("      --version       print the version\n\n");
    output.out(
        "Exit status: 0 all done, 1 something was refused or failed, 2 usage error, 3 all done, but\n"
        "something could not be flushed to the disk or cleaned up, which the next command tries again.\n\n");
    if (call.kind == Kind::MODULE) {
        output.out("Examples:\n  {0} {1}\n  {0} -n --explain {1}\n", name, enable ? "ssl" : "status");
    } else {
        output.out("Examples:\n  {0} {1}\n  {0} '*'\n", name, call.kind == Kind::SITE ? "000-default" : "security");
    }
}

}  // namespace a2enmod

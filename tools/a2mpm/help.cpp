// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

namespace a2mpm {

void print_help(const tool::CallName & call, tool::Output & output) {
    const std::string name = tool::call_name(call.action, call.kind, call.instance);
    output.out("Usage: {} [OPTION]... [NAME]\n", name);
    output.out(
        "Make NAME the multi-processing module (MPM) of the Apache HTTP Server, whichever was before.\n"
        "\n"
        "NAME is the name of an MPM, with or without mpm_: event, prefork, worker.\n"
        "Without NAME, the MPMs are listed: which one is enabled, which are threaded, what needs them.\n"
        "\n"
        "  -q, --quiet         say only what is changed, and errors\n"
        "  -f, --force         disable what depends on the old MPM too\n"
        "  -m, --maintmode     record that a maintainer script does this\n"
        "  -n, --dry-run       print the plan and change nothing\n"
        "      --instance=NAME work on the instance NAME, as a2mpm-NAME does\n"
        "      --json          print list, or plan and outcome, as JSON, and text on standard error\n"
        "      --explain       say why each step is needed\n"
        "      --layout=NAME   debian, fedora, suse or alt, whatever is on disk: confgraph-layouts(7)\n"
        "      --no-test       do not ask the server first whether it accepts the configuration\n"
        "      --no-sync       do not flush to the disk: a power cut may lose the change\n"
        "      --root=DIR      work on the system that lies in DIR and does not run\n"
        "      --script=WORDS  called by a maintainer script: see apache2-maintscript-helper(7)\n"
        "      --asked         with --script: it did something before that the server should know\n"
        "      --then=ACTION   with --script: what the server is to do (restart, reload)\n"
        "      --wait=SECONDS  how long to wait for another command to finish (60); 0: not at all\n"
        "      --help          print this help\n"
        "      --version       print the version\n"
        "\n"
        "Exit status: 0 switched, nothing to do, or listed, 1 refused or failed, and nothing was changed,\n"
        "2 usage error, 3 switched, but something could not be flushed to the disk or cleaned up, which\n"
        "the next command tries again.\n"
        "\n");
    output.out("Examples:\n  {0} prefork\n  {0} -n --explain event\n  {0} --no-sync -q prefork\n", name);
}

}  // namespace a2mpm

// SPDX-License-Identifier: Apache-2.0
#include "common/change.hpp"
#include "common/program.hpp"
#include "help.hpp"
#include "list.hpp"

namespace {

bool answers_to(const tool::CallName & call) { return call.action == confgraph::Action::SWITCH; }

int work(const tool::CallName & call, const tool::ChangeOptions & options, tool::Output & output) {
    if (options.names.empty()) {
        return a2mpm::list_mpms(call, options.json, output);
    }
    if (options.names.size() > 1) {
        output.err("ERROR: {} names were given, and the server has one MPM; see --help\n", options.names.size());
        return tool::USAGE;
    }
    return tool::Change(call, options, output).run();
}

}  // namespace

int main(int argc, char ** argv) {
    return tool::run_program(argc, argv,
                             {{"--no-test", &tool::ChangeOptions::no_test}, answers_to, a2mpm::print_help, work});
}

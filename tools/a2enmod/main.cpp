// SPDX-License-Identifier: Apache-2.0
#include "common/change.hpp"
#include "common/program.hpp"
#include "help.hpp"

namespace {

bool answers_to(const tool::CallName & call) { return call.action != confgraph::Action::SWITCH; }

int work(const tool::CallName & call, const tool::ChangeOptions & options, tool::Output & output) {
    return tool::Change(call, options, output).run();
}

}  // namespace

int main(int argc, char ** argv) {
    return tool::run_program(argc, argv,
                             {{"-p,--purge", &tool::ChangeOptions::purge}, answers_to, a2enmod::print_help, work});
}

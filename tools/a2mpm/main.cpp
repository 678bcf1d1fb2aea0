// SPDX-License-Identifier: Apache-2.0
#include "common/change.hpp"
#include "common/program.hpp"
#include "help.hpp"
#include "list.hpp"
#include "server_switch.hpp"

#include <utility>

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
    tool::Change change(call, options, output);
    auto layout = confgraph::Layout::from_environment(call.place);
    if (layout && layout.value().name() == confgraph::LayoutName::ALT) {
        tool::CallName of_layout = call;
        of_layout.layout = layout.value().name();
        return a2mpm::switch_server(of_layout, options, layout.value(), output);
    }
    return change.run(std::move(layout));
}

}  // namespace

int main(int argc, char ** argv) {
    return tool::run_program(argc, argv,
                             {{"--no-test", &tool::ChangeOptions::no_test}, answers_to, a2mpm::print_help, work});
}

// SPDX-License-Identifier: Apache-2.0

// Switches the MPM as a2mpm does, with the same options, reading, planning and output, but writes what the plan says by
// the bare system calls, link by link: without a lock, a journal, a copy or a flush. What is left of a2mpm beside this
// is what it costs that a switch is all or nothing. Usage: link_by_link [OPTION]... NAME

#include "common/change_options.hpp"
#include "common/notice_text.hpp"
#include "common/services.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace {

using confgraph::Action;
using confgraph::Kind;
using confgraph::Operation;
using confgraph::OperationCode;

int phase_of(OperationCode code) {
    return code == OperationCode::CREATE_MARKER ? 0 : code == OperationCode::REMOVE_MARKER ? 2 : 1;
}

bool apply(const Operation & operation) {
    switch (operation.code()) {
        case OperationCode::CREATE_LINK:
            return ::symlink(operation.target().c_str(), operation.path().c_str()) == 0;
        case OperationCode::REMOVE_LINK:
            return ::unlink(operation.path().c_str()) == 0;
        case OperationCode::SWITCH_LINK:
            return ::unlink(operation.replaced_path().c_str()) == 0 &&
                   ::symlink(operation.target().c_str(), operation.path().c_str()) == 0;
        case OperationCode::CREATE_MARKER: {
            const int file = ::open(operation.path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
            return file >= 0 && ::close(file) == 0;
        }
        case OperationCode::REMOVE_MARKER:
            return ::unlink(operation.path().c_str()) == 0 || errno == ENOENT;
        default:
            // Debian's layout has no others.
            return false;
    }
}

int work(const tool::ChangeOptions & options, tool::Output & output) {
    const auto layout = confgraph::Layout::from_environment(confgraph::LayoutOptions());
    if (!layout) {
        output.err("{}: cannot be read\n", layout.error().path());
        return 1;
    }
    const auto request = confgraph::Request(Action::SWITCH, Kind::MODULE, options.names);
    const auto catalog = confgraph::Catalog::read_for(layout.value(), request);
    if (!catalog) {
        output.err("{}: cannot be read\n", catalog.error().path());
        return 1;
    }
    const auto plan = confgraph::plan(catalog.value(), request);
    for (int phase = 0; phase < 3; ++phase) {
        for (const confgraph::Step & step : plan.steps()) {
            for (const Operation & operation : step.operations()) {
                if (phase_of(operation.code()) == phase && !apply(operation)) {
                    output.err("{}: {}\n", operation.path(), std::strerror(errno));
                    return 1;
                }
            }
        }
    }
    const tool::CallName call{.action = Action::SWITCH, .kind = Kind::MODULE, .instance = {}};
    tool::NoticeText text(call, layout.value(), catalog.value(), request, options.quiet, output);
    for (const confgraph::Notice & notice : plan.notices()) {
        text.print(notice);
    }
    if (!options.quiet) {
        output.out("To activate the new configuration, you need to run:\n  {}\n", tool::reload_command(call));
    }
    return plan.refused() || plan.steps().empty() ? 1 : 0;
}

}  // namespace

int main(int argc, char ** argv) {
    tool::prepare_descriptors();
    return tool::guarded([&] {
        tool::Output output;
        const auto options =
            tool::parse_change_options(argc, argv, {"--no-test", &tool::ChangeOptions::no_test}, output);
        return options ? work(*options, output) : 2;
    });
}

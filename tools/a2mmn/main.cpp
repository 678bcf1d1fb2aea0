// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/output.hpp"
#include "options.hpp"

#include <confgraph/text.hpp>

namespace a2mmn {

namespace {

int start(const std::optional<Options> & options, tool::Output & output) {
    if (!options) {
        return USAGE;
    }
    if (options->help) {
        print_help(output);
        return DONE;
    }
    if (options->version) {
        output.out("a2mmn (confgraph) {}\n", confgraph::version());
        return DONE;
    }
    switch (options->command) {
        case Command::AGREE:
            return agree(*options, output);
        case Command::INSPECT:
            return inspect(*options, output);
        case Command::EMIT:
            return emit(*options, output);
        case Command::VERIFY:
            return verify(*options, output);
    }
    return USAGE;
}

int run(int argc, const char * const * argv) {
    tool::Output output;
    const int status = start(parse_options(argc, argv, output), output);
    return output.finish(status, "a2mmn: could not write to standard output: {}\n");
}

}  // namespace

}  // namespace a2mmn

int main(int argc, char ** argv) {
    tool::prepare_descriptors();
    return tool::guarded([&] { return a2mmn::run(argc, argv); });
}

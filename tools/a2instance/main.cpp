// SPDX-License-Identifier: Apache-2.0
#include "common/language.hpp"
#include "commands.hpp"
#include "options.hpp"

#include <confgraph/text.hpp>

namespace a2instance {

namespace {

int start(const Options & options, tool::Output & output) {
    if (options.help) {
        print_help(output);
        return DONE;
    }
    if (options.version) {
        output.out("a2instance (confgraph) {}\n", confgraph::version());
        return DONE;
    }
    if (const auto status = refuse_layout(options, output)) {
        return *status;
    }
    switch (options.command) {
        case Command::LIST:
            return list(options, output);
        case Command::SHOW:
            return show(options, output);
        case Command::CREATE:
            return create(options, output);
        case Command::REMOVE:
            return remove(options, output);
    }
    return USAGE;
}

int run(int argc, const char * const * argv) {
    tool::Output usage_output;
    const auto options = parse_options(argc, argv, usage_output);
    usage_output.flush();
    if (!options) {
        return USAGE;
    }
    if (options->json) {
        tool::speak_english();
    }
    tool::Output output(options->json);
    const int status = start(*options, output);
    return output.finish(status, "ERROR: could not write to standard output: {}; what was to be done is done\n");
}

}  // namespace

}  // namespace a2instance

int main(int argc, char ** argv) {
    tool::prepare_descriptors();
    return tool::guarded([&] { return a2instance::run(argc, argv); });
}

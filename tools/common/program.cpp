// SPDX-License-Identifier: Apache-2.0
#include "common/program.hpp"

#include "common/arguments.hpp"
#include "common/change.hpp"
#include "common/language.hpp"
#include "common/script_change.hpp"

#include <confgraph/text.hpp>

#include <optional>
#include <string_view>

namespace tool {

using confgraph::Action;

namespace {

int work_for_script(const CallName & call, const ChangeOptions & options, Output & output) {
    auto script = script_call(options.script, output);
    if (!script) {
        return USAGE;
    }
    if (options.names.empty() || (call.action == Action::SWITCH && options.names.size() > 1)) {
        if (options.names.empty()) {
            output.err("ERROR: --script needs a name\n");
        } else {
            output.err("ERROR: --script needs one name\n");
        }
        return USAGE;
    }
    if (options.dry_run || options.json || options.explain) {
        output.err("ERROR: --script answers in lines of its own, and not with --dry-run, --json or --explain\n");
        return USAGE;
    }
    return ScriptChange(call, options, *std::move(script), output).run();
}

int start(std::string_view name, const std::optional<ChangeOptions> & options, const Program & program,
          Output & output) {
    if (!options) {
        return USAGE;
    }
    auto call = parse_call_name(name);
    if (!call || !program.answers_to(*call)) {
        output.err("{} call name unknown\n", confgraph::escape(name));
        return USAGE;
    }
    if (options->help) {
        program.print_help(*call, output);
        return DONE;
    }
    if (options->version) {
        output.out("{} (confgraph) {}\n", confgraph::escape(name), confgraph::version());
        return DONE;
    }
    const auto place = find_place(options->place, call->instance, output);
    if (!place) {
        return USAGE;
    }
    call->instance = place->instance();
    call->place = *place;
    return options->script.given() ? work_for_script(*call, *options, output) : program.work(*call, *options, output);
}

int run(int argc, const char * const * argv, const Program & program) {
    Output usage_output;
    const auto options = parse_change_options(argc, argv, program.extra, usage_output);
    usage_output.flush();
    if (options && options->json) {
        speak_english();
    }
    Output output(options && options->json);
    const int status = start(base_name(argc > 0 ? argv[0] : ""), options, program, output);
    return output.finish(status, "ERROR: could not write to standard output: {}; what was to be done is done\n");
}

}  // namespace

int run_program(int argc, const char * const * argv, const Program & program) {
    prepare_descriptors();
    return guarded([&] { return run(argc, argv, program); });
}

}  // namespace tool

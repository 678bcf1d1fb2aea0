// SPDX-License-Identifier: Apache-2.0
#include "common/arguments.hpp"
#include "common/error_text.hpp"
#include "common/language.hpp"
#include "common/output.hpp"
#include "options.hpp"
#include "queries.hpp"
#include "script_queries.hpp"

#include <confgraph/error.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

#include <optional>
#include <string>
#include <utility>

namespace a2query {

namespace {

/// What follows the dash in "a2query-NAME".
std::string_view instance_of(std::string_view name) {
    constexpr std::string_view PREFIX = "a2query-";
    return name.starts_with(PREFIX) ? name.substr(PREFIX.size()) : std::string_view();
}

bool asks_for_configuration(const Options & options) {
    return options.module || options.site || options.conf || options.why || options.graph || options.mpm ||
           options.api || options.server_version || options.module_folder || options.list_available || options.check;
}

bool asks_nothing(const Options & options) {
    return !asks_for_configuration(options) && !options.configured && !options.script.given();
}

void print_envvars_hint(const confgraph::Error & error, tool::Output & output) {
    const std::string file = confgraph::escape(error.path());
    if (error.code() == confgraph::ErrorCode::ENVVARS_NOT_PLAIN) {
        const std::string place = error.line() == 0 ? file : fmt::format("{}:{}", file, error.line());
        output.err(
            "HINT: {}: only a shell can tell what this does, and nothing in a root is executed; the answer leaves the "
            "file out\n",
            place);
    } else {
        output.err("HINT: {} cannot be evaluated by the shell; the answer leaves it out. Correct that file\n", file);
    }
}

/// Whether an error leaves it open where the configuration is. Without what envvars says there is an answer.
bool is_unknown(confgraph::ErrorCode code) {
    return code == confgraph::ErrorCode::LAYOUT_MALFORMED || code == confgraph::ErrorCode::NO_INSTANCES ||
           code == confgraph::ErrorCode::CANNOT_READ;
}

int start(std::string_view name, const std::optional<Options> & options, tool::Output & output) {
    if (!options) {
        return USAGE;
    }
    if (options->version) {
        output.out("a2query (confgraph) {}\n", confgraph::version());
        return FOUND;
    }
    const auto place = tool::find_place(options->place, instance_of(name), output);
    if (!place) {
        return USAGE;
    }
    int status = FOUND;
    if (options->configured) {
        status = answer_configured(*options->configured, place->root(), options->quiet, output);
    }
    if (options->script.given() && status == FOUND) {
        status = answer_script(options->script, *place, output);
    }
    if (asks_for_configuration(*options) && status == FOUND) {
        auto found = confgraph::Layout::from_environment(*place);
        if (!found && is_unknown(found.error().code())) {
            output.err("ERROR: {}\n", tool::error_text(found.error(), place->root()));
            return USAGE;
        }
        if (!found && !options->quiet) {
            print_envvars_hint(found.error(), output);
        }
        const confgraph::Layout layout = found ? std::move(found).value() : confgraph::Layout::without_envvars(*place);
        status = Queries(layout, *options, output).run();
    }
    if (status == FOUND && (options->help || (asks_nothing(*options) && !options->quiet))) {
        print_help(output);
    }
    return status;
}

int run(int argc, const char * const * argv) {
    tool::Output output;
    const auto options = parse_options(argc, argv, output);
    if (options && options->json) {
        tool::speak_english();
    }
    const int status = start(tool::base_name(argc > 0 ? argv[0] : "a2query"), options, output);
    return output.finish(status, "ERROR: could not write to standard output: {}\n");
}

}  // namespace

}  // namespace a2query

int main(int argc, char ** argv) {
    tool::prepare_descriptors();
    return tool::guarded([&] { return a2query::run(argc, argv); });
}

// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"

#include <confgraph/instance.hpp>
#include <confgraph/text.hpp>

#include <cerrno>
#include <unistd.h>

namespace a2instance {

using confgraph::escape;
using confgraph::Instance;
using confgraph::InstanceOrigin;
using tool::Json;

namespace {

/// A line of standard input, or what there is of it.
std::string read_answer() {
    std::string line;
    char byte = 0;
    while (line.size() < 256) {
        const ssize_t length = ::read(STDIN_FILENO, &byte, 1);
        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length <= 0 || byte == '\n') {
            break;
        }
        line += byte;
    }
    return line;
}

bool confirmed(const Instance & instance, const Options & options, tool::Output & output) {
    if (options.force) {
        return true;
    }
    output.out("Remove the instance {} with its configuration {}{}{}? [y/N] ", escape(instance.name()),
               escape(instance.layout().config_folder()), options.purge ? tool::phrase(" and its logs") : "",
               in_root(options));
    output.flush();
    const std::string answer = read_answer();
    const bool yes = answer == "y" || answer == "Y" || answer == "yes";
    if (!yes) {
        output.err("ERROR: not confirmed; nothing was removed. Answer y, or give --yes\n");
    }
    return yes;
}

int finish(const Options & options, const Json & left, const Json & error, int status, tool::Output & output) {
    if (options.json) {
        output.document(tool::dump({{"version", tool::JSON_VERSION},
                                    {"root", root_json(options)},
                                    {"name", tool::text(*options.name)},
                                    {"left", left},
                                    {"error", error},
                                    {"exit_status", status}}));
    }
    return status;
}

}  // namespace

int remove(const Options & options, tool::Output & output) {
    const auto fail = [&](const std::string & text) {
        output.err("ERROR: {}\n", text);
        return finish(options, Json::array(), text, FAILED, output);
    };
    const auto instance = Instance::find(*options.name, confgraph::LayoutOptions().with_root(options.root));
    if (!instance) {
        return fail(tool::phrase("there is no instance {}{}", escape(*options.name), in_root(options)));
    }
    if (instance->origin() == InstanceOrigin::OTHER) {
        return fail(
            tool::phrase("{} was not made by a2instance, which does not know what belongs to it; nothing was removed",
                         escape(instance->layout().config_folder())));
    }
    // One that runs is refused without a question.
    const bool asks = instance->running() == confgraph::Running::NO || !options.root.empty();
    if (asks && !confirmed(*instance, options, output)) {
        return finish(options, Json::array(), "not confirmed", FAILED, output);
    }
    const auto left =
        confgraph::remove_instance(*instance, options.purge, options.wait, [&](const std::string & holder) {
            output.err("Waiting for {} to finish its change\n", holder);
            output.flush();
        });
    if (!left) {
        return fail(tool::error_text(left.error(), options.root));
    }
    for (const std::string & path : left.value()) {
        output.err("WARNING: {} is something else than what was made, and was left\n", escape(path));
    }
    if (!options.quiet && !options.json) {
        output.out("Instance {} removed{}.\n", escape(*options.name),
                   options.purge
                       ? ""
                       : tool::phrase("; its logs, if there are any, stay in {}", escape(instance->log_folder())));
    }
    return finish(options, tool::texts(left.value()), {}, DONE, output);
}

}  // namespace a2instance

// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"
#include "common/help.hpp"
#include "common/language.hpp"
#include "common/place.hpp"

#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

namespace a2instance {

using confgraph::escape;
using tool::phrase;

namespace {

constexpr std::array<std::pair<std::string_view, Command>, 4> COMMANDS = {
    {{"list", Command::LIST}, {"create", Command::CREATE}, {"show", Command::SHOW}, {"remove", Command::REMOVE}}};
constexpr unsigned MAX_PORT = 65535;
// Thirty years. More would only be a mistake.
constexpr unsigned MAX_WAIT_SECONDS = 1'000'000'000;

std::optional<unsigned> parse_number(const std::string & text, unsigned least, unsigned most) {
    unsigned number = 0;
    const char * const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && last == end && number >= least && number <= most ? std::optional(number)
                                                                                    : std::nullopt;
}

struct Number {
    const char * name;
    const std::optional<std::string> & text;
    unsigned least;
    unsigned most;
};

/// The words that are no options: a command and a name.
bool take_operands(std::vector<std::string> operands, const std::optional<std::string> & instance, Options & options,
                   tool::Output & output) {
    if (operands.empty()) {
        output.err("ERROR: no command given: list, create, show or remove; see --help\n");
        return false;
    }
    const auto * const found = std::find_if(COMMANDS.begin(), COMMANDS.end(),
                                            [&](const auto & command) { return command.first == operands.front(); });
    if (found == COMMANDS.end()) {
        output.err("ERROR: {}: no such command; give list, create, show or remove\n", escape(operands.front()));
        return false;
    }
    options.command = found->second;
    operands.erase(operands.begin());
    if (instance) {
        operands.insert(operands.begin(), *instance);
    }
    if (operands.size() > (options.command == Command::LIST ? 0 : 1)) {
        output.err("ERROR: unexpected argument: {}\n", escape(operands.back()));
        return false;
    }
    if (!operands.empty()) {
        options.name = operands.front();
    } else if (options.command == Command::CREATE || options.command == Command::REMOVE) {
        output.err("ERROR: {} needs the name of an instance\n", found->first);
        return false;
    }
    if (options.name && !confgraph::is_instance_name(*options.name)) {
        output.err(
            "ERROR: '{}' cannot be the name of an instance: that is one word that does not begin with a dash and holds "
            "no slash, no '..' and no control character\n",
            escape(*options.name));
        return false;
    }
    return true;
}

/// Options that mean nothing for a command are a mistake.
bool fits(const Options & options, tool::Output & output) {
    const bool create = options.command == Command::CREATE;
    const bool remove = options.command == Command::REMOVE;
    const std::array<std::pair<std::string_view, bool>, 7> misplaced = {{{"--user", options.user && !create},
                                                                         {"--group", options.group && !create},
                                                                         {"--port", options.port && !create},
                                                                         {"--ssl-port", options.ssl_port && !create},
                                                                         {"--dry-run", options.dry_run && !create},
                                                                         {"--yes", options.force && !remove},
                                                                         {"--purge", options.purge && !remove}}};
    const auto * const found =
        std::find_if(misplaced.begin(), misplaced.end(), [](const auto & option) { return option.second; });
    if (found != misplaced.end()) {
        output.err("ERROR: {} is not for this command; see --help\n", found->first);
    }
    return found == misplaced.end();
}

}  // namespace

std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output) {
    Options options;
    std::optional<std::string> port;
    std::optional<std::string> ssl_port;
    std::optional<std::string> wait;
    std::optional<std::string> instance;
    std::optional<std::string> root;
    bool yes = false;
    const std::vector<tool::Flag> flags = {{"-n,--dry-run", &options.dry_run}, {"-y,--yes", &yes},
                                           {"-f,--force", &options.force},     {"--purge", &options.purge},
                                           {"--json", &options.json},          {"-q,--quiet", &options.quiet},
                                           {"--help", &options.help},          {"--version", &options.version}};
    const std::vector<tool::ValueOption> values = {
        {"--user", &options.user}, {"--group", &options.group}, {"--port", &port}, {"--ssl-port", &ssl_port},
        {"--wait", &wait},         {"--instance", &instance},   {"--root", &root}};
    auto operands = tool::parse_arguments(argc, argv, flags, values, output);
    if (!operands) {
        return std::nullopt;
    }
    if (options.help || options.version) {
        return options;
    }
    auto found_root = tool::find_root(root, output);
    if (!found_root) {
        return std::nullopt;
    }
    options.root = *std::move(found_root);
    options.force = options.force || yes;
    for (const Number & number : {Number{"port", port, 1, MAX_PORT}, Number{"ssl-port", ssl_port, 1, MAX_PORT},
                                  Number{"wait", wait, 0, MAX_WAIT_SECONDS}}) {
        if (number.text && !parse_number(*number.text, number.least, number.most)) {
            output.err("ERROR: --{}={}: not a number from {} to {}\n", number.name, escape(*number.text), number.least,
                       number.most);
            return std::nullopt;
        }
    }
    if (port) {
        options.port = static_cast<std::uint16_t>(*parse_number(*port, 1, MAX_PORT));
    }
    if (ssl_port) {
        options.ssl_port = static_cast<std::uint16_t>(*parse_number(*ssl_port, 1, MAX_PORT));
    }
    if (wait) {
        options.wait = std::chrono::seconds(*parse_number(*wait, 0, MAX_WAIT_SECONDS));
    }
    const bool right = take_operands(*std::move(operands), instance, options, output) && fits(options, output);
    return right ? std::optional(options) : std::nullopt;
}

void print_help(tool::Output & output) {
    tool::Help help(output);
    help.usage({"a2instance list|show [NAME] [OPTION]...", "a2instance create|remove NAME [OPTION]..."});
    help.paragraph(
        phrase("List, make and remove instances of the Apache HTTP Server: configurations beside the default one, each "
               "with a server, ports, logs and markers of its own."));
    help.blank();
    help.options({{"    --user=USER", phrase("create: whom its server runs as; root has to give one")},
                  {"    --group=GROUP", phrase("create: the group that it runs as (the user's own one)")},
                  {"    --port=PORT", phrase("create: the port (the next free one from 8081)")},
                  {"    --ssl-port=PORT", phrase("create: the one for TLS (the next free one from 8444)")},
                  {"-n, --dry-run", phrase("create: print what would be made and make nothing")},
                  {"-y, --yes, -f, --force", phrase("remove: ask nothing")},
                  {"    --purge", phrase("remove: the logs, too")},
                  {"    --root=DIR", phrase("work on the system that lies in DIR and does not run")},
                  {"    --json", phrase("answer with one JSON document")},
                  {"-q, --quiet", phrase("say only what is wrong")},
                  {"    --help, --version", phrase("print this help, or the version")}});
    help.more_options("a2instance(8)", "--instance=NAME, --wait=SECONDS");
    help.paragraph(phrase("Exit status: 0 done, 1 refused or failed, 2 usage error."));
    help.blank();
    help.examples({"a2instance create web --user=www-web --port=8080", "a2instance list"});
}

}  // namespace a2instance

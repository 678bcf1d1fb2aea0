// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"
#include "common/help.hpp"
#include "common/language.hpp"
#include "common/place.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace a2mmn {

using confgraph::package::Flavour;
using tool::phrase;

namespace {

constexpr std::array<std::pair<std::string_view, Command>, 3> COMMANDS = {
    {{"inspect", Command::INSPECT}, {"emit", Command::EMIT}, {"verify", Command::VERIFY}}};
constexpr std::array<std::pair<std::string_view, Flavour>, 5> FLAVOURS = {{{"deb", Flavour::DEB},
                                                                           {"rpm", Flavour::RPM},
                                                                           {"suse", Flavour::SUSE},
                                                                           {"pld", Flavour::PLD},
                                                                           {"alt", Flavour::ALT}}};

template <class Value, std::size_t COUNT>
std::optional<Value> find(const std::array<std::pair<std::string_view, Value>, COUNT> & words, std::string_view word) {
    const auto * found =
        std::find_if(words.begin(), words.end(), [&](const auto & item) { return item.first == word; });
    return found == words.end() ? std::nullopt : std::optional(found->second);
}

/// An option that was given, and the commands that know it.
struct Use {
    bool given;
    std::string_view name;
    std::vector<Command> commands;
};

/// What is wrong about options that were given; empty when nothing is.
std::string misuse(const Options & options, bool format, bool root) {
    const std::array<Use, 10> uses = {
        {{options.json, "--json", {Command::AGREE, Command::INSPECT}},
         {format, "--format", {Command::EMIT}},
         {options.headers, "--headers", {Command::EMIT}},
         {options.openssl, "--openssl", {Command::EMIT}},
         {options.provides, "--provides", {Command::EMIT}},
         {options.substvars, "--substvars", {Command::EMIT}},
         {options.include_folder.has_value(), "--include", {Command::AGREE, Command::EMIT}},
         {root, "--root", {Command::AGREE, Command::EMIT, Command::VERIFY}},
         {!options.also.empty(), "--also", {Command::VERIFY}},
         {options.mmn.has_value(), "--mmn", {Command::VERIFY}}}};
    for (const Use & use : uses) {
        if (use.given && std::find(use.commands.begin(), use.commands.end(), options.command) == use.commands.end()) {
            return phrase("{} makes no sense here", use.name);
        }
    }
    if (options.include_folder && root) {
        return phrase("--include makes no sense with --root");
    }
    const std::size_t count = options.paths.size();
    switch (options.command) {
        case Command::AGREE:
            return "";
        case Command::INSPECT:
            return count == 0 ? phrase("inspect needs a file or a folder") : "";
        case Command::EMIT:
            if (options.include_folder && !options.headers) {
                return phrase("--include makes no sense without --headers");
            }
            if (root && !options.headers && !options.openssl) {
                return phrase("--root makes no sense without --headers or --openssl");
            }
            if ((options.openssl || options.substvars) && options.flavour != Flavour::DEB) {
                return phrase("{} is for --format deb", options.openssl ? "--openssl" : "--substvars");
            }
            if (options.provides && (options.openssl || options.substvars)) {
                return phrase("{} makes no sense with --provides", options.openssl ? "--openssl" : "--substvars");
            }
            if (options.headers && count != 0) {
                return phrase("--headers takes no file or folder");
            }
            return count == 0 && !options.headers ? phrase("emit needs a file or a folder, or --headers") : "";
        case Command::VERIFY:
            return count == 0 ? phrase("verify needs a package or a folder") : "";
    }
    return "";
}

}  // namespace

std::optional<Options> parse_options(int argc, const char * const * argv, tool::Output & output) {
    Options options;
    std::optional<std::string> format;
    std::optional<std::string> mmn;
    std::optional<std::string> root;
    std::optional<std::string> unused;
    auto operands = tool::parse_arguments(argc, argv,
                                          {{"--headers", &options.headers},
                                           {"--openssl", &options.openssl},
                                           {"--provides", &options.provides},
                                           {"--substvars", &options.substvars},
                                           {"--json", &options.json},
                                           {"-h,--help", &options.help},
                                           {"--version", &options.version}},
                                          {{"--format", &format},
                                           {"-I,--include", &options.include_folder},
                                           {"--root", &root},
                                           {"--mmn", &mmn},
                                           {"--also", &unused, false, &options.also}},
                                          output);
    if (!operands) {
        return std::nullopt;
    }
    if (options.help || options.version) {
        return options;
    }
    if (options.json) {
        tool::speak_english();
    }
    const auto fail = [&](std::string_view what) {
        output.err("a2mmn: {}; see --help\n", what);
        return std::nullopt;
    };
    if (!operands->empty()) {
        const auto command = find(COMMANDS, operands->front());
        if (!command) {
            return fail(
                phrase("'{}' is no command: inspect, emit and verify are", confgraph::escape(operands->front())));
        }
        options.command = *command;
        options.paths.assign(operands->begin() + 1, operands->end());
    }
    if (format) {
        const auto flavour = find(FLAVOURS, *format);
        if (!flavour) {
            return fail(
                phrase("--format {}: no such format; give deb, rpm, suse, pld or alt", confgraph::escape(*format)));
        }
        options.flavour = *flavour;
    }
    if (mmn) {
        int number = 0;
        const auto end = std::from_chars(mmn->data(), mmn->data() + mmn->size(), number);
        if (end.ec != std::errc() || end.ptr != mmn->data() + mmn->size() || number <= 0) {
            return fail(phrase("--mmn {}: give a number such as 20120211", confgraph::escape(*mmn)));
        }
        options.mmn = number;
    }
    if (const std::string wrong = misuse(options, format.has_value(), root.has_value()); !wrong.empty()) {
        return fail(wrong);
    }
    if (options.command == Command::INSPECT) {
        return options;
    }
    const auto found = tool::find_root(root, output);
    if (!found) {
        return std::nullopt;
    }
    options.root = *found;
    return options;
}

void print_help(tool::Output & output) {
    tool::Help help(output);
    help.usage({"a2mmn [OPTION]...", "a2mmn inspect|emit|verify [OPTION]... FILE|DIR..."});
    help.paragraph(
        phrase("Read the module magic number (MMN) that ties a module to its Apache HTTP Server. Alone: do installed "
               "server and headers agree? inspect: the modules in binaries and packages. emit: what a package of these "
               "depends on. verify: what is wrong with packages or build trees. FILE - is a list on standard input."));
    help.blank();
    help.options({{"    --json", phrase("alone, inspect: print one JSON document")},
                  {"    --format FORMAT", phrase("emit: deb (the default), rpm, suse, pld or alt")},
                  {"    --headers", phrase("emit: for the MMN of the installed headers")},
                  {"-I, --include DIR", phrase("the folder of the headers")},
                  {"    --root DIR", phrase("look at the system in DIR, not at this one")},
                  {"    --mmn NUMBER", phrase("verify: against this MMN, not the one depended on")},
                  {"    --also DIR", phrase("verify: know the modules of that tree; may be repeated")},
                  {"-h, --help, --version", phrase("print this help, or the version")}});
    help.more_options("a2mmn(1)", "--openssl, --provides, --substvars");
    help.paragraph(
        phrase("Exit status: 0 done, they agree, nothing is wrong; 1 something is wrong, missing, or cannot be read; 2 "
               "usage error."));
    help.blank();
    help.examples({"a2mmn inspect /usr/lib/apache2/modules/mod_rewrite.so", "a2mmn emit --format rpm mod_foo.so"});
}

}  // namespace a2mmn

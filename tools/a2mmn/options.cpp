// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include "common/arguments.hpp"
#include "common/place.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace a2mmn {

using confgraph::package::Flavour;

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
            return fmt::format("{} makes no sense here", use.name);
        }
    }
    if (options.include_folder && root) {
        return "--include makes no sense with --root";
    }
    const std::size_t count = options.paths.size();
    switch (options.command) {
        case Command::AGREE:
            return "";
        case Command::INSPECT:
            return count == 0 ? "inspect needs a file or a folder" : "";
        case Command::EMIT:
            if (options.include_folder && !options.headers) {
                return "--include makes no sense without --headers";
            }
            if (root && !options.headers && !options.openssl) {
                return "--root makes no sense without --headers or --openssl";
            }
            if ((options.openssl || options.substvars) && options.flavour != Flavour::DEB) {
                return fmt::format("{} is for --format deb", options.openssl ? "--openssl" : "--substvars");
            }
            if (options.provides && (options.openssl || options.substvars)) {
                return fmt::format("{} makes no sense with --provides", options.openssl ? "--openssl" : "--substvars");
            }
            if (options.headers && count != 0) {
                return "--headers takes no file or folder";
            }
            return count == 0 && !options.headers ? "emit needs a file or a folder, or --headers" : "";
        case Command::VERIFY:
            return count == 0 ? "verify needs a package or a folder" : "";
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
    const auto fail = [&](std::string_view what) {
        output.err("a2mmn: {}; see --help\n", what);
        return std::nullopt;
    };
    if (!operands->empty()) {
        const auto command = find(COMMANDS, operands->front());
        if (!command) {
            return fail(
                fmt::format("'{}' is no command: inspect, emit and verify are", confgraph::escape(operands->front())));
        }
        options.command = *command;
        options.paths.assign(operands->begin() + 1, operands->end());
    }
    if (format) {
        const auto flavour = find(FLAVOURS, *format);
        if (!flavour) {
            return fail(fmt::format("--format {}: no such format; give deb, rpm, suse, pld or alt",
                                    confgraph::escape(*format)));
        }
        options.flavour = *flavour;
    }
    if (mmn) {
        int number = 0;
        const auto end = std::from_chars(mmn->data(), mmn->data() + mmn->size(), number);
        if (end.ec != std::errc() || end.ptr != mmn->data() + mmn->size() || number <= 0) {
            return fail(fmt::format("--mmn {}: give a number such as 20120211", confgraph::escape(*mmn)));
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
    output.out(
        "Usage: a2mmn [--json] [--include DIR | --root DIR]\n"
        "       a2mmn inspect [--json] FILE|DIR...\n"
        "       a2mmn emit [--format FORMAT] [OPTION]... FILE|DIR...\n"
        "       a2mmn emit [--format FORMAT] --headers [OPTION]...\n"
        "       a2mmn verify [OPTION]... PACKAGE|DIR...\n"
        "Read the module magic number (MMN) that ties a module to its Apache HTTP Server.\n"
        "\n"
        "Alone: the MMN of the installed server and of the installed headers, and whether they agree.\n"
        "inspect: the modules in binaries and in packages (.deb, .rpm): identifier, source, MMN,\n"
        "directives.\n"
        "emit: the dependencies of a package with these binaries, one a line. FILE - stands for a list of\n"
        "files on standard input, one a line.\n"
        "verify: what is wrong with the dependencies of packages; of a package's build tree, what is\n"
        "wrong with its .load files and binaries. FILE - is a list for inspect and verify, too.\n"
        "\n"
        "      --json           print one JSON document\n"
        "      --format FORMAT  deb (the default), rpm, suse, pld or alt\n"
        "      --headers        emit for the MMN of the installed headers\n"
        "  -I, --include DIR    the folder of the headers\n"
        "      --root DIR       the server, headers and packages of the system in DIR, not of this one\n"
        "      --openssl        emit the dependency on mod_ssl's OpenSSL, too\n"
        "      --provides       emit what a package with this server provides for modules\n"
        "      --substvars      emit one line for a substvars file, apache2:Depends=...\n"
        "      --mmn NUMBER     verify against this MMN, not the one that the package depends on\n"
        "      --also DIR       verify trees with the modules of another one known; may be repeated\n"
        "  -h, --help           print this help\n"
        "      --version        print the version\n"
        "\n"
        "Exit status: 0 done, they agree, nothing is wrong; 1 something is wrong, missing, or cannot be\n"
        "read; 2 usage error.\n"
        "\n"
        "Examples:\n"
        "  a2mmn inspect /usr/lib/apache2/modules/mod_rewrite.so\n"
        "  a2mmn emit --format rpm mod_foo.so\n"
        "  a2mmn emit --format rpm --provides /usr/sbin/httpd\n"
        "  a2mmn verify debian/libapache2-mod-foo\n"
        "  a2mmn verify *.deb\n");
}

}  // namespace a2mmn

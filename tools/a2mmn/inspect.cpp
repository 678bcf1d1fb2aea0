// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "common/json.hpp"
#include "error_text.hpp"

#include <confgraph-package/binary.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace a2mmn {

using confgraph::escape;
using confgraph::package::BinaryTree;
using confgraph::package::Directive;
using confgraph::package::Module;
using confgraph::package::ModuleBinary;
using tool::Json;

namespace {

constexpr std::array<std::string_view, 14> ARGUMENT_WORDS = {"RAW_ARGS", "TAKE1",   "TAKE2",     "ITERATE", "ITERATE2",
                                                             "FLAG",     "NO_ARGS", "TAKE12",    "TAKE3",   "TAKE23",
                                                             "TAKE123",  "TAKE13",  "TAKE_ARGV", "OTHER"};

using confgraph::package::Allowed;
constexpr std::array<std::pair<Allowed, std::string_view>, 7> PLACES = {{{Allowed::ALLOWED_SERVER, "server"},
                                                                         {Allowed::ALLOWED_DIRECTORY, "directory"},
                                                                         {Allowed::ALLOWED_AUTH_CONFIG, "AuthConfig"},
                                                                         {Allowed::ALLOWED_FILE_INFO, "FileInfo"},
                                                                         {Allowed::ALLOWED_INDEXES, "Indexes"},
                                                                         {Allowed::ALLOWED_LIMIT, "Limit"},
                                                                         {Allowed::ALLOWED_OPTIONS, "Options"}}};

std::vector<std::string> places(const Directive & directive) {
    std::vector<std::string> words;
    for (const auto & [bit, word] : PLACES) {
        if ((directive.allowed() & bit) != 0) {
            words.emplace_back(word);
        }
    }
    return words;
}

Json module_json(const Module & module) {
    Json directives = Json::array();
    for (const Directive & directive : module.directives()) {
        directives.push_back({{"name", tool::text(directive.name())},
                              {"allowed", tool::texts(places(directive))},
                              {"allowed_bits", directive.allowed()},
                              {"arguments", ARGUMENT_WORDS.at(static_cast<std::size_t>(directive.arguments()))},
                              {"help", tool::text(directive.help())}});
    }
    return {{"identifier", tool::text(module.identifier())},
            {"source", tool::text(module.source())},
            {"mmn", {{"major", module.mmn_major()}, {"minor", module.mmn_minor()}}},
            {"cookie", module.cookie()},
            {"directives_known", module.directives_known()},
            {"directives", std::move(directives)}};
}

Json binary_json(const ModuleBinary & binary) {
    Json modules = Json::array();
    for (const Module & module : binary.modules()) {
        modules.push_back(module_json(module));
    }
    return {{"file", tool::text(binary.path())},
            {"machine", binary.machine()},
            {"bits", binary.bits()},
            {"byte_order", binary.big_endian() ? "big" : "little"},
            {"modules", std::move(modules)}};
}

void print_binary(const ModuleBinary & binary, tool::Output & output) {
    output.out("{}: {}, {} bits, {}-endian\n", escape(binary.path()), binary.machine(), binary.bits(),
               binary.big_endian() ? "big" : "little");
    for (const Module & module : binary.modules()) {
        output.out("  {} ({}) MMN {}:{}\n", escape(module.identifier()), escape(module.source()), module.mmn_major(),
                   module.mmn_minor());
        std::size_t width = 0;
        for (const Directive & directive : module.directives()) {
            width = std::max(width, escape(directive.name()).size());
        }
        for (const Directive & directive : module.directives()) {
            std::string words;
            for (const std::string & place : places(directive)) {
                words += (words.empty() ? "" : ", ") + place;
            }
            output.out("    {:<{}}  [{}]{}{}\n", escape(directive.name()), width, words,
                       directive.help().empty() ? "" : " ", escape(directive.help()));
        }
        if (!module.directives_known()) {
            output.out("    (its directives lie in another binary)\n");
        }
    }
}

}  // namespace

int inspect(const Options & options, tool::Output & output) {
    int status = DONE;
    Json files = Json::array();
    const auto fail = [&](const std::string & file, const std::string & reason) {
        output.err("a2mmn: {}: {}\n", escape(file), reason);
        files.push_back({{"file", tool::text(file)}, {"modules", Json::array()}, {"error", reason}});
        status = FAILED;
    };
    for (const std::string & path : options.paths) {
        const auto tree = BinaryTree::read(path);
        if (!tree) {
            fail(tree.error().path(), reason_text(tree.error()));
            continue;
        }
        for (const ModuleBinary & binary : tree.value().binaries()) {
            if (options.json) {
                files.push_back(binary_json(binary));
            } else {
                print_binary(binary, output);
            }
        }
        for (const confgraph::package::Error & error : tree.value().errors()) {
            fail(error.path(), reason_text(error));
        }
        if (tree.value().binaries().empty() && tree.value().errors().empty()) {
            fail(path, "holds no module");
        }
    }
    if (options.json) {
        output.document(
            tool::dump({{"version", tool::JSON_VERSION}, {"files", std::move(files)}, {"exit_status", status}}));
    }
    return status;
}

}  // namespace a2mmn

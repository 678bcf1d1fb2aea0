// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "common/json.hpp"
#include "common/language.hpp"
#include "error_text.hpp"
#include "list.hpp"
#include "parallel.hpp"

#include <confgraph-package/binary.hpp>
#include <confgraph-package/package.hpp>
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
using confgraph::package::Package;
using confgraph::package::PackageKind;
using confgraph::package::Relation;
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

template <class... T>
void add(std::string & text, fmt::format_string<T...> format, const T &... values) {
    text += tool::render(format, fmt::make_format_args(values...));
}

void print_binary(const ModuleBinary & binary, std::string_view indent, std::string & text) {
    add(text, "{}{}: {}, {} bits, {}-endian\n", indent, escape(binary.path()), binary.machine(), binary.bits(),
        binary.big_endian() ? "big" : "little");
    for (const Module & module : binary.modules()) {
        add(text, "{}  {} ({}) MMN {}:{}\n", indent, escape(module.identifier()), escape(module.source()),
            module.mmn_major(), module.mmn_minor());
        std::size_t width = 0;
        for (const Directive & directive : module.directives()) {
            width = std::max(width, escape(directive.name()).size());
        }
        for (const Directive & directive : module.directives()) {
            std::string words;
            for (const std::string & place : places(directive)) {
                words += (words.empty() ? "" : ", ") + place;
            }
            add(text, "{}    {:<{}}  [{}]{}{}\n", indent, escape(directive.name()), width, words,
                directive.help().empty() ? "" : " ", escape(directive.help()));
        }
        if (!module.directives_known()) {
            add(text, "{}    (its directives lie in another binary)\n", indent);
        }
    }
}

Json relations_json(const std::vector<Relation> & relations) {
    Json list = Json::array();
    for (const Relation & relation : relations) {
        Json item = {{"name", tool::text(relation.name())}};
        if (!relation.relation().empty()) {
            item["relation"] = tool::text(relation.relation());
            item["version"] = tool::text(relation.version());
        }
        if (relation.alternative()) {
            item["alternative"] = true;
        }
        list.push_back(std::move(item));
    }
    return list;
}

Json package_json(const Package & package) {
    Json scripts = Json::array();
    for (const auto & script : package.scripts()) {
        scripts.push_back({{"name", tool::text(script.name())}, {"text", tool::text(script.text())}});
    }
    Json triggers = Json::array();
    for (const auto & trigger : package.triggers()) {
        triggers.push_back({{"kind", tool::text(trigger.kind())}, {"name", tool::text(trigger.name())}});
    }
    return {{"kind", package.kind() == PackageKind::DEB ? "deb" : "rpm"},
            {"name", tool::text(package.name())},
            {"version", tool::text(package.version())},
            {"architecture", tool::text(package.architecture())},
            {"depends", relations_json(package.depends())},
            {"provides", relations_json(package.provides())},
            {"scripts", std::move(scripts)},
            {"triggers", std::move(triggers)}};
}

/// What is to be said of one operand.
struct Report {
    std::string out;
    std::string err;
    Json files = Json::array();
};

class Inspection {
public:
    Inspection(const Options & options, Report & report) : json_(options.json), report_(report) {}

    void run(const Item & item) {
        if (Package::is_package(item.path)) {
            inspect_package(item.path);
        } else {
            inspect_tree(item);
        }
    }

private:
    void fail(const std::string & file, const std::string & reason) {
        add(report_.err, "a2mmn: {}: {}\n", escape(file), reason);
        if (json_) {
            report_.files.push_back({{"file", tool::text(file)}, {"modules", Json::array()}, {"error", reason}});
        }
    }

    void inspect_tree(const Item & item) {
        const auto tree = BinaryTree::read(item.path);
        if (!tree) {
            if (!item.listed || matters_in_list(tree.error())) {
                fail(tree.error().path(), reason_text(tree.error()));
            }
            return;
        }
        for (const ModuleBinary & binary : tree.value().binaries()) {
            if (json_) {
                report_.files.push_back(binary_json(binary));
            } else {
                print_binary(binary, "", report_.out);
            }
        }
        for (const confgraph::package::Error & error : tree.value().errors()) {
            fail(error.path(), reason_text(error));
        }
        if (tree.value().binaries().empty() && tree.value().errors().empty() && !item.listed) {
            fail(item.path, tool::phrase("holds no module"));
        }
    }

    void inspect_package(const std::string & path) {
        const auto read = Package::read(path);
        if (!read) {
            fail(path, reason_text(read.error()));
            return;
        }
        const Package & package = read.value();
        std::string problem;
        for (const confgraph::package::Error & error : package.errors()) {
            problem += fmt::format("{}{} {}", problem.empty() ? "" : "; ", escape(error.path()), reason_text(error));
        }
        if (problem.empty() && package.binaries().empty()) {
            problem = tool::phrase("holds no module");
        }
        if (!problem.empty()) {
            add(report_.err, "a2mmn: {}: {}\n", escape(path), problem);
        }
        if (json_) {
            Json document = {
                {"file", tool::text(path)}, {"package", package_json(package)}, {"modules", Json::array()}};
            for (const ModuleBinary & binary : package.binaries()) {
                Json one = binary_json(binary);
                for (Json & module : one["modules"]) {
                    // Where it lies, and for what: each binary may have several.
                    for (const char * member : {"machine", "bits", "byte_order"}) {
                        module[member] = one[member];
                    }
                    module["path"] = one["file"];
                    document["modules"].push_back(std::move(module));
                }
            }
            if (!problem.empty()) {
                document["error"] = problem;
            }
            report_.files.push_back(std::move(document));
            return;
        }
        add(report_.out, "{}: {} {} {}\n", escape(path), escape(package.name()), escape(package.version()),
            escape(package.architecture()));
        for (const ModuleBinary & binary : package.binaries()) {
            print_binary(binary, "  ", report_.out);
        }
    }

    bool json_;
    Report & report_;
};

}  // namespace

int inspect(const Options & options, tool::Output & output) {
    const auto all = items(options.paths, output);
    if (!all) {
        return FAILED;
    }
    std::vector<Report> reports(all->size());
    for_all(all->size(), [&](std::size_t i) { Inspection(options, reports[i]).run((*all)[i]); });
    int status = DONE;
    Json files = Json::array();
    for (Report & report : reports) {
        output.out("{}", report.out);
        output.err("{}", report.err);
        status = report.err.empty() ? status : FAILED;
        for (Json & file : report.files) {
            files.push_back(std::move(file));
        }
    }
    if (options.json) {
        output.document(
            tool::dump({{"version", tool::JSON_VERSION}, {"files", std::move(files)}, {"exit_status", status}}));
    }
    return status;
}

}  // namespace a2mmn

// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "common/json.hpp"
#include "common/language.hpp"
#include "development.hpp"
#include "error_text.hpp"

#include <confgraph-package/headers.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/server.hpp>
#include <confgraph/text.hpp>

#include <cerrno>
#include <string>
#include <vector>

namespace a2mmn {

using confgraph::escape;
using confgraph::Layout;
using confgraph::LayoutOptions;
using confgraph::Server;
using confgraph::package::DevelopmentTree;
using confgraph::package::Headers;
using tool::Json;

namespace {

std::string server_problem(const confgraph::Error & error) {
    return error.system_error() != 0
               ? tool::phrase("{}: cannot be read: {}", escape(error.path()), tool::system_text(error.system_error()))
               : tool::phrase("{}: is no server, or is not installed", escape(error.path()));
}

std::string headers_problem(const Options & options, const confgraph::package::Error & error) {
    const auto & usual = DevelopmentTree::usual_include_folders();
    // Else the settings of apxs say where they are.
    const bool looked_everywhere = error.path() == usual.front() + "/ap_mmn.h";
    if (error.system_error() != ENOENT || options.include_folder || !looked_everywhere) {
        return error_text(error);
    }
    std::string folders;
    for (const std::string & folder : usual) {
        if (folders.find(folder) == std::string::npos) {
            folders += fmt::format("{}{}", folders.empty() ? "" : ", ", escape(folder));
        }
    }
    return tool::phrase("no ap_mmn.h in {}: the headers are not installed, or elsewhere (--include)", folders);
}

Json number(int major, int minor) { return {{"major", major}, {"minor", minor}}; }

Json settings_json(const DevelopmentTree & tree) {
    if (tree.settings_file().empty()) {
        return nullptr;
    }
    const int major = tree.settings_mmn_major();
    return {{"file", tool::text(tree.settings_file())},
            {"include_folder", tool::text(tree.include_folder())},
            {"mmn", major == 0 ? Json(nullptr) : Json({{"major", major}})}};
}

Json mmn_file_json(const DevelopmentTree & tree) {
    if (tree.mmn_file().empty()) {
        return nullptr;
    }
    return {{"file", tool::text(tree.mmn_file())},
            {"text", tool::text(tree.mmn_text())},
            {"mmn", {{"major", tree.mmn_file_major()}}}};
}

}  // namespace

int agree(const Options & options, tool::Output & output) {
    const auto server = Server::read(Layout::without_envvars(LayoutOptions().with_root(options.root)));
    const auto tree = read_development_tree(options);
    const std::vector<std::string> contradictions = tree ? contradictions_in(tree.value()) : std::vector<std::string>();
    const bool same =
        server && tree && contradictions.empty() && server.value().mmn_major() == tree.value().headers().mmn_major();
    const int status = same ? DONE : FAILED;
    if (!server) {
        output.err("a2mmn: {}\n", server_problem(server.error()));
    }
    if (!tree) {
        output.err("a2mmn: {}\n", headers_problem(options, tree.error()));
    }
    for (const std::string & text : contradictions) {
        output.err("a2mmn: {}\n", text);
    }
    if (options.json) {
        Json document = {{"version", tool::JSON_VERSION},
                         {"root", options.root.empty() ? Json() : tool::text(options.root)},
                         {"server", nullptr},
                         {"headers", nullptr},
                         {"settings", nullptr},
                         {"mmn_file", nullptr}};
        if (server) {
            document["server"] = {{"version", server.value().version()},
                                  {"mmn", number(server.value().mmn_major(), server.value().mmn_minor())}};
        }
        if (tree) {
            const Headers headers = tree.value().headers();
            document["headers"] = {{"file", tool::text(headers.path())},
                                   {"mmn", number(headers.mmn_major(), headers.mmn_minor())}};
            document["settings"] = settings_json(tree.value());
            document["mmn_file"] = mmn_file_json(tree.value());
        }
        document["agree"] = same;
        document["exit_status"] = status;
        output.document(tool::dump(document));
        return status;
    }
    if (server) {
        output.out("server {}:{} (Apache {})\n", server.value().mmn_major(), server.value().mmn_minor(),
                   escape(server.value().version()));
    }
    if (!tree) {
        return status;
    }
    const Headers headers = tree.value().headers();
    output.out("headers {}:{} ({})\n", headers.mmn_major(), headers.mmn_minor(), escape(headers.path()));
    if (tree.value().settings_mmn_major() != 0) {
        output.out("apxs {} ({})\n", tree.value().settings_mmn_major(), escape(tree.value().settings_file()));
    }
    if (!tree.value().mmn_file().empty()) {
        output.out("packages {} ({})\n", escape(tree.value().mmn_text()), escape(tree.value().mmn_file()));
    }
    if (server && server.value().mmn_major() != headers.mmn_major()) {
        output.err("a2mmn: the headers do not agree with the server: it does not load what is compiled with them\n");
    } else if (same && headers.mmn_minor() > server.value().mmn_minor()) {
        output.err(
            "NOTE: the headers are newer than the server: what is compiled with them may use what it does not have\n");
    }
    return status;
}

}  // namespace a2mmn

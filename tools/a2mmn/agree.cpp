// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "common/json.hpp"
#include "error_text.hpp"

#include <confgraph-package/headers.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/server.hpp>
#include <confgraph/text.hpp>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace a2mmn {

using confgraph::escape;
using confgraph::Server;
using confgraph::package::Headers;
using tool::Json;

namespace {

std::string server_problem(const confgraph::Error & error) {
    return error.system_error() != 0
               ? fmt::format("{}: cannot be read: {}", escape(error.path()), std::strerror(error.system_error()))
               : fmt::format("{}: is no server, or is not installed", escape(error.path()));
}

std::string headers_problem(const Options & options, const confgraph::package::Error & error) {
    if (error.system_error() != ENOENT || options.include_folder) {
        return error_text(error);
    }
    std::string folders;
    for (const std::string & folder : Headers::usual_folders()) {
        if (folders.find(folder) == std::string::npos) {
            folders += fmt::format("{}{}", folders.empty() ? "" : ", ", escape(folder));
        }
    }
    return fmt::format("no ap_mmn.h in {}: the headers are not installed, or elsewhere (--include)", folders);
}

Json number(int major, int minor) { return {{"major", major}, {"minor", minor}}; }

}  // namespace

int agree(const Options & options, tool::Output & output) {
    const auto server = Server::read(confgraph::Layout::without_envvars(""));
    const auto headers = options.include_folder ? Headers::read(*options.include_folder) : Headers::read_installed();
    const bool same = server && headers && server.value().mmn_major() == headers.value().mmn_major();
    const int status = same ? DONE : FAILED;
    if (!server) {
        output.err("a2mmn: {}\n", server_problem(server.error()));
    }
    if (!headers) {
        output.err("a2mmn: {}\n", headers_problem(options, headers.error()));
    }
    if (options.json) {
        Json document = {{"version", tool::JSON_VERSION}, {"server", nullptr}, {"headers", nullptr}};
        if (server) {
            document["server"] = {{"version", server.value().version()},
                                  {"mmn", number(server.value().mmn_major(), server.value().mmn_minor())}};
        }
        if (headers) {
            document["headers"] = {{"file", tool::text(headers.value().path())},
                                   {"mmn", number(headers.value().mmn_major(), headers.value().mmn_minor())}};
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
    if (headers) {
        output.out("headers {}:{} ({})\n", headers.value().mmn_major(), headers.value().mmn_minor(),
                   escape(headers.value().path()));
    }
    if (server && headers && !same) {
        output.err("a2mmn: the headers do not agree with the server: it does not load what is compiled with them\n");
    } else if (same && headers.value().mmn_minor() > server.value().mmn_minor()) {
        output.err(
            "NOTE: the headers are newer than the server: what is compiled with them may use what it does not have\n");
    }
    return status;
}

}  // namespace a2mmn

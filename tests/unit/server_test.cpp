// SPDX-License-Identifier: Apache-2.0
#include "core/server.hpp"

#include "io/server.hpp"
#include "support/binaries.hpp"
#include "support/catalog_maker.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

#include <cerrno>
#include <cstdio>
#include <random>
#include <string>

using namespace confgraph;
using core::parse_server;
using test::SERVER_BINARY;
using test::whole_file;

namespace {

/// What the server prints about itself. It does so before it reads a configuration, and fails for want of one.
std::string server_says() {
    const std::string command = SERVER_BINARY + " -V -f /dev/null 2>/dev/null";
    FILE * pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char buffer[4096];
    for (std::size_t length = 0; (length = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
        text.append(buffer, length);
    }
    ::pclose(pipe);
    return text;
}

}  // namespace

TEST_CASE("the server's binary says what the server says") {
    const auto server = parse_server(whole_file(SERVER_BINARY));
    REQUIRE(server);
    const std::string said = server_says();
    INFO(said);
    CHECK(said.find(" Apache/" + server->version + " (") != std::string::npos);
    CHECK(said.find(" Module Magic Number: " + std::to_string(server->mmn_major) + ":" +
                    std::to_string(server->mmn_minor) + "\n") != std::string::npos);
}

TEST_CASE("what is no server is none") {
    CHECK_FALSE(parse_server(""));
    CHECK_FALSE(parse_server("Apache/2.4.71 (Debian)"));
    CHECK_FALSE(parse_server(whole_file("/bin/true")));
    CHECK_FALSE(parse_server(whole_file(test::module_binary("mod_rewrite.so"))));
    const std::string good = whole_file(SERVER_BINARY);
    for (std::size_t length = 0; length < good.size(); length += 9973) {
        CHECK_FALSE(parse_server(good.substr(0, length)));
    }
}

TEST_CASE("a server without a banner is none") {
    std::string bytes = whole_file(SERVER_BINARY);
    for (auto at = bytes.find("Apache/"); at != std::string::npos; at = bytes.find("Apache/", at)) {
        bytes.replace(at, 7, "Xpache/");
    }
    CHECK_FALSE(parse_server(bytes));
}

TEST_CASE("a damaged server goes wrong nowhere") {
    const std::string good = whole_file(SERVER_BINARY);
    std::mt19937 random(13);
    std::size_t still = 0;
    for (int round = 0; round < 100; ++round) {
        std::string bytes = good;
        for (int flips = 0; flips < 2000; ++flips) {
            bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        still += parse_server(bytes).has_value();
    }
    CHECK(still < 100);
}

TEST_CASE("reading the server says why it cannot be read") {
    test::MemoryFileSystem files;
    const core::Layout layout = test::debian_layout();
    const auto missing = io::read_server(files, layout);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code() == ErrorCode::CANNOT_READ);
    CHECK(missing.error().system_error() == ENOENT);
    CHECK(missing.error().path() == layout.server);

    files.add_file(layout.server, "#!/bin/sh\nexec apache2\n");
    const auto script = io::read_server(files, layout);
    REQUIRE_FALSE(script);
    CHECK(script.error().code() == ErrorCode::NOT_A_SERVER);
    CHECK(script.error().path() == layout.server);

    files.add_folder("/usr/sbin/folder");
    core::Layout folder = layout;
    folder.server = "/usr/sbin/folder";
    CHECK(io::read_server(files, folder).error().code() == ErrorCode::NOT_A_SERVER);

    files.add_file(layout.server, whole_file(SERVER_BINARY));
    const auto server = io::read_server(files, layout);
    REQUIRE(server);
    CHECK(server.value().mmn_major == 20120211);
}

// SPDX-License-Identifier: Apache-2.0
// Asking the server whether it accepts the configuration; what stands for the server here is a script.
#include "io/server_test.hpp"

#include "support/catch.hpp"
#include "support/debian_folder.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace confgraph;
using io::ServerAnswer;
using test::DebianFolder;

namespace {

/// Makes the server a script.
void add_server(const DebianFolder & world, const std::string & script) {
    world.folder.add_file("server", "#!/bin/sh\n" + script);
    REQUIRE(::chmod(world.layout.server.c_str(), 0755) == 0);
}

/// A variable of the environment, while this lives.
class Variable {
public:
    Variable(const char * name, const std::string & value) : name_(name) {
        REQUIRE(::setenv(name, value.c_str(), 1) == 0);
    }
    Variable(const Variable &) = delete;
    Variable & operator=(const Variable &) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char * name_;
};

}  // namespace

TEST_CASE("the server accepts or refuses, in its words") {
    const DebianFolder world;
    add_server(world, "echo \"Syntax $1 $2 $3 $#\" >&2\necho said >&1\nexit $(cat \"$2/status\")\n");
    world.folder.add_file("conf/status", "0");
    auto verdict = io::test_server(world.layout, {});
    CHECK(verdict.answer == ServerAnswer::ACCEPTS);
    CHECK(verdict.words == "Syntax -d " + world.layout.config + " -t 3\nsaid\n");
    world.folder.add_file("conf/status", "1");
    verdict = io::test_server(world.layout, {});
    CHECK(verdict.answer == ServerAnswer::REFUSES);
    CHECK(verdict.words == "Syntax -d " + world.layout.config + " -t 3\nsaid\n");
}

TEST_CASE("that a server takes its time is told") {
    const DebianFolder world;
    add_server(world, "sleep 0.5\necho said\n");
    int told = 0;
    const auto verdict = io::test_server(world.layout, {}, [&] { ++told; });
    CHECK(verdict.answer == ServerAnswer::ACCEPTS);
    CHECK(verdict.words == "said\n");
    CHECK(told >= 2);
}

TEST_CASE("a server that is killed accepts nothing") {
    const DebianFolder world;
    add_server(world, "echo words\nkill -9 $$\n");
    const auto verdict = io::test_server(world.layout, {});
    CHECK(verdict.answer == ServerAnswer::REFUSES);
    CHECK(verdict.words == "words\n");
}

TEST_CASE("a caller that ignores its children's end is not told that the server accepts") {
    const DebianFolder world;
    add_server(world, "exit 1\n");
    const auto handler = std::signal(SIGCHLD, SIG_IGN);
    const auto verdict = io::test_server(world.layout, {});
    std::signal(SIGCHLD, handler);
    CHECK(verdict.answer != ServerAnswer::ACCEPTS);
}

TEST_CASE("without a server there is no answer") {
    const std::string variant = GENERATE(as<std::string>(), "nothing", "a file that is no program");
    INFO(variant);
    const DebianFolder world;
    if (variant == "nothing") {
    }
    if (variant == "a file that is no program") {
        world.folder.add_file("server", "text");
    }
    CHECK(io::test_server(world.layout, {}).answer == ServerAnswer::NO_SERVER);
    CHECK(io::test_server(world.layout, world.layout.of(Kind::CONF).enabled).answer == ServerAnswer::NO_SERVER);
}

TEST_CASE("much that a server says is cut") {
    const DebianFolder world;
    add_server(world,
               "i=0\nwhile [ $i -lt 3000 ]; do echo 'line 67890 of what there is to be said'; i=$((i+1)); done\n"
               "exit 1\n");
    const auto verdict = io::test_server(world.layout, {});
    CHECK(verdict.answer == ServerAnswer::REFUSES);
    CHECK(verdict.words.size() == 16384);
    CHECK(verdict.words.starts_with("line 67890 of"));
}

TEST_CASE("the server has nothing to read") {
    const DebianFolder world;
    add_server(world, "read -r line && exit 1\nexit 0\n");
    CHECK(io::test_server(world.layout, {}).answer == ServerAnswer::ACCEPTS);
}

TEST_CASE("the envvars file makes the server's environment") {
    const DebianFolder world;
    add_server(world, "echo \"$APACHE_RUN_USER|$APACHE_CONFDIR|${HOME-none}|$*\"\n");
    world.folder.add_file("conf/envvars", "export APACHE_RUN_USER='a user'\nAPACHE_ARGUMENTS='-D *'\necho noise\n");
    const std::string end = "|-d " + world.layout.config + " ";
    CHECK(io::test_server(world.layout, {}).words == "a user|" + world.layout.config + "|none" + end + "-D * -t\n");
    SECTION("it names another server") {
        world.folder.add_file("another", "#!/bin/sh\necho another\nexit 1\n");
        REQUIRE(::chmod(world.folder.at("another").c_str(), 0755) == 0);
        world.folder.add_file("conf/envvars", "APACHE_HTTPD='" + world.folder.at("another") + "'\n");
        const auto verdict = io::test_server(world.layout, {});
        CHECK(verdict.words == "another\n");
        CHECK(verdict.answer == ServerAnswer::REFUSES);
    }
    SECTION("the environment names another server") {
        world.folder.add_file("another", "#!/bin/sh\necho another\n");
        REQUIRE(::chmod(world.folder.at("another").c_str(), 0755) == 0);
        world.folder.erase("server");
        const Variable variable("APACHE_HTTPD", world.folder.at("another"));
        const auto verdict = io::test_server(world.layout, {});
        CHECK(verdict.words == "another\n");
        CHECK(verdict.answer == ServerAnswer::ACCEPTS);
    }
    SECTION("it fails") {
        world.folder.add_file("conf/envvars", "echo broken >&2\nexit 3\n");
        const auto verdict = io::test_server(world.layout, {});
        CHECK(verdict.answer == ServerAnswer::REFUSES);
        CHECK(verdict.words == "broken\n");
    }
}

TEST_CASE("names are never part of a script") {
    DebianFolder world;
    world.layout.config = world.folder.at("$(touch x) 'y' \"z\" ; a");
    world.folder.add_folder("$(touch x) 'y' \"z\" ; a");
    add_server(world, "echo \"$2\"\n");
    CHECK(io::test_server(world.layout, {}).words == world.layout.config + "\n");
}

TEST_CASE("only the server sees the copy in the folder's place") {
    const DebianFolder world;
    world.folder.add_link("conf/mods-enabled/old.load", "x");
    world.folder.add_link("conf/copy/new.load", "y");
    add_server(world, "ls \"$2/mods-enabled\"\nexit 1\n");
    const auto before = world.tree();
    CHECK(io::test_server(world.layout, {}).words == "old.load\n");
    const auto verdict = io::test_server(world.layout, world.folder.at("conf/copy"));
    if (::geteuid() == 0 && verdict.answer != ServerAnswer::NOT_PERMITTED) {
        CHECK(verdict.answer == ServerAnswer::REFUSES);
        CHECK(verdict.words == "new.load\n");
    } else {
        CHECK(verdict.answer == ServerAnswer::NOT_PERMITTED);
    }
    CHECK(world.tree() == before);
    CHECK(io::test_server(world.layout, {}).words == "old.load\n");
    CHECK(io::test_server(world.layout, world.folder.at("conf/nothing")).answer == ServerAnswer::NOT_PERMITTED);
}

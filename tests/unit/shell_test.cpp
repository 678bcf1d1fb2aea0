// SPDX-License-Identifier: Apache-2.0
#include "io/environment.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace confgraph;
using io::evaluate_with_shell;
using test::TemporaryFolder;

namespace {

/// Works in a folder while it lives.
class WorkingIn {
public:
    explicit WorkingIn(const std::string & folder) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder);
    }
    WorkingIn(const WorkingIn &) = delete;
    WorkingIn & operator=(const WorkingIn &) = delete;
    ~WorkingIn() { std::filesystem::current_path(before_); }

private:
    std::filesystem::path before_;
};

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("what a file exports is given") {
    const TemporaryFolder folder;
    folder.add_file("envvars", "A=1\nexport B=2\nC='two\nlines = x'\nexport C D=\nexport E=\"$(echo x)\"\n");
    const auto variables = evaluate_with_shell(folder.at("envvars"));
    REQUIRE(variables);
    CHECK(variables.value().count("A") == 0);
    CHECK(variables.value().at("B") == "2");
    CHECK(variables.value().at("C") == "two\nlines = x");
    CHECK(variables.value().at("D").empty());
    CHECK(variables.value().at("E") == "x");
}

TEST_CASE("this process's environment plays no part") {
    const TemporaryFolder folder;
    folder.add_file("envvars", "export COPY=\"<$CONFGRAPH_TEST_VARIABLE>\"\n");
    REQUIRE(::setenv("CONFGRAPH_TEST_VARIABLE", "leaked", 1) == 0);
    const auto variables = evaluate_with_shell(folder.at("envvars"));
    REQUIRE(::unsetenv("CONFGRAPH_TEST_VARIABLE") == 0);
    REQUIRE(variables);
    CHECK(variables.value().at("COPY") == "<>");
    CHECK(variables.value().count("CONFGRAPH_TEST_VARIABLE") == 0);
    CHECK(variables.value().count("HOME") == 0);
}

TEST_CASE("a file that fails is an error") {
    const TemporaryFolder folder;
    for (const std::string text :
         {"exit 3\n", "false\n", "if\n", "kill -9 $$\n", "no_such_command_here 2>/dev/null\n", "unset PATH\nPATH=\n"}) {
        folder.add_file("envvars", "exec 2>/dev/null\n" + text);
        const auto variables = evaluate_with_shell(folder.at("envvars"));
        INFO(text);
        REQUIRE_FALSE(variables);
        CHECK(variables.error().code() == ErrorCode::ENVVARS_FAILED);
        CHECK(variables.error().path() == folder.at("envvars"));
    }
    CHECK_FALSE(evaluate_with_shell(folder.at("nothing")));
}

TEST_CASE("what a file prints is not taken for variables") {
    const TemporaryFolder folder;
    folder.add_file("envvars", "printf 'APACHE_CONFDIR=/x\\0junk\\n' 2>&1\nexport A=1\n");
    const auto variables = evaluate_with_shell(folder.at("envvars"));
    REQUIRE(variables);
    CHECK(variables.value().count("APACHE_CONFDIR") == 0);
    CHECK(variables.value().at("A") == "1");
}

TEST_CASE("an answer that makes no sense is an error") {
    const TemporaryFolder folder;
    for (const std::string answer : {"junk", "A=1", "=1\\0", "1=1\\0", "A\\nB=1\\0", "A=1\\0junk"}) {
        // The file takes the place of the program that is to print the variables.
        folder.add_file("envvars", "env() { printf '" + answer + "'; }\n");
        const auto variables = evaluate_with_shell(folder.at("envvars"));
        INFO(answer);
        REQUIRE_FALSE(variables);
        CHECK(variables.error().code() == ErrorCode::ENVVARS_MALFORMED);
        CHECK(variables.error().path() == folder.at("envvars"));
    }
}

TEST_CASE("a file's name is data") {
    for (const std::string name : {"a b;touch x", "$(touch x)", "`touch x`", "a'b\"c", "-c", "*", "a\nb", "\\", "%s",
                                   "$1", "&& touch x", "=", "A=1"}) {
        const TemporaryFolder folder;
        const WorkingIn working(folder.path());
        folder.add_file(name, "export FOUND=yes\n");
        INFO(name);
        // Below a folder, and by its bare name, which must not be looked for in PATH.
        for (const std::string & path : {folder.at(name), name, "./" + name}) {
            const auto variables = evaluate_with_shell(path);
            REQUIRE(variables);
            CHECK(variables.value().at("FOUND") == "yes");
        }
        CHECK_FALSE(std::filesystem::exists(folder.at("x")));
    }
}

TEST_CASE("a file that waits for input is told that there is none") {
    const TemporaryFolder folder;
    folder.add_file("envvars", "read A\nexport B=\"<$A>\"\n");
    const auto variables = evaluate_with_shell(folder.at("envvars"));
    REQUIRE(variables);
    CHECK(variables.value().at("B") == "<>");
}

TEST_CASE("large values come through, and no descriptor stays open") {
    const TemporaryFolder folder;
    folder.add_file("envvars",
                    "export LARGE='" + std::string(100000, 'x') + "' OTHER='" + std::string(100000, 'y') + "'\n");
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 3; ++i) {
        const auto variables = evaluate_with_shell(folder.at("envvars"));
        REQUIRE(variables);
        CHECK(variables.value().at("LARGE").size() == 100000);
        CHECK(variables.value().at("OTHER").size() == 100000);
    }
    folder.add_file("envvars", "exit 1\n");
    CHECK_FALSE(evaluate_with_shell(folder.at("envvars")));
    CHECK(open_descriptors() == before);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/sysconfig.hpp"

#include "io/environment.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::find_value;
using core::SysconfigProblem;
using core::with_word;
using core::without_word;

namespace {

const std::string MODULES = "APACHE_MODULES";

/// Part of a file as openSUSE has it.
constexpr const char * STOCK = R"(## Path:	Network/WWW/Apache2
## Type:	string
# Files to be read after all others.
#
APACHE_CONF_INCLUDE_FILES=""

# These modules are loaded, in this order.
APACHE_MODULES="actions alias auth_basic mod_dir /usr/lib64/apache2/mod_rewrite.so"

## Type: list(prefork,worker,event)
APACHE_MPM="prefork"
APACHE_SERVERADMIN='an admin'   # who
APACHE_TIMEOUT=300
APACHE_ACCESS_LOG="/var/log/apache2/access_log combined,
/var/log/apache2/other common"
)";

std::vector<std::string> words(std::string_view file) {
    std::vector<std::string> list;
    for (const core::SysconfigWord & word : find_value(file, MODULES).words) {
        list.emplace_back(word.text);
    }
    return list;
}

SysconfigProblem problem(std::string_view file) { return find_value(file, MODULES).problem; }

/// What a shell gives the variable.
std::string shell_value(const test::TemporaryFolder & folder, const std::string & text) {
    folder.add_file("sysconfig", text + "\nexport APACHE_MODULES\n");
    const auto variables = io::evaluate_with_shell(folder.at("sysconfig"));
    REQUIRE(variables.ok());
    const auto found = variables.value().find(MODULES);
    REQUIRE(found != variables.value().end());
    return found->second;
}

}  // namespace

TEST_CASE("a value is found with its line, its place and its quotes") {
    const std::string file = STOCK;
    const auto modules = find_value(file, MODULES);
    REQUIRE(modules);
    CHECK(modules.line == 8);
    CHECK(modules.quote == '"');
    CHECK(words(file) ==
          std::vector<std::string>{"actions", "alias", "auth_basic", "mod_dir", "/usr/lib64/apache2/mod_rewrite.so"});
    for (const core::SysconfigWord & word : modules.words) {
        CHECK(file.substr(word.offset, word.text.size()) == word.text);
    }
    const auto mpm = find_value(file, "APACHE_MPM");
    CHECK(mpm.line == 11);
    CHECK(mpm.text == "prefork");
    CHECK(find_value(file, "APACHE_SERVERADMIN").quote == '\'');
    CHECK(find_value(file, "APACHE_SERVERADMIN").text == "an admin");
    CHECK(find_value(file, "APACHE_TIMEOUT").text == "300");
    CHECK(find_value(file, "APACHE_TIMEOUT").quote == '\0');
    CHECK(find_value(file, "APACHE_CONF_INCLUDE_FILES").text.empty());
    CHECK(find_value(file, "APACHE_CONF_INCLUDE_FILES").line == 5);
    CHECK(find_value(file, "APACHE_ACCESS_LOG").problem == SysconfigProblem::SEVERAL_LINES);
    CHECK(find_value(file, "APACHE").problem == SysconfigProblem::NOT_ASSIGNED);
    CHECK(find_value("", MODULES).problem == SysconfigProblem::NOT_ASSIGNED);
    CHECK(find_value("APACHE_MODULES=", MODULES).problem == SysconfigProblem::NONE);
}

TEST_CASE("what cannot be edited with certainty is said, with its line") {
    struct Example {
        const char * text;
        SysconfigProblem problem;
        unsigned line;
    };
    const Example example = GENERATE(values<Example>({
        {"A=1\nAPACHE_MODULES=\"a\nb\"\n", SysconfigProblem::SEVERAL_LINES, 2},
        {"APACHE_MODULES='a", SysconfigProblem::SEVERAL_LINES, 1},
        {"APACHE_MODULES=\"a \\\nb\"\n", SysconfigProblem::EXPANSION, 1},
        {"APACHE_MODULES=\"$MORE b\"\n", SysconfigProblem::EXPANSION, 1},
        {"APACHE_MODULES=`list`\n", SysconfigProblem::EXPANSION, 1},
        {"APACHE_MODULES=\"a\"\nAPACHE_MODULES=\"b\"\n", SysconfigProblem::ASSIGNED_TWICE, 2},
        {"APACHE_MODULES=\"a\"\nAPACHE_MODULES+=\" b\"\n", SysconfigProblem::APPENDED, 2},
        {"APACHE_MODULES=\"a\"b\n", SysconfigProblem::SEVERAL_PARTS, 1},
        {"APACHE_MODULES=a\"b\"\n", SysconfigProblem::SEVERAL_PARTS, 1},
        {"APACHE_MODULES=\"a\"'b'\n", SysconfigProblem::SEVERAL_PARTS, 1},
        {"APACHE_MODULES=a b\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"APACHE_MODULES=a;b\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"APACHE_MODULES=\"a\";b\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"APACHE_MODULES=\"a\"\r\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"APACHE_MODULES=\"a\"\n\nif true; then\n", SysconfigProblem::NOT_ASSIGNMENTS, 3},
        {". /etc/more\nAPACHE_MODULES=\"a\"\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"X=\"$(APACHE_MODULES=b)\"\nAPACHE_MODULES=\"a\"\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"X=\"\n\n\nAPACHE_MODULES=\"b\"\"\n", SysconfigProblem::NOT_ASSIGNED, 0},
        {"export APACHE_MODULES\nAPACHE_MODULES=\"a\"\n", SysconfigProblem::NOT_ASSIGNMENTS, 1},
        {"#APACHE_MODULES=\"a\"\n", SysconfigProblem::NOT_ASSIGNED, 0},
    }));
    CAPTURE(example.text);
    CHECK(problem(example.text) == example.problem);
    CHECK(find_value(example.text, MODULES).line == example.line);
    CHECK(with_word(example.text, MODULES, "new") == example.text);
    CHECK(without_word(example.text, MODULES, "a") == example.text);
}

TEST_CASE("nothing behind the end of a file is looked at") {
    for (const std::string & text : {"export "s, "export \t"s, "A=b\nexport "s}) {
        // No byte follows the text, not even the zero behind that of a string.
        const std::vector<char> exact(text.begin(), text.end());
        CHECK(find_value({exact.data(), exact.size()}, MODULES).problem == SysconfigProblem::NOT_ASSIGNMENTS);
    }
}

TEST_CASE("what is likely enabled is read though a shell would have to tell") {
    const auto likely = [](std::string_view file) { return core::likely_words(file, MODULES); };
    using Words = std::vector<std::string>;
    CHECK(likely("APACHE_MODULES=\"a $MORE b\"\n") == Words{"a", "b"});
    CHECK(likely("APACHE_MODULES=\"a \\\n  b\nc\"\nX=d\n") == Words{"a", "b", "c"});
    CHECK(likely("APACHE_MODULES=a\n export APACHE_MODULES='b c'\nAPACHE_MODULES+=' d'\n") == Words{"b", "c", "d"});
    CHECK(likely("if true; then\n  APACHE_MODULES=a\nfi") == Words{"a"});
    CHECK(likely("APACHE_MODULES=\"a b") == Words{"a", "b"});
    CHECK(likely("#APACHE_MODULES=a\nAPACHE_MODULES_2=b\nAPACHE_MODULES\n").empty());
    CHECK(likely("APACHE_MODULES=").empty());
}

TEST_CASE("a variable inside the value of another one is none") {
    const std::string file = "X=\"\nAPACHE_MODULES=b\n\"\nAPACHE_MODULES='a'\n";
    CHECK(words(file) == std::vector<std::string>{"a"});
    CHECK(find_value(file, MODULES).line == 4);
}

TEST_CASE("a word is added behind the last one and nothing else changes") {
    CHECK(with_word("A=1\nAPACHE_MODULES=\"a  b \" # c\nB=\n", MODULES, "new") ==
          "A=1\nAPACHE_MODULES=\"a  b new \" # c\nB=\n");
    CHECK(with_word("APACHE_MODULES='a'", MODULES, "new") == "APACHE_MODULES='a new'");
    CHECK(with_word("export APACHE_MODULES=''\n", MODULES, "new") == "export APACHE_MODULES='new'\n");
    CHECK(with_word("APACHE_MODULES=\"  \"\n", MODULES, "new") == "APACHE_MODULES=\"  new\"\n");
    CHECK(with_word("APACHE_MODULES=\n", MODULES, "new") == "APACHE_MODULES=new\n");
    CHECK(with_word("APACHE_MODULES=a # c\n", MODULES, "new") == "APACHE_MODULES=\"a new\" # c\n");
    CHECK(with_word("APACHE_MODULES=\"a new\"\n", MODULES, "new") == "APACHE_MODULES=\"a new\"\n");
    CHECK(with_word("APACHE_MODULES=\"a\"\n", MODULES, "b$(c)") == "APACHE_MODULES=\"a\"\n");
    CHECK(with_word("APACHE_MODULES=\"a\"\n", MODULES, "") == "APACHE_MODULES=\"a\"\n");
}

TEST_CASE("a word is removed with the blanks that came with it") {
    CHECK(without_word("APACHE_MODULES=\"a  b c\"\n", MODULES, "b") == "APACHE_MODULES=\"a c\"\n");
    CHECK(without_word("APACHE_MODULES=\"a  b c\"\n", MODULES, "a") == "APACHE_MODULES=\"b c\"\n");
    CHECK(without_word("APACHE_MODULES=\"a  b c\"\n", MODULES, "c") == "APACHE_MODULES=\"a  b\"\n");
    CHECK(without_word("APACHE_MODULES=\" a \"\n", MODULES, "a") == "APACHE_MODULES=\"  \"\n");
    CHECK(without_word("APACHE_MODULES=\"a b a a\"\n", MODULES, "a") == "APACHE_MODULES=\"b\"\n");
    CHECK(without_word("APACHE_MODULES=\"a a\"\n", MODULES, "a") == "APACHE_MODULES=\"\"\n");
    CHECK(without_word("APACHE_MODULES=\"ab b\"\n", MODULES, "a") == "APACHE_MODULES=\"ab b\"\n");
}

TEST_CASE("adding words and removing them in any order gives the same bytes") {
    std::mt19937 random(20250801);
    const std::vector<std::string> added = {"x", "mod_y", "/usr/lib/z.so", "zz"};
    for (const std::string original : {"APACHE_MODULES=\"\"\n", "APACHE_MODULES=\"  \"\n", "APACHE_MODULES=' a  b '\n",
                                       "APACHE_MODULES=\"a\"", STOCK}) {
        for (int round = 0; round < 40; ++round) {
            std::vector<std::string> order = added;
            std::shuffle(order.begin(), order.end(), random);
            std::string text = original;
            for (const std::string & word : order) {
                text = with_word(text, MODULES, word);
            }
            CHECK(words(text).size() == words(original).size() + added.size());
            std::shuffle(order.begin(), order.end(), random);
            for (const std::string & word : order) {
                text = without_word(text, MODULES, word);
            }
            CHECK(text == original);
        }
    }
}

TEST_CASE("a shell sees what was written") {
    const test::TemporaryFolder folder;
    for (const std::string file : {"APACHE_MODULES=\"a  b \"\n", "APACHE_MODULES=a # c\n", "APACHE_MODULES=\n",
                                   "APACHE_MODULES=''\n", "X=\"\nAPACHE_MODULES=b\n\"\nAPACHE_MODULES='a'\n"}) {
        CAPTURE(file);
        CHECK(shell_value(folder, file) == find_value(file, MODULES).text);
        const std::string more = with_word(file, MODULES, "new");
        CHECK(shell_value(folder, more) == find_value(more, MODULES).text);
        CHECK(words(more).back() == "new");
    }
}

TEST_CASE("the line of a value that is replaced keeps its quotes") {
    const auto replaced = [](const std::string & file) {
        return core::line_with_value(file, find_value(file, "APACHE_MPM"), "event");
    };
    CHECK(replaced("A=1\nAPACHE_MPM=\"prefork\"  # why\nB=2\n") == "APACHE_MPM=\"event\"  # why");
    CHECK(replaced("APACHE_MPM=''") == "APACHE_MPM='event'");
    CHECK(replaced(" APACHE_MPM=worker\n") == " APACHE_MPM=event");
    CHECK(replaced("APACHE_MPM=\n") == "APACHE_MPM=event");
}

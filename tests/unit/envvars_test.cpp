// SPDX-License-Identifier: Apache-2.0
#include "core/envvars.hpp"

#include "io/environment.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::envvars_can_matter;

namespace {

/// The kind of file that distributions ship: a suffix for instances, plain exports, everything else commented out.
constexpr const char * STOCK = R"(# What apache2ctl and the init script know about the server

# HOME would be wrong once the user has changed
unset HOME

# each instance has files of its own
if [ "${APACHE_CONFDIR##/etc/apache2-}" != "${APACHE_CONFDIR}" ] ; then
	SUFFIX="-${APACHE_CONFDIR##/etc/apache2-}"
else
	SUFFIX=
fi

export APACHE_RUN_USER=www-data
export APACHE_RUN_GROUP=www-data
export APACHE_PID_FILE=/var/run/apache2$SUFFIX/apache2.pid
export APACHE_RUN_DIR=/var/run/apache2$SUFFIX
export APACHE_LOCK_DIR=/var/lock/apache2$SUFFIX
export APACHE_LOG_DIR=/var/log/apache2$SUFFIX

## The locale
export LANG=C
#. /etc/default/locale

export LANG
#export APACHE_LYNX='www-browser -dump'
#APACHE_ULIMIT_MAX_FILES='ulimit -n 65536'
)";

/// What sh says about a file: whether it succeeds and leaves all variables of the layout alone.
bool harmless_to_sh(const test::TemporaryFolder & folder, const std::string & text) {
    folder.add_file("envvars", text);
    const auto variables = io::evaluate_with_shell(folder.at("envvars"));
    return variables &&
           std::none_of(core::LAYOUT_VARIABLES.begin(), core::LAYOUT_VARIABLES.end(),
                        [&](std::string_view name) { return variables.value().contains(std::string(name)); });
}

}  // namespace

TEST_CASE("the file that distributions ship cannot matter") {
    CHECK_FALSE(envvars_can_matter(STOCK));
    CHECK(harmless_to_sh(test::TemporaryFolder(), STOCK));
}

TEST_CASE("texts that cannot matter") {
    for (const std::string & text : {
             ""s,
             "\n\n"s,
             "# APACHE_CONFDIR=/x\n"s,
             "A=1"s,
             "A=1\n"s,
             "A=1 B=2; C=3\n"s,
             "A=\n"s,
             "  A='b c' # text\n"s,
             "A=\"b $B ${C} ${D#x} ${D%%/*} ${E:-f} ${E+f}\"\n"s,
             "A=b#c\n"s,
             "export A\nexport A=1 B\n"s,
             "export MY_APACHE_CONFDIR=/x APACHE_CONFDIRX=/x\n"s,
             "unset A B\n"s,
             "if [ -n \"$A\" ]; then\n  B=1\nfi\n"s,
             "if [ \"$A\" = b ]; then B=1; else B=2; fi\n"s,
             "if [ a != b ]\nthen\nif [ c ]; then C=1; fi\nelse D=1\nfi\n"s,
             "A=APACHE_CONFDIR=/x\n"s,
             "export A='; APACHE_CONFDIR=/x'\n"s,
             "A='$(touch x)'\n"s,
         }) {
        INFO(text);
        CHECK_FALSE(envvars_can_matter(text));
        CHECK(harmless_to_sh(test::TemporaryFolder(), text));
    }
}

TEST_CASE("assigning one of the variables matters, however it is written") {
    for (const std::string_view variable : core::LAYOUT_VARIABLES) {
        const std::string name(variable);
        for (const std::string & text : {
                 name + "=/x\n",
                 name + "=\n",
                 "export " + name + "=/x\n",
                 "export " + name + "\n",
                 "A=1 " + name + "=/x\n",
                 "A=1; export B " + name + "=/x\n",
                 "export 'APACHE'" + name.substr(6) + "=/x\n",
                 "export \"" + name + "=/x\"\n",
                 "\texport\t" + name + "=/x",
                 "if [ a ]; then " + name + "=/x; fi\n",
                 "if [ a ]; then A=1; else export " + name + "=/x; fi\n",
             }) {
            INFO(text);
            CHECK(envvars_can_matter(text));
        }
    }
}

TEST_CASE("every doubt is a yes") {
    for (const std::string & text : {
             // other commands
             ". /etc/default/locale\n"s,
             "source x\n"s,
             "ulimit -n 1\n"s,
             "eval A=1\n"s,
             "readonly A\n"s,
             "set -a\n"s,
             "exit\n"s,
             "exec x\n"s,
             "export\n"s,
             "export -p\n"s,
             "export -n A\n"s,
             "unset -f A\n"s,
             "unset 1\n"s,
             "[ a ]\n"s,
             ":\n"s,
             "true\n"s,
             "$A\n"s,
             "$A=1\n"s,
             "A$B=1\n"s,
             "export A$B\n"s,
             "export $A\n"s,
             "export $A=1\n"s,
             "unset $A\n"s,
             "1A=1\n"s,
             "A-B=1\n"s,
             "A+=1\n"s,
             "A[1]=1\n"s,
             "cd /\n"s,
             "alias a=b\n"s,
             "A=1 x\n"s,
             "A=1 export B\n"s,
             "=1\n"s,
             "export =1\n"s,
             "local A=1\n"s,
             "command export A=1\n"s,
             // substitutions, redirections, lists
             "A=`x`\n"s,
             "A=$(x)\n"s,
             "A=$((1))\n"s,
             "A=\"$(x)\"\n"s,
             "A=\"`x`\"\n"s,
             "A=1 && B=2\n"s,
             "A=1 || B=2\n"s,
             "A=1 | B=2\n"s,
             "A=1 &\n"s,
             "A=1 > x\n"s,
             "A=1 < x\n"s,
             "(A=1)\n"s,
             "{ A=1; }\n"s,
             "! A=1\n"s,
             "A=1;; B=1\n"s,
             ";A=1\n"s,
             "A=~\n"s,
             "A=~root\n"s,
             "A={b,c}\n"s,
             // expansions that assign, fail or nest
             "A=${B:=x}\n"s,
             "A=${B=x}\n"s,
             "A=${B:?x}\n"s,
             "A=${B?x}\n"s,
             "A=${B:-$C}\n"s,
             "A=${B:-`x`}\n"s,
             "A=${B:-\"x\"}\n"s,
             "A=${#B}\n"s,
             "A=${B/x/y}\n"s,
             "A=${!B}\n"s,
             "A=${B:1}\n"s,
             "A=${B\n"s,
             "A=${}\n"s,
             "A=$1\n"s,
             "A=$$\n"s,
             "A=$?\n"s,
             "A=$@\n"s,
             "A=$\n"s,
             "A=\"$\"\n"s,
             "A=$'x'\n"s,
             "A=${B-${C}}\n"s,
             // quoting that goes on
             "A='b\nc'\n"s,
             "A=\"b\nc\"\n"s,
             "A='b\n"s,
             "A=\"b\n"s,
             "A=b\\\nAPACHE_CONFDIR=/x\n"s,
             "A=\\a\n"s,
             "A=\"\\a\"\n"s,
             // other compound commands, or incomplete ones
             "if true; then A=1; fi\n"s,
             "if [ a ]; then\n"s,
             "if [ a ]\n"s,
             "if [ a ]; then A=1\n"s,
             "fi\n"s,
             "then\n"s,
             "else\n"s,
             "if [ a ]; then; fi\n"s,
             "if [ a ]; then A=1; else; fi\n"s,
             "if [ a ]; then fi\n"s,
             "if [ a ]; then A=1; else fi\n"s,
             "if [ a ]; A=1; then B=1; fi\n"s,
             "if [ a ]; then A=1; elif [ b ]; then B=1; fi\n"s,
             "if [ a ]; then A=1; else B=1; else C=1; fi\n"s,
             "if [ a ]; then A=1; fi B=1\n"s,
             "if [[ a ]]; then A=1; fi\n"s,
             "if ! [ a ]; then A=1; fi\n"s,
             "if [ a; then A=1; fi\n"s,
             "while [ a ]; do A=1; done\n"s,
             "for A in b; do C=1; done\n"s,
             "case a in a) A=1;; esac\n"s,
             "f() { A=1; }\n"s,
             "if [ a ] && [ b ]; then A=1; fi\n"s,
             "if [ a -a b -a c ]; then A=1; fi\n"s,
             // variables that a shell needs or refuses
             "IFS=x\n"s,
             "PPID=1\n"s,
             "UID=1\n"s,
             "export ENV=/x\n"s,
             "A=$IFS\n"s,
             "OPTIND=x\n"s,
             "PATH=/nowhere\n"s,
             "unset PATH\n"s,
             "unset OPTIND\n"s,
             "unset PPID\n"s,
             "BASH_VERSINFO=1\n"s,
             // an unquoted value may become several words, which export takes as assignments in some shells
             "A='b APACHE_CONFDIR=/x'\nexport C=$A\n"s,
             "export A=${B:-c APACHE_CONFDIR=/x}\n"s,
             "A='*'\nexport B=$A\n"s,
             // quoted, it is no assignment and no keyword
             "'A'=1\n"s,
             "\"A\"=1\n"s,
             "A\"=\"1\n"s,
             "'A=1'\n"s,
             "'if' [ a ]; then A=1; fi\n"s,
             "if [ a ]; 'then' A=1; fi\n"s,
             "if [ a ]; then A=1; 'fi'\n"s,
             "if [ a ]; then A=1; \"else\" B=1; fi\n"s,
             // bytes that shells see differently
             "A=1\r\n"s,
             "A=\0\n"s,
             "# \0\n"s,
             "\xEF\xBB\xBF"
             "A=1\n"s,
             "A=1\fB=2 c\n"s,
         }) {
        INFO(text);
        CHECK(envvars_can_matter(text));
    }
}

TEST_CASE("what comes before does not hide what matters") {
    CHECK(envvars_can_matter(STOCK + "APACHE_CONFDIR=/x\n"s));
    CHECK(envvars_can_matter(STOCK + ". /etc/default/locale\n"s));
    CHECK(envvars_can_matter(STOCK + "if [ a ]; then\n"s));
    CHECK(envvars_can_matter(std::string(100000, '\n') + "exit 1"));
}

TEST_CASE("sh agrees on every text that cannot matter") {
    // Fragments that are nearly always understood, and now and then one that is a trap.
    const std::vector<std::string> plain{"A=1",
                                         "B='x y'",
                                         "C=\"$A\"",
                                         "D=${A}",
                                         "export A",
                                         "export B=\"$C\"",
                                         "unset A",
                                         "E=${A:-x}",
                                         "F=a#b",
                                         "# comment",
                                         "",
                                         "G=\"${B%% *}\"",
                                         "export H=$F",
                                         "I=$D/x",
                                         "unset HOME",
                                         "J=1 K=2",
                                         "if [ -n \"$A\" ]; then\nL=1\nfi",
                                         "if [ \"$A\" = 1 ]; then M=1; else M=2; fi",
                                         "export LANG=C",
                                         "N='*'",
                                         "export O=$A P",
                                         "if [ \"$A\" != x ]\nthen\nif [ -d / ]; then Q=1; fi\nelse\nQ=2\nfi",
                                         "R=${B#x}",
                                         "S=APACHE_CONFDIR=/x"};
    const std::vector<std::string> traps{"APACHE_CONFDIR=/x",
                                         "export APACHE_CONFDIR",
                                         "export APACHE_STATE_DIRECTORY=/x",
                                         "export T=$B",
                                         "export T=$N",
                                         "PATH=/nowhere",
                                         "unset PATH",
                                         "'A'=1",
                                         "\"export\" A=1",
                                         "'if' [ a ]; then A=1; fi",
                                         "A\"=\"1",
                                         "exit 3",
                                         "false",
                                         "U=$(false)",
                                         "export -p",
                                         "V=${A:?x}",
                                         "unset OPTIND",
                                         "W=1;",
                                         "unset -f x",
                                         "X=1 y",
                                         "'fi'",
                                         "then",
                                         "else",
                                         "fi",
                                         "if [ a ]",
                                         "\tY=1 \t# x",
                                         "Z=\\",
                                         "export APACHE_\"CONFDIR\"=/x",
                                         "B='z APACHE_CONFDIR=/x'",
                                         "export $B",
                                         "A=${B:-x APACHE_CONFDIR=/x}",
                                         "OPTIND=x",
                                         "readonly A",
                                         "set -e",
                                         "A=1 fi"};
    const std::vector<std::string> separators{"\n", "\n", "\n", "; ", " ; ", "\n\n", " "};

    const test::TemporaryFolder folder;
    std::mt19937 random(20);
    const auto any = [&](const std::vector<std::string> & list) { return list[random() % list.size()]; };
    int asked = 0;
    int seen_traps = 0;
    for (int round = 0; round < 4000 && asked < 600; ++round) {
        std::string text;
        bool trap = false;
        for (auto count = 1 + random() % 6; count > 0; --count) {
            const bool trapped = random() % 8 == 0;
            trap = trap || trapped;
            text += any(trapped ? traps : plain) + any(separators);
        }
        if (envvars_can_matter(text)) {
            continue;
        }
        ++asked;
        seen_traps += trap;
        INFO("--- text ---\n" << text << "\n---");
        CHECK(harmless_to_sh(folder, text));
    }
    // Otherwise the recognizer says yes to everything, and nothing was tested.
    CHECK(asked >= 300);
    CHECK(seen_traps >= 10);
}

TEST_CASE("plain assignments to variables of the layout are read") {
    struct Case {
        std::string text;
        std::map<std::string, std::string> variables;
    };
    const std::vector<Case> cases = {
        {"", {}},
        {STOCK, {}},
        {"export APACHE_CONFDIR=/srv/conf\n", {{"APACHE_CONFDIR", "/srv/conf"}}},
        {"export APACHE_CONFDIR='/srv/my conf' # here", {{"APACHE_CONFDIR", "/srv/my conf"}}},
        {"APACHE_CONFDIR=/a\nexport APACHE_CONFDIR\n", {{"APACHE_CONFDIR", "/a"}}},
        {"export APACHE_CONFDIR\nAPACHE_CONFDIR=/a\n", {{"APACHE_CONFDIR", "/a"}}},
        {"export APACHE_CONFDIR=/a\nAPACHE_CONFDIR=\"/b\"\n", {{"APACHE_CONFDIR", "/b"}}},
        {"export APACHE_CONFDIR=/a APACHE_STATE_DIRECTORY=/s; export APACHE_MODS_ENABLED=\n",
         {{"APACHE_CONFDIR", "/a"}, {"APACHE_STATE_DIRECTORY", "/s"}, {"APACHE_MODS_ENABLED", ""}}},
        // What is not exported, or not any more, is not seen.
        {"APACHE_CONFDIR=/a\n", {}},
        {"export APACHE_CONFDIR\n", {}},
        {"export APACHE_CONFDIR=/a\nunset APACHE_CONFDIR\n", {}},
        {"export APACHE_CONFDIR=/a\nunset APACHE_CONFDIR\nAPACHE_CONFDIR=/b\n", {}},
        // Known not to change a variable.
        {"umask 002\nulimit -n 8192\nexport APACHE_CONFDIR=/a\n", {{"APACHE_CONFDIR", "/a"}}},
        {STOCK + "export APACHE_CONFDIR=/a\n"s, {{"APACHE_CONFDIR", "/a"}}},
    };
    for (const auto & [text, variables] : cases) {
        INFO(text);
        const auto plain = core::read_plain_envvars(text);
        CHECK(plain.doubtful_line == 0);
        CHECK(plain.doubtful_text.empty());
        CHECK(plain.variables == variables);
    }
}

TEST_CASE("what only a shell can tell is told with its line") {
    struct Case {
        std::string text;
        unsigned line;
        std::string doubtful;
    };
    const std::vector<Case> cases = {
        {". /etc/default/apache2\n", 1, ". /etc/default/apache2"},
        {"A=1\n\n  eval \"$B\"\nC=2\n", 3, "  eval \"$B\""},
        {"export APACHE_CONFDIR=/a\nA=$(id)\n", 2, "A=$(id)"},
        {"A=/b\nexport APACHE_CONFDIR=$A/c\n", 2, "export APACHE_CONFDIR=$A/c"},
        {"if [ -d /srv ]; then\nexport APACHE_CONFDIR=/srv\nfi\n", 2, "export APACHE_CONFDIR=/srv"},
        {"export APACHE_CONFDIR=/a\nif [ -d /srv ]; then\nunset APACHE_CONFDIR\nfi\n", 3, "unset APACHE_CONFDIR"},
        {"export APACHE_CONFDIR='/a*'\n", 1, "export APACHE_CONFDIR='/a*'"},
        {"A=1\nexit 0\n", 2, "exit 0"},
        {"'umask' 002\n", 1, "'umask' 002"},
        {"A='1\n2'\n", 1, "A='1"},
        {"A=1\nif [ a ]; then\n", 2, "if [ a ]; then"},
        {"A=1\nB=\0\n"s, 2, "B=\0"s},
        {STOCK + ". /etc/default/locale\n"s, 27, ". /etc/default/locale"},
    };
    for (const auto & [text, line, doubtful] : cases) {
        INFO(text);
        const auto plain = core::read_plain_envvars(text);
        CHECK(plain.doubtful_line == line);
        CHECK(plain.doubtful_text == doubtful);
        CHECK(plain.variables.empty());
        // A file without a doubt for one is without a doubt for the other, umask and ulimit aside.
        CHECK(envvars_can_matter(text));
    }
}

TEST_CASE("sh agrees on every text that is read") {
    const std::vector<std::string> fragments{"export APACHE_CONFDIR=/a",
                                             "APACHE_CONFDIR=/b",
                                             "export APACHE_CONFDIR",
                                             "unset APACHE_CONFDIR",
                                             "export APACHE_CONFDIR='/c d' A=1",
                                             "APACHE_CONFDIR=\"e;f\" APACHE_STATE_DIRECTORY=/s",
                                             "export APACHE_STATE_DIRECTORY=",
                                             "export \"APACHE_CONFDIR\"=/g",
                                             "export APACHE_STATE_DIRECTORY A",
                                             "A=1",
                                             "export B=$A",
                                             "if [ a ]; then A=2; unset APACHE_STATE_DIRECTORY; fi",
                                             "if [ a ]; then APACHE_CONFDIR=/h; else A=3; fi",
                                             "unset A APACHE_STATE_DIRECTORY",
                                             "export APACHE_CONFDIR=$A",
                                             "APACHE_CONFDIR=/i; export APACHE_CONFDIR # j"};
    const test::TemporaryFolder folder;
    std::mt19937 random(21);
    int read = 0;
    int with_variables = 0;
    for (int round = 0; round < 2000 && read < 400; ++round) {
        std::string text;
        for (auto count = 1 + random() % 6; count > 0; --count) {
            text += fragments[random() % fragments.size()] + "\n";
        }
        const auto plain = core::read_plain_envvars(text);
        if (plain.doubtful_line != 0) {
            continue;
        }
        ++read;
        folder.add_file("envvars", text);
        const auto variables = io::evaluate_with_shell(folder.at("envvars"));
        REQUIRE(variables);
        std::map<std::string, std::string> of_layout;
        for (const std::string_view name : core::LAYOUT_VARIABLES) {
            if (const auto found = variables.value().find(std::string(name)); found != variables.value().end()) {
                of_layout.insert(*found);
            }
        }
        INFO("--- text ---\n" << text << "\n---");
        CHECK(plain.variables == of_layout);
        with_variables += of_layout.empty() ? 0 : 1;
    }
    CHECK(read >= 200);
    CHECK(with_variables >= 100);
}

TEST_CASE("what runs a server is told as far as it is clear") {
    using Variables = std::map<std::string, std::string>;
    const std::vector<std::pair<std::string, Variables>> cases = {
        {"", {}},
        {"export APACHE_RUN_USER=www-web\nexport APACHE_RUN_GROUP='www web'\n",
         {{"APACHE_RUN_USER", "www-web"}, {"APACHE_RUN_GROUP", "www web"}}},
        {"APACHE_RUN_USER=a\nexport APACHE_RUN_USER\nAPACHE_RUN_USER=b\n", {{"APACHE_RUN_USER", "b"}}},
        {"APACHE_RUN_USER=a\n", {}},
        {"export APACHE_RUN_USER=a\nunset APACHE_RUN_USER\n", {}},
        // A value that is not clear is none; what is clear later is one.
        {"export APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n", {}},
        {"export APACHE_LOG_DIR=/a$B\nexport APACHE_LOG_DIR=/c\n", {{"APACHE_LOG_DIR", "/c"}}},
        {"export APACHE_RUN_USER=a\nif [ b ]; then\nexport APACHE_RUN_USER=c\nfi\n", {}},
        {"export APACHE_RUN_USER=a\nif [ b ]; then\nunset APACHE_RUN_USER\nfi\n", {}},
        {"export APACHE_PID_FILE='/run/*'\n", {}},
        {STOCK, {{"APACHE_RUN_USER", "www-data"}, {"APACHE_RUN_GROUP", "www-data"}}},
    };
    for (const auto & [text, variables] : cases) {
        INFO(text);
        const auto plain = core::read_plain_envvars(text);
        CHECK(plain.doubtful_line == 0);
        CHECK(plain.server == variables);
        CHECK(plain.variables.empty());
    }
    CHECK(core::read_plain_envvars("export APACHE_RUN_USER=a\n. /b\n").server.empty());
}

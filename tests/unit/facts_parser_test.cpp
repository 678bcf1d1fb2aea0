// SPDX-License-Identifier: Apache-2.0
#include "core/facts_parser.hpp"

#include "support/catch.hpp"
#include "support/names.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::Depth;
using core::FactsParser;
using core::FileFacts;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t LONGEST_LINE = 64 * 1024;

FileFacts parse(std::string_view text, Depth depth = Depth::WHOLE, std::string_view own_name = "own") {
    FactsParser parser(own_name, depth);
    parser.feed(text);
    return parser.finish(true);
}

/// "name:line" for each.
Lines words(const std::vector<core::Reference> & references) {
    Lines lines;
    for (const core::Reference & reference : references) {
        lines.push_back(reference.name + ":" + std::to_string(reference.line));
    }
    return lines;
}

Lines depends(std::string_view text) { return words(parse(text).depends); }

/// "CODE line text" for each.
Lines diagnostics(std::string_view text, Depth depth = Depth::WHOLE) {
    Lines lines;
    for (const core::Diagnostic & diagnostic : parse(text, depth).diagnostics) {
        lines.push_back(test::name_of(diagnostic.code) + " " + std::to_string(diagnostic.line) +
                        (diagnostic.text.empty() ? "" : " " + diagnostic.text));
    }
    return lines;
}

/// "identifier file line" and the guards for each.
Lines load_modules(std::string_view text) {
    Lines lines;
    for (const core::LoadModule & load : parse(text).load_modules) {
        std::string & line = lines.emplace_back(load.identifier + " " + load.file + " " + std::to_string(load.line));
        for (const std::string & guard : load.guards) {
            line += " <" + guard + ">";
        }
        CHECK(load.path.empty());
        CHECK(load.presence == Presence::UNKNOWN);
    }
    return lines;
}

}  // namespace

TEST_CASE("an empty file says nothing") {
    CHECK(parse("") == FileFacts{});
    CHECK(parse("\n") == FileFacts{});
    CHECK(parse("\n \n\t\n# a comment\n#\n\r\n") == FileFacts{});
}

TEST_CASE("magic comments name modules, in their order") {
    const FileFacts facts = parse("# Depends: b a c\n# Conflicts: z y\nLoadModule own_module own.so\n");
    CHECK(words(facts.depends) == Lines{"b:1", "a:1", "c:1"});
    CHECK(words(facts.conflicts) == Lines{"z:2", "y:2"});
    CHECK(facts.diagnostics.empty());
}

TEST_CASE("several lines of a kind add up, and each name counts once") {
    const FileFacts facts =
        parse("# Depends: a b\n\n# other text\n# Depends: c a\n# Conflicts: x\n# Depends: d b d\n# Conflicts: x y\n");
    CHECK(words(facts.depends) == Lines{"a:1", "b:1", "c:4", "d:6"});
    CHECK(words(facts.conflicts) == Lines{"x:5", "y:7"});
    CHECK(facts.diagnostics.empty());
}

TEST_CASE("a name may be in both lists") {
    const FileFacts facts = parse("# Depends: a\n# Conflicts: a\n");
    CHECK(words(facts.depends) == Lines{"a:1"});
    CHECK(words(facts.conflicts) == Lines{"a:2"});
}

TEST_CASE("any blanks separate names") {
    CHECK(depends("# Depends:   a \t b\t\tc  \n") == Lines{"a:1", "b:1", "c:1"});
    CHECK(depends("# Depends:\ta\n") == Lines{"a:1"});
    CHECK(depends("# Depends: a\f\vb\n") == Lines{"a:1", "b:1"});
    CHECK(depends("\n  \n# Depends: a\n") == Lines{"a:3"});
}

TEST_CASE("lines may end in CR LF, and the last one need not end") {
    const FileFacts facts = parse("# Depends: a b\r\n# Conflicts: c\r\n\r\nLoadModule x_module /x.so\r\n");
    CHECK(words(facts.depends) == Lines{"a:1", "b:1"});
    CHECK(words(facts.conflicts) == Lines{"c:2"});
    REQUIRE(facts.load_modules.size() == 1);
    CHECK(facts.load_modules[0].file == "/x.so");
    CHECK(facts.diagnostics.empty());
    CHECK(depends("# Depends: a") == Lines{"a:1"});
    CHECK(depends("# Depends: a\r") == Lines{"a:1"});
    CHECK(load_modules("LoadModule x_module /x.so") == Lines{"x_module /x.so 1"});
}

TEST_CASE("a line that was not read to its end is not looked at") {
    FactsParser parser("own", Depth::WHOLE);
    CHECK(parser.feed("# Depends: a\n# Depends: b"));
    CHECK(words(parser.finish(false).depends) == Lines{"a:1"});
    FactsParser continued("own", Depth::WHOLE);
    CHECK(continued.feed("LoadModule a b \\\n"));
    CHECK(continued.finish(false).load_modules.empty());
}

TEST_CASE("only the exact form is magic") {
    const std::string text =
        GENERATE("#Depends: a", "#  Depends: a", "#\tDepends: a", " # Depends: a", "\t# Depends: a", "# Depends : a",
                 "# depends: a", "# DEPENDS: a", "# Depends:a", "#Conflicts: a", "# conflicts: a", "# Conflicts:a",
                 "# CONFLICTS : a", "#depends:");
    INFO(text);
    const FileFacts facts = parse(text + "\n# Depends: b\n");
    CHECK(words(facts.depends) == Lines{"b:2"});
    CHECK(facts.conflicts.empty());
    CHECK(diagnostics(text).size() == 1);
    CHECK(facts.diagnostics.at(0).code == DiagnosticCode::NEARLY_MAGIC);
    CHECK(facts.diagnostics.at(0).line == 1);
    CHECK(text.ends_with(facts.diagnostics.at(0).text));
}

TEST_CASE("other comments are nothing to speak of") {
    const std::string text = GENERATE("# Depends on a", "# Depend: a", "# This module Depends: a", "Depends: a",
                                      "# Depends", "## Depends: a", "#", "#:", "# : Depends", "# Dependss: a");
    INFO(text);
    const FileFacts facts = parse(text + "\n");
    CHECK(facts.depends.empty());
    CHECK(facts.diagnostics.empty());
}

TEST_CASE("a magic comment without names says nothing") {
    CHECK(parse("# Depends:\n# Conflicts:\n# Depends: \n# Conflicts:\t \n# Depends:\r\n") == FileFacts{});
}

TEST_CASE("the header ends at the first line that is neither empty nor a comment") {
    const std::string text =
        "# Depends: a\nLoadModule x_module x.so\n# Depends: b\n# Conflicts: c\n # Depends: d\n#Depends: e\n";
    CHECK(depends(text) == Lines{"a:1"});
    CHECK(parse(text).conflicts.empty());
    CHECK(diagnostics(text) == Lines{"AFTER_DIRECTIVE 3 # Depends: b", "AFTER_DIRECTIVE 4 # Conflicts: c"});
    CHECK(depends("x\n# Depends: b\n").empty());
    CHECK(depends("<IfModule a>\n# Depends: b\n").empty());
}

TEST_CASE("a byte order mark is reported and otherwise no obstacle") {
    const std::string text = "\xEF\xBB\xBF# Depends: a\n";
    CHECK(depends(text) == Lines{"a:1"});
    CHECK(diagnostics(text) == Lines{"BYTE_ORDER_MARK 1"});
    CHECK(diagnostics("\xEF\xBB\xBF") == Lines{"BYTE_ORDER_MARK 1"});
    // Anywhere else it is no such mark.
    CHECK(diagnostics("\n\xEF\xBB\xBF# Depends: a\n").empty());
    CHECK(depends("\n\xEF\xBB\xBF# Depends: a\n").empty());
}

TEST_CASE("names that can be none, or look wrong, are reported and kept") {
    struct Case {
        std::string name;
        std::string code;
    };
    const Case sample = GENERATE(
        Case{"../a", "NAME_WITH_PATH"}, Case{"/etc/passwd", "NAME_WITH_PATH"}, Case{"a/b", "NAME_WITH_PATH"},
        Case{"mod_a", "NAME_WITH_PREFIX"}, Case{"a.load", "NAME_WITH_SUFFIX"}, Case{"a.conf", "NAME_WITH_SUFFIX"},
        Case{"mod_a.so", "NAME_WITH_PREFIX"}, Case{"a.so", "NAME_WITH_SUFFIX"}, Case{"a.c", "NAME_WITH_SUFFIX"},
        Case{"a,", "NAME_MALFORMED"}, Case{"a,b", "NAME_MALFORMED"}, Case{"\"a\"", "NAME_MALFORMED"},
        Case{"'a'", "NAME_MALFORMED"}, Case{"a;", "NAME_MALFORMED"}, Case{"a\\", "NAME_MALFORMED"},
        Case{"-a", "NAME_MALFORMED"}, Case{"..", "NAME_MALFORMED"}, Case{"a\x01", "NAME_MALFORMED"},
        Case{"a\0b"s, "NAME_MALFORMED"}, Case{std::string(300, 'a'), "NAME_MALFORMED"});
    INFO(sample.name);
    const std::string text = "# Depends: fine " + sample.name + "\n";
    CHECK(depends(text) == Lines{"fine:1", sample.name + ":1"});
    CHECK(diagnostics(text) == Lines{sample.code + " 1 " + sample.name});
    const std::string other = "\n# Conflicts: " + sample.name + " fine\n";
    CHECK(words(parse(other).conflicts) == Lines{sample.name + ":2", "fine:2"});
    CHECK(diagnostics(other) == Lines{sample.code + " 2 " + sample.name});
}

TEST_CASE("strange but possible names are not reported") {
    CHECK(diagnostics("# Depends: php8.2 a+b UPPER m\xC3\xBCll modx_a a.com 1\n").empty());
}

TEST_CASE("an entry that names itself is reported, and the name dropped") {
    const FileFacts facts = parse("# Depends: own a\n# Conflicts: b own\n");
    CHECK(words(facts.depends) == Lines{"a:1"});
    CHECK(words(facts.conflicts) == Lines{"b:2"});
    CHECK(diagnostics("# Depends: own a\n# Conflicts: b own\n") ==
          Lines{"SELF_REFERENCE 1 own", "SELF_REFERENCE 2 own"});
}

TEST_CASE("NULs are bytes like others") {
    CHECK(depends("# Depends: a\n#\0\n# Depends: b\n"s) == Lines{"a:1", "b:3"});
    CHECK(depends("# Depends: a\n\0\n# Depends: b\n"s) == Lines{"a:1"});
    CHECK(depends("\0# Depends: a\n"s).empty());
}

TEST_CASE("LoadModule is read as httpd reads it") {
    CHECK(load_modules("LoadModule a_module /lib/a.so\n") == Lines{"a_module /lib/a.so 1"});
    CHECK(load_modules("  \tloadmodule\ta_module \t modules/a.so  \n") == Lines{"a_module modules/a.so 1"});
    CHECK(load_modules("LOADMODULE a_module a.so ignored\n") == Lines{"a_module a.so 1"});
    CHECK(load_modules("LoadModule \"a_module\" \"/with blank/a.so\"\n") == Lines{"a_module /with blank/a.so 1"});
    CHECK(load_modules("LoadModule 'a_module' '/with \"quote/a.so'\n") == Lines{"a_module /with \"quote/a.so 1"});
    CHECK(load_modules(R"(LoadModule a_module "/a \"b\" \\ \c.so")"
                       "\n") == Lines{R"(a_module /a "b" \ \c.so 1)"});
    CHECK(load_modules("LoadModule a_module \"/never ending\n") == Lines{"a_module /never ending 1"});
    CHECK(load_modules("LoadModule a_module ${DIR}/a.so\n") == Lines{"a_module ${DIR}/a.so 1"});
    CHECK(load_modules("LoadModule a_module a.so # no comment here\n") == Lines{"a_module a.so 1"});
    CHECK(load_modules("LoadModule a a.so\n\nLoadModule b b.so\n") == Lines{"a a.so 1", "b b.so 3"});
}

TEST_CASE("what only resembles LoadModule is none") {
    CHECK(
        load_modules(
            "#LoadModule a a.so\n # LoadModule a a.so\nLoadModules a a.so\nxLoadModule a a.so\n\"LoadModule\" a a.so\n")
            .empty());
    CHECK(load_modules("LoadFile a.so\nLoad Module a a.so\n").empty());
}

TEST_CASE("a backslash at the end of a line continues a directive") {
    CHECK(load_modules("LoadModule \\\n  a_module \\\r\n a.so\nLoadModule b b.so\n") ==
          Lines{"a_module a.so 1", "b b.so 4"});
    CHECK(load_modules("LoadMod\\\nule a_mod\\\nule a.so\n") == Lines{"a_module a.so 1"});
    CHECK(load_modules("Other \\\nLoadModule a a.so\n").empty());
    CHECK(load_modules("x\n# comment \\\nLoadModule a a.so\nLoadModule b b.so\n") == Lines{"b b.so 4"});
    CHECK(load_modules("LoadModule a a.so \\") == Lines{"a a.so 1"});
    CHECK(load_modules("LoadModule a a.so \\\n") == Lines{"a a.so 1"});
    // What stands on a continuation line is part of the directive, whatever it looks like.
    CHECK(diagnostics("Other \\\n# Depends: a\n").empty());
}

TEST_CASE("LoadModule without two arguments is reported") {
    CHECK(load_modules("LoadModule\nLoadModule a\nLoadModule \"\" a.so\nLoadModule a ''\n").empty());
    CHECK(diagnostics("\nLoadModule\nLoadModule a\nLoadModule \\\n\\\n\n") ==
          Lines{"LOAD_MODULE_INCOMPLETE 2", "LOAD_MODULE_INCOMPLETE 3", "LOAD_MODULE_INCOMPLETE 4"});
}

TEST_CASE("the containers around LoadModule are its guards") {
    CHECK(load_modules("<IfModule !mod_a.c>\n  LoadModule a a.so\n</IfModule>\nLoadModule b b.so\n") ==
          Lines{"a a.so 2 <IfModule !mod_a.c>", "b b.so 4"});
    CHECK(load_modules("<IfDefine X>\n<IfVersion >= 2.4>\nLoadModule a a.so\n</IfVersion>\nLoadModule b "
                       "b.so\n</ifdefine>\nLoadModule c c.so\n") ==
          Lines{"a a.so 3 <IfDefine X> <IfVersion >= 2.4>", "b b.so 5 <IfDefine X>", "c c.so 7"});
    CHECK(load_modules("</IfModule>\n</IfModule>\nLoadModule a a.so\n") == Lines{"a a.so 3"});
    CHECK(load_modules("<IfModule a\nLoadModule a a.so\n") == Lines{"a a.so 2 <IfModule a>"});
    CHECK(load_modules("<>\nLoadModule a a.so\n<\nLoadModule b b.so\n") == Lines{"a a.so 2 <>", "b b.so 4 <> <>"});
}

TEST_CASE("deep nesting is followed, though not remembered without limit") {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "<IfModule a" + std::to_string(i) + ">\n";
    }
    text += "LoadModule deep deep.so\n";
    for (int i = 0; i < 1000; ++i) {
        text += "</IfModule>\n";
    }
    text += "LoadModule after after.so\n";
    const FileFacts facts = parse(text);
    REQUIRE(facts.load_modules.size() == 2);
    CHECK(facts.load_modules[0].guards.size() == 32);
    CHECK(facts.load_modules[0].guards[31] == "IfModule a31");
    CHECK(facts.load_modules[1].guards.empty());
}

TEST_CASE("Include directives are listed as written") {
    CHECK(parse("Include a.load\nincludeoptional \"/etc/x y/*.conf\"\nIncluded no\n").includes ==
          Lines{"a.load", "/etc/x y/*.conf"});
    CHECK(parse("# Include a.load\n").includes.empty());
}

TEST_CASE("a line may have 64 KiB and no more") {
    const std::string names = "# Depends: " + std::string(LONGEST_LINE - 12, ' ') + "a";
    REQUIRE(names.size() == LONGEST_LINE);
    CHECK(depends(names + "\n# Depends: b\n") == Lines{"a:1", "b:2"});
    CHECK(depends(names) == Lines{"a:1"});

    const std::string longer = "# Depends:  " + names.substr(11);
    CHECK(depends(longer + "\n# Depends: b\n").empty());
    CHECK(diagnostics(longer + "\n# Depends: b\n") == Lines{"LINE_TOO_LONG 1"});
    CHECK(diagnostics(longer) == Lines{"LINE_TOO_LONG 1"});
    CHECK(diagnostics("\n\n" + longer) == Lines{"LINE_TOO_LONG 3"});

    // Nothing after it is read, and what came before stays.
    CHECK(depends("# Depends: a\n" + longer + "\n# Depends: b\n") == Lines{"a:1"});
    CHECK(load_modules("LoadModule a a.so\n" + longer + "\nLoadModule b b.so\n") == Lines{"a a.so 1"});

    FactsParser parser("own", Depth::WHOLE);
    CHECK_FALSE(parser.feed(longer));
    CHECK_FALSE(parser.feed("\n# Depends: a\n"));
    CHECK(parser.finish(true).depends.empty());
}

TEST_CASE("a continued line may not grow without limit either") {
    std::string text = "LoadModule a a.so \\\n";
    for (int i = 0; i < 200; ++i) {
        text += std::string(1000, 'x') + "\\\n";
    }
    text += "\nLoadModule b b.so\n";
    CHECK(load_modules(text).empty());
    const Lines found = diagnostics(text);
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("LINE_TOO_LONG "));
}

TEST_CASE("a header is enough when no more is asked for") {
    FactsParser parser("own", Depth::HEADER);
    CHECK(parser.feed("# Depends: a\n"));
    CHECK(parser.feed("\n# Conflicts: b\n#"));
    CHECK(parser.feed(" more\n  "));
    CHECK_FALSE(parser.feed("LoadModule"));
    const FileFacts facts = parser.finish(false);
    CHECK(words(facts.depends) == Lines{"a:1"});
    CHECK(words(facts.conflicts) == Lines{"b:3"});

    FactsParser whole("own", Depth::WHOLE);
    CHECK(whole.feed("LoadModule a a.so\n"));

    FactsParser marked("own", Depth::HEADER);
    CHECK(marked.feed("\xEF"));
    CHECK(marked.feed("\xBB\xBF"));
    CHECK(marked.feed("# Depends: a\n"));
    CHECK_FALSE(marked.feed("x"));
    CHECK(words(marked.finish(true).depends) == Lines{"a:1"});

    FactsParser bytes("own", Depth::HEADER);
    CHECK_FALSE(
        bytes.feed("\xEF\xBB\xBF"
                   "Load"));
    FactsParser second_line("own", Depth::HEADER);
    CHECK_FALSE(second_line.feed("\n\xEF\xBB"));
}

namespace {

/// Everything that the parser knows, in one file.
const std::string EVERYTHING =
    "\xEF\xBB\xBF# Depends: a own b\r\n"
    "#depends: x\n"
    "\n"
    "# Conflicts: c mod_d\te.load\r\n"
    "# Depends: a f../g h,\n"
    "# text \\\n"
    "<IfModule !mod_x.c>\r\n"
    "  LoadModule \"x_module\" \\\r\n"
    "     '/lib/x y.so'\n"
    "# Depends: late\n"
    "</IfModule>\n"
    "LoadModule y\n"
    "Include \"z.load\"\n"
    "\0 LoadModule n n.so\n"
    "loadmodule z_module z.so \\"s;

}  // namespace

TEST_CASE("it makes no difference how a file is cut into pieces") {
    const FileFacts expected = parse(EVERYTHING);
    REQUIRE(expected.load_modules.size() == 2);
    REQUIRE(expected.diagnostics.size() == 9);
    for (std::size_t first = 0; first <= EVERYTHING.size(); ++first) {
        for (std::size_t second = first; second <= EVERYTHING.size(); ++second) {
            FactsParser parser("own", Depth::WHOLE);
            parser.feed(std::string_view(EVERYTHING).substr(0, first));
            parser.feed(std::string_view(EVERYTHING).substr(first, second - first));
            parser.feed(std::string_view(EVERYTHING).substr(second));
            if (!(parser.finish(true) == expected)) {
                FAIL("cut at " << first << " and " << second);
            }
        }
    }
    FactsParser bytes("own", Depth::WHOLE);
    for (const char & byte : EVERYTHING) {
        bytes.feed({&byte, 1});
    }
    CHECK(bytes.finish(true) == expected);
}

TEST_CASE("nor does it when only the header is wanted and feeding stops early") {
    const FileFacts expected = parse(EVERYTHING);
    const std::size_t header_end = EVERYTHING.find("<IfModule");
    for (std::size_t size = 1; size <= EVERYTHING.size(); ++size) {
        FactsParser parser("own", Depth::HEADER);
        std::size_t fed = 0;
        bool more = true;
        while (more && fed < EVERYTHING.size()) {
            const std::string_view piece = std::string_view(EVERYTHING).substr(fed, size);
            more = parser.feed(piece);
            fed += piece.size();
        }
        INFO("pieces of " << size);
        CHECK_FALSE(more);
        CHECK(fed <= header_end + size);
        const FileFacts facts = parser.finish(fed == EVERYTHING.size());
        CHECK(facts.depends == expected.depends);
        CHECK(facts.conflicts == expected.conflicts);
    }
}

TEST_CASE("one byte at a time takes no longer than the file is long") {
    // A parser that looks at the unfinished line again for each piece would need minutes.
    std::string text;
    while (text.size() < 1024 * 1024) {
        text += "# " + std::string(LONGEST_LINE - 3, 'x') + "\n";
    }
    text += "# Depends: a\n";
    FactsParser parser("own", Depth::HEADER);
    const auto start = std::chrono::steady_clock::now();
    bool more = true;
    for (const char & byte : text) {
        more = more && parser.feed({&byte, 1});
    }
    CHECK(more);
    CHECK(words(parser.finish(true).depends) == Lines{"a:17"});
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

TEST_CASE("any bytes give facts") {
    unsigned state = 1;
    const std::string_view parts[] = {"# Depends:", "# Conflicts:", " ", "\n", "\r\n", "\\\n", "LoadModule", "<If>",
                                      "</If>",      "\"",           "'", "a",  "\0",   "\xFF", "#",          "\t"};
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) {
            state = state * 1664525 + 1013904223;
            text += parts[(state >> 16) % std::size(parts)];
        }
        const FileFacts whole = parse(text);
        FactsParser pieces("own", Depth::WHOLE);
        for (std::size_t i = 0; i < text.size(); i += 3) {
            pieces.feed(std::string_view(text).substr(i, 3));
        }
        INFO(text);
        REQUIRE(pieces.finish(true) == whole);
    }
}

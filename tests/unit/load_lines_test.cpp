// SPDX-License-Identifier: Apache-2.0
#include "core/load_lines.hpp"

#include "core/text_edit.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::LoadFile;
using core::LoadLine;
using core::LoadReader;
using Lines = std::vector<std::string>;

namespace {

LoadFile read(std::string_view text) { return LoadReader().read(text); }

/// "line identifier file", "+" before an effective line, "~" before an active one that is not, "#" before a comment.
Lines lines(const LoadFile & file) {
    Lines found;
    for (const LoadLine & line : file.lines) {
        const std::string sign = line.effective ? "+" : line.active ? "~" : "#";
        found.push_back(sign + std::to_string(line.line) + " " + line.identifier + " " + line.file);
    }
    return found;
}

Lines lines(std::string_view text) { return lines(read(text)); }

Lines words(const std::vector<core::Reference> & references) {
    Lines found;
    for (const core::Reference & reference : references) {
        found.push_back(reference.name + ":" + std::to_string(reference.line));
    }
    return found;
}

/// A text after the first of its lines was switched.
std::string switched(const std::string & text) {
    const LoadFile file = read(text);
    REQUIRE(file.lines.size() == 1);
    const LoadLine & line = file.lines.front();
    const auto after = core::edit_line(text, line.line, line.text, line.other);
    REQUIRE(after);
    return *after;
}

}  // namespace

TEST_CASE("lines are active or comments") {
    CHECK(lines("LoadModule a_module modules/mod_a.so\n#LoadModule b_module modules/mod_b.so\n") ==
          Lines{"+1 a_module modules/mod_a.so", "#2 b_module modules/mod_b.so"});
    CHECK(lines("").empty());
    CHECK(lines("\n\n# nothing\nListen 80\n").empty());
}

TEST_CASE("a line is read as httpd reads it") {
    const std::string expected = "+1 a_module modules/mod_a.so";
    CHECK(lines("loadmodule a_module modules/mod_a.so\n") == Lines{expected});
    CHECK(lines(" \t LOADMODULE\ta_module  modules/mod_a.so \t\n") == Lines{expected});
    CHECK(lines("LoadModule \"a_module\" 'modules/mod_a.so'\n") == Lines{expected});
    CHECK(lines("LoadModule a_module modules/mod_a.so\r\n") == Lines{expected});
    CHECK(lines("LoadModule a_module modules/mod_a.so") == Lines{expected});
    CHECK(lines("LoadModule a_module \\\n  modules/mod_a.so\n") == Lines{expected});
    CHECK(lines("Load\\\r\nModule a_module \\\r\nmodules/mod_a.so\r\n") == Lines{expected});
    CHECK(lines("LoadModule a_module \"C:\\\\x y\\\\mod_a.so\"\n") == Lines{"+1 a_module C:\\x y\\mod_a.so"});
}

TEST_CASE("a comment that a backslash continues takes the next line along") {
    CHECK(lines("# see below \\\nLoadModule a_module modules/mod_a.so\n").empty());
    CHECK(lines("#LoadModule a_module \\\n  modules/mod_a.so\n") == Lines{"#1 a_module modules/mod_a.so"});
    CHECK(lines("# c \\\n\nLoadModule a_module modules/mod_a.so\n") == Lines{"+3 a_module modules/mod_a.so"});
    // At the end of the file there is no line to go on with.
    CHECK(lines("LoadModule a_module modules/mod_a.so\\") == Lines{"+1 a_module modules/mod_a.so\\"});
}

TEST_CASE("what people write about LoadModule is no line") {
    CHECK(lines("# LoadModule foo modules/mod_foo.so would do\n").empty());
    CHECK(lines("# LoadModule foo_module modules/mod_foo.so would do\n").empty());
    CHECK(lines("# LoadModule foo modules/mod_foo.so\n").empty());
    CHECK(lines("# LoadModule foo_module here\n").empty());
    CHECK(lines("# LoadModule foo_module\n").empty());
    CHECK(lines("# LoadModule\n").empty());
    CHECK(lines("# 'LoadModule foo_module modules/mod_foo.so'\n").empty());
    CHECK(lines("## LoadModule foo_module modules/mod_foo.so\n").empty());
    CHECK(lines("#LoadModules foo_module modules/mod_foo.so\n").empty());
    CHECK(lines("# LoadModule foo-bar_module modules/mod_foo.so\n").empty());
    CHECK(lines("# LoadModule mod_shib modules/mod_shib.so\n") == Lines{"#1 mod_shib modules/mod_shib.so"});
}

TEST_CASE("a line that is not complete is a diagnostic") {
    for (const std::string text : {"LoadModule", "LoadModule a_module", "LoadModule a_module a.so b.so"}) {
        const LoadFile file = read("\n" + text + "\n");
        CHECK(file.lines.empty());
        REQUIRE(file.diagnostics.size() == 1);
        CHECK(file.diagnostics.front() == core::Diagnostic{DiagnosticCode::LOAD_MODULE_INCOMPLETE, 2, {}});
    }
    CHECK(lines("LoadModule ${NAME}_module modules/mod_a.so\n").empty());
    CHECK(read("\xEF\xBB\xBFLoadModule a_module a.so\n").diagnostics.front().code == DiagnosticCode::BYTE_ORDER_MARK);
}

TEST_CASE("containers decide what is effective") {
    constexpr std::string_view CGI =
        "<IfModule !mpm_prefork_module>\n  LoadModule cgid_module modules/mod_cgid.so\n</IfModule>\n"
        "<ifmodule prefork.c>\n  LoadModule cgi_module modules/mod_cgi.so\n</ifmodule>\n";
    CHECK(lines(CGI) == Lines{"+2 cgid_module modules/mod_cgid.so", "~5 cgi_module modules/mod_cgi.so"});
    LoadReader reader;
    CHECK(lines(reader.read("LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n")).size() == 1);
    const LoadFile file = reader.read(CGI);
    CHECK(lines(file) == Lines{"~2 cgid_module modules/mod_cgid.so", "+5 cgi_module modules/mod_cgi.so"});
    CHECK(file.lines.front().guards == Lines{"IfModule !mpm_prefork_module"});
    CHECK(lines("<IfModule mod_so.c>\nLoadModule a_module a.so\n</IfModule>\n") == Lines{"+2 a_module a.so"});
    CHECK(lines("<IfModule mod_b.c>\n<IfVersion > 2>\nLoadModule a_module a.so\n</IfVersion>\n</IfModule>\n") ==
          Lines{"~3 a_module a.so"});
    CHECK(lines("LoadModule b_module b.so\n<IfModule \"mod_b.c\">\nLoadModule a_module a.so\n</IfModule>\n") ==
          Lines{"+1 b_module b.so", "+3 a_module a.so"});
    CHECK(lines("<IfDefine X>\nLoadModule a_module a.so\n</IfDefine>\n") == Lines{"~2 a_module a.so"});
    CHECK(lines("Define X\n<IfDefine X>\nLoadModule a_module a.so\n</IfDefine>\n") == Lines{"+3 a_module a.so"});
    CHECK(lines("Define X\nUnDefine X\n<IfDefine X>\nLoadModule a_module a.so\n</IfDefine>\n") ==
          Lines{"~4 a_module a.so"});
    CHECK(lines("<IfFile /x>\n#LoadModule a_module a.so\n</IfFile>\n</IfFile>\nLoadModule b_module b.so\n") ==
          Lines{"#2 a_module a.so", "+5 b_module b.so"});
}

TEST_CASE("magic comments belong to the line below, or to the file") {
    const LoadFile file = read(
        "# Depends: x\n"
        "# Conflicts: y\n"
        "\n"
        "# about a\n"
        "# Depends: p q\n"
        "#LoadModule a_module modules/mod_a.so\n"
        "LoadModule b_module modules/mod_b.so\n"
        "# Depends: r\n"
        "\n"
        "LoadModule c_module modules/mod_c.so\n"
        "# Depends: c d\n"
        "LoadModule d_module modules/mod_d.so\n");
    CHECK(words(file.depends) == Lines{"x:1"});
    CHECK(words(file.conflicts) == Lines{"y:2"});
    REQUIRE(file.lines.size() == 4);
    CHECK(words(file.lines[0].depends) == Lines{"p:5", "q:5"});
    CHECK(file.lines[1].depends.empty());
    CHECK(file.lines[2].depends.empty());
    CHECK(words(file.lines[3].depends) == Lines{"c:11"});
    REQUIRE(file.diagnostics.size() == 1);
    CHECK(file.diagnostics.front() == core::Diagnostic{DiagnosticCode::SELF_REFERENCE, 11, "d"});
}

TEST_CASE("a file that a program makes says so at its head") {
    const LoadFile file = read("# Ansible managed\nLoadModule a_module a.so\n");
    CHECK(file.generated_line == 1);
    CHECK(file.generated == "Ansible managed");
    CHECK(read("#\n# This file is generated by x; DO NOT EDIT\n\n#LoadModule a_module modules/a.so\n").generated_line ==
          2);
    CHECK(read("LoadModule a_module a.so\n# do not edit\n").generated_line == 0);
    CHECK(read("# loads most of the modules included with the server\n").generated_line == 0);
}

TEST_CASE("switching a line takes the comment sign away or puts it, and is undone exactly") {
    CHECK(switched("#LoadModule a_module modules/mod_a.so\n") == "LoadModule a_module modules/mod_a.so\n");
    CHECK(switched("x\r\n# \tLoadModule a_module modules/mod_a.so  \r\ny") ==
          "x\r\n \tLoadModule a_module modules/mod_a.so  \r\ny");
    CHECK(switched("  LoadModule a_module modules/mod_a.so") == "#  LoadModule a_module modules/mod_a.so");
    CHECK(switched("LoadModule \\\n a_module modules/mod_a.so\n") == "#LoadModule \\\n a_module modules/mod_a.so\n");
    CHECK_FALSE(read(" #LoadModule a_module modules/mod_a.so").lines.front().reversible);
    CHECK_FALSE(read(" \\\n#LoadModule a_module modules/mod_a.so").lines.front().reversible);
    CHECK(read("# LoadModule a_module modules/mod_a.so").lines.front().reversible);
    CHECK(read("LoadModule a_module modules/mod_a.so").lines.front().reversible);
    CHECK_FALSE(read("LoadModule a modules/mod_a.so").lines.front().reversible);
    CHECK_FALSE(read("LoadModule a_module mod_a").lines.front().reversible);
}

TEST_CASE("whatever surrounds lines, switching them back leaves every byte as it was") {
    std::mt19937 random(20260);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts in each run
    const Lines pieces = {"LoadModule a_module modules/x.so",
                          "#LoadModule b_module modules/x.so",
                          "# loadMODULE \"mod_c\"\t'm/y.so' ",
                          "  LoadModule a_module \\\n modules/x.so",
                          "#\tLoadModule b_module\\\r\n\tmodules/x.so",
                          "LoadModule a_module",
                          "\n",
                          "\n",
                          "\n",
                          "\r\n",
                          "\n\n",
                          "\\\n",
                          "# words",
                          "<IfModule x>\n",
                          "</IfModule>\n",
                          "#",
                          " ",
                          "\0"s,
                          "\xEF\xBB\xBF",
                          "# Depends: z\n",
                          "\r"};
    std::size_t switches = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        const auto count = random() % 24;
        for (unsigned i = 0; i < count; ++i) {
            text += pieces[random() % pieces.size()];
        }
        const LoadFile file = read(text);
        for (const LoadLine & line : file.lines) {
            if (!line.reversible) {
                continue;
            }
            const auto after = core::edit_line(text, line.line, line.text, line.other);
            REQUIRE(after);
            const LoadFile again = read(*after);
            REQUIRE(again.lines.size() == file.lines.size());
            const LoadLine & same = again.lines[static_cast<std::size_t>(&line - file.lines.data())];
            CHECK(same.identifier == line.identifier);
            CHECK(same.file == line.file);
            CHECK(same.active != line.active);
            CHECK(same.line == line.line);
            const auto back = core::edit_line(*after, same.line, same.text, same.other);
            REQUIRE(back);
            CHECK(*back == text);
            ++switches;
        }
    }
    CHECK(switches > 200);
}

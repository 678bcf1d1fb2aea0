// SPDX-License-Identifier: Apache-2.0
#include "core/text_edit.hpp"

#include "support/catch.hpp"

#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using core::add_word;
using core::edit_line;
using core::remove_word;

namespace {

using Text = std::optional<std::string>;

Text added(const std::string & line, const std::string & word) { return add_word(line, 1, word); }
Text removed(const std::string & line, const std::string & word) { return remove_word(line, 1, word); }

}  // namespace

TEST_CASE("a line says something else, and every other byte stays") {
    CHECK(edit_line("a\nb\nc\n", 2, "b", "#b") == "a\n#b\nc\n");
    CHECK(edit_line("a\nb\nc\n", 1, "a", "") == "\nb\nc\n");
    CHECK(edit_line("a\nb\nc\n", 3, "c", "long\tline") == "a\nb\nlong\tline\n");
    // The last line may have no end.
    CHECK(edit_line("a\nb", 2, "b", "c") == "a\nc");
    CHECK(edit_line("a\n\nb\n", 2, "", "x") == "a\nx\nb\n");
    // Carriage returns stay, whoever counts them.
    CHECK(edit_line("a\r\nb\r\n", 1, "a", "#a") == "#a\r\nb\r\n");
    CHECK(edit_line("a\r\nb\r\n", 2, "b\r", "#b\r") == "a\r\n#b\r\n");
    const std::string odd("\0x\xff\n \t \nLoad", 12);
    CHECK(edit_line(odd, 2, " \t ", "y") == std::string("\0x\xff\ny\nLoad", 10));
}

TEST_CASE("a line that does not say what it should is not edited") {
    CHECK_FALSE(edit_line("a\nb\n", 1, "b", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 1, "a ", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 1, "", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 0, "a", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 3, "", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 4, "", "c"));
    CHECK_FALSE(edit_line("", 1, "", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 1, "a", "c\nd"));
    CHECK_FALSE(edit_line("a\nb\n", 1, "a\n", "c"));
    CHECK_FALSE(edit_line("a\nb\n", 1, "a\r", "c"));
}

TEST_CASE("a word comes to the end of a value, and its quotes stay") {
    CHECK(added("M=\"a b\"\n", "c") == "M=\"a b c\"\n");
    CHECK(added("M='a b'\n", "c") == "M='a b c'\n");
    CHECK(added("M=\"\"", "c") == "M=\"c\"");
    CHECK(added("M=''", "c") == "M='c'");
    CHECK(added("M=\n", "c") == "M=c\n");
    CHECK(added("M=a\n", "c") == "M=\"a c\"\n");
    CHECK(added("\texport M=\"a\"  # words\r\n", "c") == "\texport M=\"a c\"  # words\r\n");
    CHECK(added("M=\"a  b \"", "c") == "M=\"a  b c \"");
    CHECK_FALSE(added("M=\"a b\"", "a"));
    CHECK(added("M=\"a\"", "mod-2.x_y") == "M=\"a mod-2.x_y\"");
    CHECK(add_word("A=\"x\"\nM=\"a\"\nB=\"y\"\n", 2, "b") == "A=\"x\"\nM=\"a b\"\nB=\"y\"\n");
}

TEST_CASE("a word goes wherever it is, with the blanks that came with it") {
    CHECK(removed("M=\"a b c\"\n", "c") == "M=\"a b\"\n");
    CHECK(removed("M=\"a b c\"\n", "b") == "M=\"a c\"\n");
    CHECK(removed("M=\"a b c\"\n", "a") == "M=\"b c\"\n");
    CHECK(removed("M='a'", "a") == "M=''");
    CHECK(removed("M=a\n", "a") == "M=\n");
    CHECK(removed("M=\"a  b\tc\"", "b") == "M=\"a\tc\"");
    CHECK(removed("M=\" a \"", "a") == "M=\"  \"");
    // As long as it is there once, it counts.
    CHECK(removed("M=\"a a b a ab a\"", "a") == "M=\"b ab\"");
    CHECK(removed("M=\"ab b abc\"", "b") == "M=\"ab abc\"");
    CHECK_FALSE(removed("M=\"ab\"", "a"));
    CHECK_FALSE(removed("M=\"\"", "a"));
}

TEST_CASE("what a shell would have to read is not edited") {
    for (const std::string line :
         {"",          "\n",        "M",         "=\"a\"",        "M =\"a\"",      "M= \"a\"",  "1M=\"a\"",
          "M=\"a",     "M='a",      "M=a b",     "M=\"a\"b",      "M=\"a\"\"b\"",  "M=\"a\" b", "M=\"a\"; b",
          "M=\"a\"#b", "M=\"$a\"",  "M=\"`a`\"", "M=\"a\\\"",     "M=\"a\\\\ b\"", "M=a\\",     "M=$a",
          "M+=\"a\"",  "# M=\"a\"", "M=(a)",     "exportM \"a\"", "set M=\"a\"",   "M=\"a\\"}) {
        INFO(line);
        CHECK_FALSE(added(line, "c"));
        CHECK_FALSE(removed(line, "a"));
    }
    for (const std::string word : {"", " ", "a b", "a\"", "'", "$x", "`x`", "a\\", "a\n", "a;b", "a#", "\xe9"}) {
        INFO(word);
        CHECK_FALSE(added("M=\"x\"", word));
        CHECK_FALSE(removed("M=\"x " + word + "\"", word));
    }
    CHECK_FALSE(add_word("M=\"a\"\n", 2, "b"));
    CHECK_FALSE(add_word("M=\"a\"\n", 0, "b"));
}

TEST_CASE("a word that was added is taken back to the byte") {
    std::mt19937 random(7);
    const std::string bytes = "ab  \t";
    for (int i = 0; i < 2000; ++i) {
        std::string words;
        for (std::size_t length = random() % 12; length > 0; --length) {
            words += bytes[random() % bytes.size()];
        }
        const std::string line = std::string("X=1\nM=\"") + words + "\" # end\nY=\"\"";
        INFO(line);
        const Text with = add_word(line, 2, "new");
        REQUIRE(with);
        REQUIRE(remove_word(*with, 2, "new") == line);
    }
}

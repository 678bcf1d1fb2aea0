// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::check_name;
using core::glob_less;
using core::NameProblem;
using core::strip_decoration;
using core::strip_suffix;

TEST_CASE("names that can be an entry's") {
    for (const std::string & name :
         {"a"s, "rewrite"s, "php8.2"s, "000-default"s, "a b"s, "$(touch x)"s, "`x`"s, "a;b"s, "*"s, "~"s, ".hidden"s,
          "..."s, "m\xC3\xBCll"s, "\xFF"s, "mod_a"s, "a.load"s, "a-"s, std::string(250, 'a')}) {
        INFO(name);
        CHECK(check_name(name) == NameProblem::NONE);
    }
}

TEST_CASE("names that cannot") {
    CHECK(check_name("") == NameProblem::EMPTY);
    CHECK(check_name(".") == NameProblem::DOTS);
    CHECK(check_name("..") == NameProblem::DOTS);
    CHECK(check_name("-") == NameProblem::LEADING_DASH);
    CHECK(check_name("-f") == NameProblem::LEADING_DASH);
    CHECK(check_name("/") == NameProblem::HAS_SLASH);
    CHECK(check_name("../a") == NameProblem::HAS_SLASH);
    CHECK(check_name("a/") == NameProblem::HAS_SLASH);
    CHECK(check_name("a\0b"s) == NameProblem::HAS_CONTROL);
    CHECK(check_name("a\n"s) == NameProblem::HAS_CONTROL);
    CHECK(check_name("\x1B[1m") == NameProblem::HAS_CONTROL);
    CHECK(check_name("a\x7F") == NameProblem::HAS_CONTROL);
    CHECK(check_name(std::string(251, 'a')) == NameProblem::TOO_LONG);
}

TEST_CASE("every control character is refused, every other byte is not") {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string name = "a"s + static_cast<char>(byte);
        const bool control = byte < 0x20 || byte == 0x7F;
        INFO(byte);
        CHECK(check_name(name) == (control       ? NameProblem::HAS_CONTROL
                                   : byte == '/' ? NameProblem::HAS_SLASH
                                                 : NameProblem::NONE));
    }
}

TEST_CASE("the suffix of a kind is dropped, once and exactly") {
    CHECK(strip_suffix(Kind::MODULE, "a.load") == "a");
    CHECK(strip_suffix(Kind::MODULE, "a.conf") == "a.conf");
    CHECK(strip_suffix(Kind::MODULE, "a.load.load") == "a.load");
    CHECK(strip_suffix(Kind::MODULE, "aXload") == "aXload");
    CHECK(strip_suffix(Kind::MODULE, "a.loader") == "a.loader");
    CHECK(strip_suffix(Kind::MODULE, ".load").empty());
    CHECK(strip_suffix(Kind::CONF, "a.conf") == "a");
    CHECK(strip_suffix(Kind::CONF, "a.load") == "a.load");
    CHECK(strip_suffix(Kind::SITE, "a.b.conf") == "a.b");
    CHECK(strip_suffix(Kind::SITE, "a.conf.d") == "a.conf.d");
    CHECK(strip_suffix(Kind::SITE, "").empty());
}

TEST_CASE("decoration is dropped, once and exactly") {
    CHECK(strip_decoration("mod_rewrite") == "rewrite");
    CHECK(strip_decoration("mod_rewrite.load") == "rewrite");
    CHECK(strip_decoration("rewrite.conf") == "rewrite");
    CHECK(strip_decoration("rewrite.conf.load") == "rewrite.conf");
    CHECK(strip_decoration("modern") == "modern");
    CHECK(strip_decoration("mod_mod_a") == "mod_a");
    CHECK(strip_decoration("a.so") == "a.so");
    CHECK(strip_decoration("").empty());
}

TEST_CASE("names sort without case, ties by byte") {
    std::vector<std::string> names{"b", "B", "a", "A",  "ab", "AB",       "aB", "_",
                                   "1", "Z", "z", "a-", "a.", "\xC3\xA4", ""};
    std::sort(names.begin(), names.end(), glob_less);
    CHECK(names == std::vector<std::string>{"", "1", "_", "A", "a", "a-", "a.", "AB", "aB", "ab", "B", "b", "Z", "z",
                                            "\xC3\xA4"});
}

TEST_CASE("the order is strict and total") {
    std::mt19937 random(7);
    std::vector<std::string> names;
    for (int i = 0; i < 60; ++i) {
        std::string & name = names.emplace_back();
        for (auto length = random() % 4; length > 0; --length) {
            name += "aAbB._-\xE4"[random() % 8];
        }
    }
    for (const std::string & a : names) {
        for (const std::string & b : names) {
            if (glob_less(a, b) + glob_less(b, a) + (a == b) != 1) {
                FAIL(a << " and " << b);
            }
            for (const std::string & c : names) {
                if (glob_less(a, b) && glob_less(b, c) && !glob_less(a, c)) {
                    FAIL(a << ", " << b << " and " << c);
                }
            }
        }
    }
    SUCCEED();
}

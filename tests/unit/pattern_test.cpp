// SPDX-License-Identifier: Apache-2.0
#include "core/pattern.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <fnmatch.h>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace confgraph;
using namespace std::string_literals;
using core::expand_braces;
using core::is_pattern;
using core::literal;
using core::matches;
using Words = std::vector<std::string>;

namespace {

/// Hostile input must not take longer than this on any machine; what is exponential would take years.
constexpr auto SOON = std::chrono::seconds(20);

}  // namespace

TEST_CASE("what makes an argument a pattern") {
    for (const char * text : {"*", "a*", "?", "[ab]", "[", "{a,b}", "{", "a{"}) {
        INFO(text);
        CHECK(is_pattern(text));
    }
    for (const char * text : {"", "a", "a b", "~", "$x", "]", "}", "a,b", "\\a", "-f", "../a"}) {
        INFO(text);
        CHECK_FALSE(is_pattern(text));
    }
}

TEST_CASE("braces stand for alternatives, in their order") {
    CHECK(expand_braces("a") == Words{"a"});
    CHECK(expand_braces("") == Words{""});
    CHECK(expand_braces("{a,b}") == Words{"a", "b"});
    CHECK(expand_braces("x{b,a}y") == Words{"xby", "xay"});
    CHECK(expand_braces("{a,b}{1,2}") == Words{"a1", "a2", "b1", "b2"});
    CHECK(expand_braces("{a,b{1,2},c}") == Words{"a", "b1", "b2", "c"});
    CHECK(expand_braces("{a}") == Words{"a"});
    CHECK(expand_braces("x{,y}") == Words{"x", "xy"});
    CHECK(expand_braces("{,}") == Words{"", ""});
    CHECK(expand_braces("{a,b}*") == Words{"a*", "b*"});
}

TEST_CASE("braces that do not pair stand for themselves") {
    CHECK(expand_braces("{}") == Words{"{}"});
    CHECK(expand_braces("a{}b") == Words{"a{}b"});
    CHECK(expand_braces("{a") == Words{"{a"});
    CHECK(expand_braces("a}") == Words{"a}"});
    CHECK(expand_braces("{a,b") == Words{"{a,b"});
    CHECK(expand_braces("{a,{b,c}") == Words{"{a,b", "{a,c"});
    CHECK(expand_braces("\\{a,b}") == Words{"\\{a,b}"});
    CHECK(expand_braces("{a\\,b,c}") == Words{"a\\,b", "c"});
    CHECK(expand_braces("{a\\}b,c}") == Words{"a\\}b", "c"});
}

TEST_CASE("only so many alternatives are made") {
    std::string many = "{0";
    for (int i = 1; i < 5000; ++i) {
        many += "," + std::to_string(i);
    }
    many += "}";
    const Words from_one = expand_braces(many);
    CHECK(from_one.size() == core::MAX_ALTERNATIVES);
    CHECK(from_one.at(0) == "0");
    CHECK(from_one.at(4095) == "4095");

    std::string twelve;
    for (int i = 0; i < 12; ++i) {
        twelve += "{a,b}";
    }
    const Words exactly = expand_braces(twelve);
    CHECK(exactly.size() == core::MAX_ALTERNATIVES);
    CHECK(std::set<std::string>(exactly.begin(), exactly.end()).size() == core::MAX_ALTERNATIVES);
}

TEST_CASE("hostile braces take no time") {
    const auto start = std::chrono::steady_clock::now();
    std::string product;
    for (int i = 0; i < 200; ++i) {
        product += "{a,b}";
    }
    CHECK(expand_braces(product).size() == core::MAX_ALTERNATIVES);
    CHECK(expand_braces(std::string(5000, '{')) == Words{std::string(5000, '{')});
    CHECK(expand_braces(std::string(2000, '{') + "a,b" + std::string(2000, '}')) == Words{"a", "b"});
    CHECK(expand_braces(std::string(5000, '{') + std::string(100, ',')).size() == 1);
    std::string nested = "x";
    for (int i = 0; i < 300; ++i) {
        nested = "{" + nested + ",y}";
    }
    CHECK(expand_braces(nested).size() == 301);
    CHECK(std::chrono::steady_clock::now() - start < SOON);
}

TEST_CASE("wildcards match as in a shell") {
    CHECK(matches("*", "a"));
    CHECK(matches("*", ""));
    CHECK(matches("a*", "a"));
    CHECK(matches("a*", "abc"));
    CHECK_FALSE(matches("a*", "ba"));
    CHECK(matches("*c", "abc"));
    CHECK(matches("a*c*e", "abcde"));
    CHECK_FALSE(matches("a*c*e", "abcd"));
    CHECK(matches("**", "abc"));
    CHECK(matches("?", "a"));
    CHECK_FALSE(matches("?", ""));
    CHECK_FALSE(matches("?", "ab"));
    CHECK(matches("a?c", "abc"));
    CHECK(matches("php?.?", "php8.2"));
    CHECK(matches("abc", "abc"));
    CHECK_FALSE(matches("abc", "ABC"));
    CHECK_FALSE(matches("abc", "abcd"));
    CHECK_FALSE(matches("", "a"));
    CHECK(matches("", ""));
}

TEST_CASE("bracket expressions") {
    CHECK(matches("[abc]", "b"));
    CHECK_FALSE(matches("[abc]", "d"));
    CHECK(matches("[a-c]x", "bx"));
    CHECK_FALSE(matches("[a-c]", "d"));
    CHECK(matches("[!a-c]", "d"));
    CHECK_FALSE(matches("[!a-c]", "b"));
    CHECK(matches("[]]", "]"));
    CHECK(matches("[]a]", "a"));
    CHECK(matches("[!]a]", "b"));
    CHECK_FALSE(matches("[!]a]", "]"));
    CHECK(matches("[a-]", "-"));
    CHECK(matches("[-a]", "-"));
    CHECK_FALSE(matches("[c-a]", "b"));
    CHECK(matches("[0-9][0-9]*", "00-x"));
    CHECK(matches("[*]", "*"));
    CHECK_FALSE(matches("[*]", "a"));
    CHECK(matches("[\x80-\xFF]", "\xC3"));
    CHECK_FALSE(matches("[abc]", ""));
    // Without an end it is no expression.
    CHECK(matches("[a", "[a"));
    CHECK_FALSE(matches("[a", "a"));
    CHECK(matches("a[", "a["));
    CHECK(matches("[]", "[]"));
}

TEST_CASE("a backslash takes the next character literally") {
    CHECK(matches("\\*", "*"));
    CHECK_FALSE(matches("\\*", "a"));
    CHECK(matches("a\\?", "a?"));
    CHECK(matches("\\[a]", "[a]"));
    CHECK(matches("\\\\", "\\"));
    CHECK(matches("\\a", "a"));
    CHECK(matches("a\\", "a\\"));
}

TEST_CASE("a leading dot is matched by a dot only") {
    CHECK_FALSE(matches("*", ".hidden"));
    CHECK_FALSE(matches("?hidden", ".hidden"));
    CHECK_FALSE(matches("[.]hidden", ".hidden"));
    CHECK_FALSE(matches("*hidden", ".hidden"));
    CHECK(matches(".*", ".hidden"));
    CHECK(matches("\\.hidden", ".hidden"));
    CHECK(matches("a*", "a.b"));
}

TEST_CASE("patterns and names at random match as the C library says") {
    std::mt19937 random(11);
    const auto word = [&](const std::string & letters, std::size_t longest) {
        std::string text;
        for (auto length = random() % (longest + 1); length > 0; --length) {
            text += letters[random() % letters.size()];
        }
        return text;
    };
    int matched = 0;
    for (int i = 0; i < 200000; ++i) {
        const std::string pattern = word("aab.**??[]!-", 7);
        const std::string name = word("aab.]-!", 5);
        // Classes such as [[:alpha:]] and [[.a.]] are not part of these patterns.
        if (pattern.find("[[") != std::string::npos || pattern.find("[.") != std::string::npos) {
            continue;
        }
        const bool expected = ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
        matched += expected;
        if (matches(pattern, name) != expected) {
            FAIL("'" << pattern << "' and '" << name << "'");
        }
    }
    CHECK(matched > 5000);
}

TEST_CASE("hostile patterns take no time") {
    const auto start = std::chrono::steady_clock::now();
    std::string pattern;
    for (int i = 0; i < 60; ++i) {
        pattern += "a*";
    }
    CHECK_FALSE(matches(pattern + "b", std::string(250, 'a')));
    CHECK(matches(pattern, std::string(250, 'a')));
    CHECK_FALSE(matches(std::string(1000, '*') + "b", std::string(250, 'a')));
    CHECK_FALSE(matches(std::string(1000, '['), std::string(250, '[')));
    CHECK(std::chrono::steady_clock::now() - start < SOON);
}

TEST_CASE("a pattern without wildcards stands for one name") {
    CHECK(literal("a") == "a");
    CHECK(literal("\\*a") == "*a");
    CHECK(literal("a\\\\b") == "a\\b");
    CHECK(literal("[a") == "[a");
    CHECK(literal("a\\") == "a\\");
    CHECK(literal("a*").empty());
    CHECK(literal("?").empty());
    CHECK(literal("x[a]").empty());
    CHECK(literal("").empty());
}

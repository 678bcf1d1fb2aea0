// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>

using namespace std::string_literals;
using confgraph::core::escape;

TEST_CASE("plain text stays as it is") {
    CHECK(escape("").empty());
    CHECK(escape("Module rewrite: ~!@#$%^&*()") == "Module rewrite: ~!@#$%^&*()");
    CHECK(escape("back\\slash \\x41") == "back\\slash \\x41");
    CHECK(escape("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80") ==
          "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
}

TEST_CASE("control characters are shown, not sent") {
    CHECK(escape("a\nb\tc\rd") == "a\\x0ab\\x09c\\x0dd");
    CHECK(escape("\x1B[31mred\x07") == "\\x1b[31mred\\x07");
    CHECK(escape("a\0b"s) == "a\\x00b");
    CHECK(escape("\x7F") == "\\x7f");
    // The second set of control characters, which some terminals obey.
    CHECK(escape("\xC2\x9B"
                 "31m") == "\\xc2\\x9b31m");
    CHECK(escape("\xC2\x80\xC2\x9F\xC2\xA0") == "\\xc2\\x80\\xc2\\x9f\xC2\xA0");
}

TEST_CASE("line separators and changes of direction are shown") {
    CHECK(escape("\xE2\x80\xA8\xE2\x80\xA9") == "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
    CHECK(escape("\xE2\x80\x8E\xE2\x80\x8F") == "\\xe2\\x80\\x8e\\xe2\\x80\\x8f");
    CHECK(escape("\xE2\x80\xAA\xE2\x80\xAE") == "\\xe2\\x80\\xaa\\xe2\\x80\\xae");
    CHECK(escape("\xE2\x81\xA6\xE2\x81\xA9") == "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
    CHECK(escape("\xE2\x80\x90\xE2\x80\xAF") == "\xE2\x80\x90\xE2\x80\xAF");
}

TEST_CASE("what is no UTF-8 is shown byte by byte") {
    CHECK(escape("\xFF\xFE") == "\\xff\\xfe");
    CHECK(escape("a\x80z") == "a\\x80z");
    CHECK(escape("\xC3") == "\\xc3");
    CHECK(escape("\xC3(") == "\\xc3(");
    CHECK(escape("\xE2\x82") == "\\xe2\\x82");
    CHECK(escape("\xF0\x9F\x98") == "\\xf0\\x9f\\x98");
    CHECK(escape("\xC0\xAF") == "\\xc0\\xaf");                    // '/' in two bytes
    CHECK(escape("\xE0\x80\xAF") == "\\xe0\\x80\\xaf");           // in three
    CHECK(escape("\xF0\x80\x80\xAF") == "\\xf0\\x80\\x80\\xaf");  // in four
    CHECK(escape("\xED\xA0\x80") == "\\xed\\xa0\\x80");           // half of a surrogate pair
    CHECK(escape("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond the last character
    CHECK(escape("\xF4\x8F\xBF\xBD") == "\xF4\x8F\xBF\xBD");
    CHECK(escape("\xF5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
}

TEST_CASE("whatever goes in, one harmless line comes out, and escaping it again changes nothing") {
    std::mt19937 random(3);
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto length = random() % 12; length > 0; --length) {
            text += static_cast<char>(random() % 3 == 0 ? 0x80 + random() % 0x80 : random() % 0x80);
        }
        const std::string shown = escape(text);
        const bool harmless = std::none_of(shown.begin(), shown.end(),
                                           [](char byte) { return (byte >= 0 && byte < 0x20) || byte == 0x7F; });
        if (!harmless || escape(shown) != shown) {
            FAIL(shown);
        }
    }
    SUCCEED();
}

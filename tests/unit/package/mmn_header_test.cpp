// SPDX-License-Identifier: Apache-2.0
#include "core/mmn_header.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using confgraph::package::core::Headers;
using confgraph::package::core::MmnNote;
using confgraph::package::core::parse_mmn;
using confgraph::package::core::parse_mmn_header;
using confgraph::package::core::parse_mmn_note;

TEST_CASE("both numbers are found among everything else") {
    const auto headers = parse_mmn_header(
        " * 20120211.0 (2.5.0-dev) #define MODULE_MAGIC_NUMBER_MAJOR 1\n"
        "#ifndef MODULE_MAGIC_NUMBER_MAJOR\n"
        "#define MODULE_MAGIC_NUMBER_MAJOR 20120211\n"
        "#endif\n"
        "#define MODULE_MAGIC_NUMBER_MINOR 142                 /* 0...n */\n"
        "#define MODULE_MAGIC_NUMBER MODULE_MAGIC_NUMBER_MAJOR\n");
    REQUIRE(headers);
    CHECK(*headers == Headers{"", 20120211, 142});
}

TEST_CASE("blanks and comments may stand where C allows them") {
    for (const std::string text :
         {"#define MODULE_MAGIC_NUMBER_MAJOR 20051115\n#define MODULE_MAGIC_NUMBER_MINOR 0",
          "  #  define\tMODULE_MAGIC_NUMBER_MAJOR\t20051115\r\n#define   MODULE_MAGIC_NUMBER_MINOR   0/* x */\r\n",
          "#define MODULE_MAGIC_NUMBER_MINOR 0//\n# define MODULE_MAGIC_NUMBER_MAJOR 20051115 /* y */\n"}) {
        INFO(text);
        const auto headers = parse_mmn_header(text);
        REQUIRE(headers);
        CHECK(*headers == Headers{"", 20051115, 0});
    }
}

TEST_CASE("a header without both numbers has none") {
    for (const std::string text :
         {"", "\n\n", "#define MODULE_MAGIC_NUMBER_MAJOR 20120211\n", "#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR x\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR 20120211x\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR 99999999999999\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR -5\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#define MODULE_MAGIC_NUMBER_MAJOR 0\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "define MODULE_MAGIC_NUMBER_MAJOR 20120211\n#define MODULE_MAGIC_NUMBER_MINOR 1\n",
          "#undef MODULE_MAGIC_NUMBER_MAJOR 20120211\n#define MODULE_MAGIC_NUMBER_MINOR 1\n"}) {
        INFO(text);
        CHECK_FALSE(parse_mmn_header(text));
    }
}

TEST_CASE("the file beside the headers has a number and a machine") {
    CHECK(parse_mmn_note("20120211x8664\n") == MmnNote{"20120211x8664", 20120211});
    CHECK(parse_mmn_note(" 20120211-x86-64 \n\n") == MmnNote{"20120211-x86-64", 20120211});
    CHECK(parse_mmn_note("20120211x8664")->rpm_isa() == "x8664");
    CHECK(parse_mmn_note("20120211")->rpm_isa().empty());
    for (const std::string text : {"", "\n", "x8664", "-20120211", "0x8664", "20120211 x8664", "20120211x8664, evil",
                                   "20120211\n20120211\n", "99999999999999x8664", "20120211$(x)"}) {
        INFO(text);
        CHECK_FALSE(parse_mmn_note(text));
    }
    CHECK_FALSE(parse_mmn_note("20120211" + std::string(200, 'x')));
}

TEST_CASE("a number alone is a number") {
    CHECK(parse_mmn("20120211") == 20120211);
    for (const std::string text : {"", "0", "-1", "x", "20120211 ", "20120211x", "99999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_mmn(text));
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "core/mmn_header.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using confgraph::package::core::Headers;
using confgraph::package::core::parse_mmn_header;

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

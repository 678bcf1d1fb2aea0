// SPDX-License-Identifier: Apache-2.0
#include "core/account_files.hpp"
#include "support/catch.hpp"

#include <string>

using confgraph::core::find_group_line;
using confgraph::core::find_user_line;
using confgraph::core::group_name;

namespace {

const std::string PASSWD =
    "root:x:0:0:root:/root:/bin/sh\n"
    "\n"
    "no colons at all\n"
    "short:x:5\n"
    "word:x:five:5::/:/bin/sh\n"
    "+::::::\n"
    "www-web:*:4242:4243:Web, of the shop:/nonexistent:\n"
    "www-web:x:1:1:a second one does not count:/:/bin/sh\n"
    "nobody-by-number:x:4294967295:1::/:/bin/sh\n"
    "negative:x:-1:1::/:/bin/sh\n"
    "large:x:4294967296:1::/:/bin/sh\n"
    "blank:x: 7:1::/:/bin/sh\n"
    "last:x:7:8::/:/bin/sh";

const std::string GROUP =
    "root:x:0:\nbroken:x\nword:x:seven:\n:x:4243:\nmany:x:4243:a:b\nweb:x:4243:one,two\nother:x:4243:\nlast:x:8:";

}  // namespace

TEST_CASE("a user is what its first line says") {
    const auto web = find_user_line(PASSWD, "www-web");
    REQUIRE(web);
    CHECK(web->line == 7);
    CHECK_FALSE(web->malformed);
    CHECK(web->id == 4242);
    CHECK(web->group == 4243);
    const auto last = find_user_line(PASSWD, "last");
    REQUIRE(last);
    CHECK_FALSE(last->malformed);
    CHECK(last->id == 7);
    CHECK(last->group == 8);
    const auto root = find_user_line(PASSWD, "root");
    REQUIRE(root);
    CHECK_FALSE(root->malformed);
    CHECK(root->id == 0);
}

TEST_CASE("who has no line is unknown") {
    for (const std::string name : {"", "nobody", "www", "www-web:*", "www-web\n"}) {
        INFO(name);
        CHECK_FALSE(find_user_line(PASSWD, name));
        CHECK_FALSE(find_group_line(GROUP, name));
    }
    CHECK_FALSE(find_user_line("", "root"));
    CHECK(group_name("", 0).empty());
}

TEST_CASE("a line that does not say what it should is told by its number") {
    for (const auto & [name, line] : {std::pair("short", 4U),
                                      {"word", 5U},
                                      {"nobody-by-number", 9U},
                                      {"negative", 10U},
                                      {"large", 11U},
                                      {"blank", 12U}}) {
        INFO(name);
        const auto found = find_user_line(PASSWD, name);
        REQUIRE(found);
        CHECK(found->malformed);
        CHECK(found->line == line);
    }
    for (const auto & [name, line] : {std::pair("broken", 2U), {"word", 3U}, {"many", 5U}}) {
        INFO(name);
        const auto found = find_group_line(GROUP, name);
        REQUIRE(found);
        CHECK(found->malformed);
        CHECK(found->line == line);
    }
}

TEST_CASE("a group is found by its name and by its number") {
    const auto web = find_group_line(GROUP, "web");
    REQUIRE(web);
    CHECK_FALSE(web->malformed);
    CHECK(web->id == 4243);
    CHECK(web->line == 6);
    // The first whole line with that number, which has a name.
    CHECK(group_name(GROUP, 4243) == "web");
    CHECK(group_name(GROUP, 8) == "last");
    CHECK(group_name(GROUP, 9).empty());
}

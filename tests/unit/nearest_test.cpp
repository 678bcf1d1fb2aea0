// SPDX-License-Identifier: Apache-2.0
#include "core/nearest.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace confgraph;
using core::nearest;
using Names = std::vector<std::string>;

namespace {

const Names MODULES{"alias", "auth_basic", "cgi",     "cgid", "headers", "http2",
                    "proxy", "proxy_http", "rewrite", "ssl",  "status",  "userdir"};

}  // namespace

TEST_CASE("a slip of the keyboard finds its name") {
    CHECK(nearest("rewrit", MODULES) == Names{"rewrite"});
    CHECK(nearest("rewritte", MODULES) == Names{"rewrite"});
    CHECK(nearest("rewrute", MODULES) == Names{"rewrite"});
    CHECK(nearest("rerwite", MODULES) == Names{"rewrite"});
    CHECK(nearest("sll", MODULES) == Names{"ssl"});
    // Two neighbours that changed places are one slip.
    CHECK(nearest("sls", MODULES) == Names{"ssl"});
    CHECK(nearest("lss", Names{"ssl"}).empty());
    CHECK(nearest("proxy-http", MODULES) == Names{"proxy_http"});
}

TEST_CASE("decoration is no difference") {
    CHECK(nearest("mod_rewrite", MODULES) == Names{"rewrite"});
    CHECK(nearest("mod_rewrit.load", MODULES) == Names{"rewrite"});
    CHECK(nearest("rewrite.conf", MODULES) == Names{"rewrite"});
}

TEST_CASE("nothing alike gives nothing") {
    CHECK(nearest("nonsense", MODULES).empty());
    CHECK(nearest("x", Names{"abc"}).empty());
    CHECK(nearest("", MODULES).empty());
    CHECK(nearest("rewrite", {}).empty());
    CHECK(nearest("mod_", MODULES).empty());
    CHECK(nearest(std::string(100, 'a'), Names{std::string(99, 'a')}).empty());
}

TEST_CASE("a name is no suggestion for itself") { CHECK(nearest("cgi", MODULES) == Names{"cgid"}); }

TEST_CASE("the best come first, three at most, and none that is far behind") {
    CHECK(nearest("abcdef", Names{"abcdxx", "abcdeg", "abcdeh", "abcdei", "abcdej"}) ==
          Names{"abcdeg", "abcdeh", "abcdei"});
    CHECK(nearest("abcdef", Names{"abcdxx", "abcdeg"}) == Names{"abcdeg", "abcdxx"});
    CHECK(nearest("abcdefghi", Names{"abcdefxxx", "abcdefghj"}) == Names{"abcdefghj"});
    CHECK(nearest("mod_abc", Names{"abc", "abd"}) == Names{"abc", "abd"});
}

// SPDX-License-Identifier: Apache-2.0
#include "core/relative_path.hpp"

#include "support/catch.hpp"

using namespace confgraph::core;

TEST_CASE("a clean path has no empty and no dot parts") {
    CHECK(clean_path("/a/b") == "/a/b");
    CHECK(clean_path("//a///b//") == "/a/b");
    CHECK(clean_path("/./a/./b/.") == "/a/b");
    CHECK(clean_path("/") == "/");
    CHECK(clean_path("//") == "/");
    CHECK(clean_path("/.") == "/");
    CHECK(clean_path("a//b/") == "a/b");
    CHECK(clean_path("./a") == "a");
    CHECK(clean_path(".") == ".");
    CHECK(clean_path("") == ".");
}

TEST_CASE("what goes up stays, since links decide where to") {
    CHECK(clean_path("/a/../b") == "/a/../b");
    CHECK(clean_path("../a/..") == "../a/..");
    CHECK(clean_path("/a/.../b") == "/a/.../b");
}

TEST_CASE("a relative path lies below the working directory") {
    CHECK(absolute_path("/a//b", "/x") == "/a/b");
    CHECK(absolute_path("a", "/x/y") == "/x/y/a");
    CHECK(absolute_path("./a/", "/") == "/a");
    CHECK(absolute_path("../a", "/x") == "/x/../a");
    CHECK(absolute_path("", "/x") == "/x");
    CHECK(absolute_path(".", "/") == "/");
}

TEST_CASE("the way from folder to folder") {
    CHECK(relative_path("/etc/apache2/mods-available", "/etc/apache2/mods-enabled") == "../mods-available");
    CHECK(relative_path("/srv/mods", "/etc/apache2/mods-enabled") == "../../../srv/mods");
    CHECK(relative_path("/a/b/c", "/a") == "b/c");
    CHECK(relative_path("/a", "/a/b/c") == "../..");
    CHECK(relative_path("/a/b", "/a/b") == ".");
    CHECK(relative_path("/", "/a") == "..");
    CHECK(relative_path("/a", "/") == "a");
    CHECK(relative_path("/", "/") == ".");
    CHECK(relative_path("/ab/x", "/a/x") == "../../ab/x");
    CHECK(relative_path("//a/./b/", "/a//c") == "../b");
}

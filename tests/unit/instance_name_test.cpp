// SPDX-License-Identifier: Apache-2.0
#include "core/instance_name.hpp"

#include "support/catch.hpp"

#include <string>

using namespace confgraph;
using namespace std::string_literals;
using core::instance_of;
using core::is_instance_name;

TEST_CASE("names that an instance can have") {
    for (const std::string & name : {"a"s, "web"s, "web-two"s, "php8.2"s, "a b"s, "$(touch x)"s, "m\xC3\xBCll"s}) {
        INFO(name);
        CHECK(is_instance_name(name));
    }
}

TEST_CASE("names that no instance can have") {
    for (const std::string & name : {""s, "."s, ".."s, "a..b"s, "-web"s, "a/b"s, "../web"s, "/"s, "a\nb"s, "\x1b[31m"s,
                                     "a\0b"s, "\x7f"s, std::string(300, 'a')}) {
        INFO(name);
        CHECK_FALSE(is_instance_name(name));
    }
}

TEST_CASE("the instance of a folder") {
    CHECK(instance_of("/etc/apache2-web", "/etc/apache2") == "web");
    CHECK(instance_of("/etc/apache2-web-two/", "/etc/apache2") == "web-two");
    for (const char * folder : {"/etc/apache2", "/etc/apache2/", "/etc/apache2-", "/etc/apache22", "/etc/apache2/-web",
                                "/etc/apache2-a/b", "/etc/apache2-a..b", "etc/apache2-web", ""}) {
        INFO(folder);
        CHECK(instance_of(folder, "/etc/apache2").empty());
    }
}

TEST_CASE("the paths of an instance") {
    CHECK(core::instance_path("/var/lib/apache2", "web") == "/var/lib/apache2-web");
    CHECK(core::instance_path("/var/lib/apache2", "") == "/var/lib/apache2");
    CHECK(core::instance_record_path("/var/lib/apache2-web") == "/var/lib/apache2-web/instance");
}

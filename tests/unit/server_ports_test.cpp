// SPDX-License-Identifier: Apache-2.0
#include "core/server_ports.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace confgraph;
using core::find_ports;
using core::PortUse;
using core::replace_paths;
using core::replace_ports;
using core::with_export;

namespace {

const std::string DEBIAN_PORTS = "# Listen 70\n\nListen 80\n\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n";

}  // namespace

TEST_CASE("the addresses of Debian's file") {
    const std::vector<PortUse> uses = find_ports(DEBIAN_PORTS);
    REQUIRE(uses.size() == 2);
    CHECK(uses[0] == PortUse{.listens = true, .address = "80", .port = 80, .line = 3, .offset = 20, .length = 2});
    CHECK(uses[1].port == 443);
    CHECK(uses[1].secure);
    CHECK(uses[1].line == 6);
    CHECK(uses[1].conditions == std::vector<std::string>{"ssl_module"});
}

TEST_CASE("addresses are understood as httpd does") {
    struct Case {
        std::string text;
        std::string address;
        std::optional<std::uint16_t> port;
        bool secure;
    };
    for (const Case & one : std::vector<Case>{{"listen 127.0.0.1:8080\n", "127.0.0.1:8080", 8080, false},
                                              {"Listen [::1]:81", "[::1]:81", 81, false},
                                              {"Listen [::1]", "[::1]", std::nullopt, false},
                                              {"Listen \"90\" https\n", "90", 90, true},
                                              {"  Listen \\\n  91\r\n", "91", 91, false},
                                              {"Listen ${PORT}\n", "${PORT}", std::nullopt, false},
                                              {"Listen 0\n", "0", std::nullopt, false},
                                              {"Listen 65536\n", "65536", std::nullopt, false},
                                              {"<VirtualHost *:443>\n", "*:443", 443, true},
                                              {"<VirtualHost _default_:82 >\n", "_default_:82", 82, false},
                                              {"<VirtualHost *>\n", "*", std::nullopt, false},
                                              {"<VirtualHost example.org>\n", "example.org", std::nullopt, false},
                                              {"NameVirtualHost *:83\n", "*:83", 83, false}}) {
        INFO(one.text);
        const std::vector<PortUse> uses = find_ports(one.text);
        REQUIRE(uses.size() == 1);
        CHECK(uses[0].address == one.address);
        CHECK(uses[0].port == one.port);
        CHECK(uses[0].secure == one.secure);
    }
    CHECK(find_ports("Listener 80\n# Listen 80\nListen\n\\\n").empty());
    CHECK(find_ports("<VirtualHost a:1 b:2>\n").size() == 2);
}

TEST_CASE("ports are replaced, and nothing else") {
    const core::PortMap ports = {{80, 8081}, {443, 8444}};
    CHECK(replace_ports(DEBIAN_PORTS, ports) ==
          "# Listen 70\n\nListen 8081\n\n<IfModule ssl_module>\n\tListen 8444\n</IfModule>\n");
    CHECK(replace_ports("<VirtualHost *:80 [::1]:443 a:8080>\n# :80\nServerName a:80\n</VirtualHost>", ports) ==
          "<VirtualHost *:8081 [::1]:8444 a:8080>\n# :80\nServerName a:80\n</VirtualHost>");
    // An exchange of two ports is one, too.
    CHECK(replace_ports("Listen 80\nListen 443\n", {{80, 443}, {443, 80}}) == "Listen 443\nListen 80\n");
    CHECK(replace_ports("", ports).empty());
}

TEST_CASE("paths are replaced where they are whole parts of a path") {
    const core::PathMap paths = {{"/etc/apache2", "/etc/apache2-web"}, {"/run/apache2", "/run/apache2-web"}};
    CHECK(replace_paths("MIMEMagicFile /etc/apache2/magic\n", paths) == "MIMEMagicFile /etc/apache2-web/magic\n");
    CHECK(replace_paths("A \"/etc/apache2\" '/etc/apache2/x'", paths) == "A \"/etc/apache2-web\" '/etc/apache2-web/x'");
    CHECK(replace_paths("/etc/apache2", paths) == "/etc/apache2-web");
    CHECK(replace_paths("export X=/run/apache2/pid\n", paths) == "export X=/run/apache2-web/pid\n");
    for (const std::string text :
         {"# /etc/apache2/magic\n", "/etc/apache2-old/x\n", "/etc/apache22\n", "/srv/etc/apache2\n",
          "${X}/etc/apache2\n", "export X=/run/apache2$SUFFIX/x\n", "/etc/apache2.bak\n", ""}) {
        INFO(text);
        CHECK(replace_paths(text, paths) == text);
    }
}

TEST_CASE("an export takes the place of the one there is, or comes last") {
    CHECK(with_export("a\nexport U=x\nb\n", "U", "y") == "a\nexport U=y\nb\n");
    CHECK(with_export("a\n# export U=x\n", "U", "y") == "a\n# export U=x\nexport U=y\n");
    CHECK(with_export("export U=x\nexport U=z\n", "U", "y") == "export U=x\nexport U=z\nexport U=y\n");
    CHECK(with_export("U=x\nexport U\n", "U", "y") == "U=x\nexport U\nexport U=y\n");
    CHECK(with_export("no newline", "U", "y") == "no newline\nexport U=y\n");
    CHECK(with_export("", "U", "y") == "export U=y\n");
}

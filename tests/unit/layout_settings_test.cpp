// SPDX-License-Identifier: Apache-2.0
#include "core/layout_settings.hpp"

#include "support/catch.hpp"

#include <string>

using namespace confgraph;
using core::parse_layout_settings;

TEST_CASE("settings are names and paths") {
    const auto settings = parse_layout_settings(
        "# cPanel\n\n  layout=fedora\nconfig =\t/etc/apache2 \n"
        "module-folder = /usr/lib64/apache2/modules\nserver=bin/my httpd");
    CHECK(settings.bad_line == 0);
    CHECK(settings.name == LayoutName::FEDORA);
    CHECK(settings.values == core::LayoutValues{{"config", "/etc/apache2"},
                                                {"module-folder", "/usr/lib64/apache2/modules"},
                                                {"server", "bin/my httpd"}});
    CHECK_FALSE(parse_layout_settings("").name);
    CHECK(parse_layout_settings("# nothing").values.empty());
}

TEST_CASE("the first line that makes no sense is told") {
    struct Example {
        std::string text;
        unsigned line;
        std::string says;
    };
    const Example example = GENERATE(values<Example>({
        {"layout=debian\n\nfolder=/etc\n", 3, "folder=/etc"},
        {"layout=gentoo\n", 1, "layout=gentoo"},
        {"layout=debian\nlayout=debian\n", 2, "layout=debian"},
        {"state=/a\nstate=/b\n", 2, "state=/b"},
        {"state\n", 1, "state"},
        {"state=\n", 1, "state="},
        {"config=etc/apache2\n", 1, "config=etc/apache2"},
        {"  Config=/etc/apache2\n", 1, "Config=/etc/apache2"},
        {"=/etc\n", 1, "=/etc"},
    }));
    CAPTURE(example.text);
    const auto settings = parse_layout_settings(example.text);
    CHECK(settings.bad_line == example.line);
    CHECK(settings.bad_text == example.says);
}

TEST_CASE("a value cannot hold what ends a path") {
    CHECK(parse_layout_settings(std::string("state=/a\0b\n", 11)).bad_line == 1);
}

TEST_CASE("each layout has a word") {
    for (const LayoutName name : {LayoutName::DEBIAN, LayoutName::FEDORA, LayoutName::SUSE, LayoutName::ALT}) {
        CHECK(core::layout_from_word(core::layout_word(name)) == name);
    }
    CHECK(core::layout_word(LayoutName::SUSE) == "suse");
    CHECK_FALSE(core::layout_from_word("Fedora"));
}

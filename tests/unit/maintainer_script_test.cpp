// SPDX-License-Identifier: Apache-2.0
// The policy for maintainer scripts, row by row as apache2-maintscript-helper(7) has it.
#include "core/maintainer_script.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace confgraph;
using core::decide;
using core::needs_action;
using core::parse_maintainer_script;
using core::Standing;

namespace {

core::MaintainerScript script(std::string_view words) {
    auto parsed = parse_maintainer_script(words);
    INFO(words);
    REQUIRE(parsed);
    return *parsed;
}

const Standing NEVER{};
const Standing ENABLED_BY_MAINT{true, Actor::MAINT, Actor::NOBODY};
const Standing ENABLED_BY_ADMIN{true, Actor::ADMIN, Actor::NOBODY};
const Standing ENABLED_BY_HAND{true, Actor::NOBODY, Actor::NOBODY};
const Standing DISABLED_BY_MAINT{false, Actor::NOBODY, Actor::MAINT};
const Standing DISABLED_BY_ADMIN{false, Actor::NOBODY, Actor::ADMIN};
const Standing LINK_REMOVED{false, Actor::MAINT, Actor::NOBODY};

const std::vector<Standing> ALL = {NEVER,        ENABLED_BY_MAINT,  ENABLED_BY_ADMIN, ENABLED_BY_HAND,
                                   LINK_REMOVED, DISABLED_BY_MAINT, DISABLED_BY_ADMIN};
const std::vector<Standing> ENABLED = {ENABLED_BY_MAINT, ENABLED_BY_ADMIN, ENABLED_BY_HAND};
const std::vector<Standing> NOT_ENABLED = {NEVER, LINK_REMOVED, DISABLED_BY_MAINT, DISABLED_BY_ADMIN};

}  // namespace

TEST_CASE("a call of a maintainer script is its name, its method and perhaps an argument") {
    const auto configured = script("postinst configure 1:2.0~rc1-3");
    CHECK(configured.script == Script::POSTINST);
    CHECK(configured.method == "configure");
    CHECK(configured.argument == "1:2.0~rc1-3");
    CHECK(script("postinst configure").argument.empty());
    CHECK(script("postinst configure ").argument.empty());
    CHECK(script("postinst  configure   ").argument.empty());
    CHECK(script("prerm deconfigure in-favour other").argument == "in-favour");
    for (const char * name : {"preinst", "postinst", "prerm", "postrm"}) {
        CHECK(core::script_name(script(name + std::string(" upgrade 1")).script) == name);
    }
}

TEST_CASE("what dpkg never calls is no call") {
    for (const char * words : {"", " ", "postinst", "postinst ", "configure", "configure postinst", "config configure",
                               "postinst Configure", "POSTINST configure", "postinst conf", "postinst\nconfigure"}) {
        INFO(words);
        CHECK_FALSE(parse_maintainer_script(words));
    }
}

TEST_CASE("a first installation enables what nobody disabled") {
    const auto first = script("postinst configure");
    CHECK(decide(first, Action::ENABLE, NEVER) == Decision::ENABLE);
    CHECK(decide(first, Action::ENABLE, DISABLED_BY_MAINT) == Decision::ENABLE);
    CHECK(decide(first, Action::ENABLE, LINK_REMOVED) == Decision::ENABLE);
    CHECK(decide(first, Action::ENABLE, DISABLED_BY_ADMIN) == Decision::KEEP_DISABLED);
    for (const Standing & standing : ENABLED) {
        CHECK(decide(first, Action::ENABLE, standing) == Decision::ENABLED);
    }
}

TEST_CASE("an upgrade enables what is new, or was disabled by a maintainer script") {
    const auto upgrade = script("postinst configure 1.0");
    CHECK(decide(upgrade, Action::ENABLE, NEVER) == Decision::ENABLE);
    CHECK(decide(upgrade, Action::ENABLE, DISABLED_BY_MAINT) == Decision::ENABLE);
    CHECK(decide(upgrade, Action::ENABLE, DISABLED_BY_ADMIN) == Decision::KEEP_DISABLED);
    for (const Standing & standing : ENABLED) {
        CHECK(decide(upgrade, Action::ENABLE, standing) == Decision::ENABLED);
    }
}

TEST_CASE("an upgrade does not enable what somebody disabled by removing the link") {
    const auto upgrade = script("postinst configure 1.0");
    CHECK(decide(upgrade, Action::ENABLE, LINK_REMOVED) == Decision::KEEP_DISABLED);
    CHECK(decide(upgrade, Action::ENABLE, {false, Actor::ADMIN, Actor::NOBODY}) == Decision::KEEP_DISABLED);
}

TEST_CASE("what goes is disabled, whoever enabled it") {
    for (const char * words : {"prerm remove", "postrm remove", "prerm deconfigure in-favour other"}) {
        INFO(words);
        for (const Standing & standing : ENABLED) {
            CHECK(decide(script(words), Action::DISABLE, standing) == Decision::DISABLE);
        }
        for (const Standing & standing : NOT_ENABLED) {
            CHECK(decide(script(words), Action::DISABLE, standing) == Decision::NOT_ENABLED);
        }
    }
}

TEST_CASE("a purge leaves no marker") {
    const auto purge = script("postrm purge");
    for (const Standing & standing : ENABLED) {
        CHECK(decide(purge, Action::DISABLE, standing) == Decision::PURGE);
    }
    for (const Standing & standing : {DISABLED_BY_MAINT, DISABLED_BY_ADMIN, LINK_REMOVED}) {
        CHECK(decide(purge, Action::DISABLE, standing) == Decision::PURGE_STATE);
    }
    CHECK(decide(purge, Action::DISABLE, NEVER) == Decision::NOT_ENABLED);
}

TEST_CASE("what stays is not disabled") {
    for (const char * words :
         {"prerm upgrade 2.0", "prerm failed-upgrade 1.0", "postrm upgrade 2.0", "postrm abort-install",
          "postrm disappear other 1", "preinst install", "preinst upgrade 1.0", "postinst configure 1.0",
          "postinst abort-remove", "postinst deconfigure", "postinst triggered x"}) {
        INFO(words);
        for (const Standing & standing : ENABLED) {
            CHECK(decide(script(words), Action::DISABLE, standing) == Decision::NOT_IN_UPGRADE);
        }
    }
}

TEST_CASE("a switch follows all but the administrator") {
    for (const char * words : {"postinst configure", "postinst configure 1.0", "prerm remove"}) {
        INFO(words);
        CHECK(decide(script(words), Action::SWITCH, NEVER) == Decision::ENABLE);
        CHECK(decide(script(words), Action::SWITCH, DISABLED_BY_MAINT) == Decision::ENABLE);
        CHECK(decide(script(words), Action::SWITCH, LINK_REMOVED) == Decision::ENABLE);
        CHECK(decide(script(words), Action::SWITCH, DISABLED_BY_ADMIN) == Decision::KEEP_DISABLED);
        CHECK(decide(script(words), Action::SWITCH, ENABLED_BY_ADMIN) == Decision::ENABLED);
    }
}

TEST_CASE("no decision of one action is one of the others") {
    for (const char * words : {"postinst configure", "postinst configure 1.0", "prerm remove", "postrm purge",
                               "prerm deconfigure", "preinst install", "postrm upgrade 1"}) {
        for (const Standing & standing : ALL) {
            for (const Action action : {Action::ENABLE, Action::SWITCH}) {
                const Decision decision = decide(script(words), action, standing);
                CHECK((decision == Decision::ENABLE || decision == Decision::ENABLED ||
                       decision == Decision::KEEP_DISABLED));
            }
            const Decision decision = decide(script(words), Action::DISABLE, standing);
            CHECK((decision == Decision::DISABLE || decision == Decision::PURGE || decision == Decision::PURGE_STATE ||
                   decision == Decision::NOT_ENABLED || decision == Decision::NOT_IN_UPGRADE));
        }
    }
}

TEST_CASE("the server has to learn of what is new and of what goes") {
    CHECK(needs_action(script("postinst configure"), false));
    CHECK(needs_action(script("postinst configure"), true));
    CHECK(needs_action(script("prerm remove"), false));
    CHECK(needs_action(script("prerm deconfigure"), false));
    CHECK(needs_action(script("postrm remove"), false));
    CHECK(needs_action(script("postrm purge"), false));
}

TEST_CASE("in an upgrade the server has to learn of what was done") {
    CHECK_FALSE(needs_action(script("postinst configure 1.0"), false));
    CHECK(needs_action(script("postinst configure 1.0"), true));
}

TEST_CASE("in all other calls the server is left alone") {
    for (const char * words :
         {"preinst install", "preinst upgrade 1", "postinst abort-upgrade 2", "postinst abort-remove",
          "postinst triggered x", "prerm upgrade 2", "prerm failed-upgrade 1", "postrm upgrade 2", "postrm disappear x",
          "postrm deconfigure"}) {
        INFO(words);
        CHECK_FALSE(needs_action(script(words), false));
        CHECK_FALSE(needs_action(script(words), true));
    }
}

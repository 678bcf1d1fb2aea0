// SPDX-License-Identifier: Apache-2.0
#include "core/planner.hpp"

#include "support/catalog_maker.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace confgraph;
using core::make_plan;
using test::CatalogMaker;
using test::disable;
using test::enable;
using test::notice_lines;
using test::operation_lines;
using test::step_lines;
using test::unit_lines;
using Lines = std::vector<std::string>;

namespace {

constexpr auto ADMIN_ENABLED = core::marker_bit(Action::ENABLE, Actor::ADMIN);
constexpr auto MAINT_ENABLED = core::marker_bit(Action::ENABLE, Actor::MAINT);
constexpr auto ADMIN_DISABLED = core::marker_bit(Action::DISABLE, Actor::ADMIN);
constexpr auto MAINT_DISABLED = core::marker_bit(Action::DISABLE, Actor::MAINT);

const std::string AVAILABLE = "/etc/apache2/mods-available/";
const std::string ENABLED = "/etc/apache2/mods-enabled/";
const std::string MARKERS = "/var/lib/apache2/module/";

bool has(const Lines & lines, const std::string & line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
}

core::Request forced(core::Request request) {
    request.force = true;
    return request;
}

core::Request purging(core::Request request) {
    request.purge = true;
    return request;
}

/// The names of the steps, in order.
Lines changed(const core::Plan & plan) {
    Lines names;
    for (const core::Step & step : plan.steps) {
        names.push_back(step.name);
    }
    return names;
}

}  // namespace

TEST_CASE("enabling a module makes its links and its marker") {
    CatalogMaker maker;
    maker.module("a").has_conf = true;
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) == Lines{"ENABLING a"});
    CHECK(step_lines(plan) == Lines{"ENABLE a REQUESTED"});
    CHECK(operation_lines(plan) == Lines{"CREATE_LINK " + ENABLED + "a.load -> ../mods-available/a.load",
                                         "CREATE_LINK " + ENABLED + "a.conf -> ../mods-available/a.conf",
                                         "CREATE_MARKER " + MARKERS + "enabled_by_admin/a"});
    CHECK(unit_lines(plan) == Lines{"a CHANGES"});
    CHECK_FALSE(plan.refused);
    CHECK(plan.needs_reload);
    CHECK(plan.confirmations.empty());
    CHECK(plan.services.empty());
}

TEST_CASE("the same request on the same catalog gives the same plan") {
    CatalogMaker maker;
    maker.module("a", {"b"});
    maker.module("b");
    CHECK(make_plan(maker.catalog, enable({"a"})) == make_plan(maker.catalog, enable({"a"})));
    CHECK_FALSE(make_plan(maker.catalog, enable({"a"})) == make_plan(maker.catalog, enable({"b"})));
    CHECK_FALSE(make_plan(maker.catalog, enable({"a"})) == make_plan(maker.catalog, purging(enable({"a"}))));
}

TEST_CASE("the marker says who it was, and replaces all others") {
    CatalogMaker maker;
    maker.module("a").markers = static_cast<core::Markers>(MAINT_ENABLED | ADMIN_DISABLED | MAINT_DISABLED);
    core::Request request = enable({"a"});
    CHECK(has(operation_lines(make_plan(maker.catalog, request)), "CREATE_MARKER " + MARKERS + "enabled_by_admin/a"));
    request.maintmode = true;
    const Lines maint = operation_lines(make_plan(maker.catalog, request));
    CHECK(maint == Lines{"CREATE_LINK " + ENABLED + "a.load -> ../mods-available/a.load",
                         "REMOVE_MARKER " + MARKERS + "disabled_by_admin/a",
                         "REMOVE_MARKER " + MARKERS + "disabled_by_maint/a"});
    request.purge = true;
    const Lines purged = operation_lines(make_plan(maker.catalog, request));
    CHECK(purged.size() == 4);
    CHECK(std::none_of(purged.begin(), purged.end(),
                       [](const std::string & line) { return line.starts_with("CREATE_MARKER"); }));
}

TEST_CASE("an enabled module is left as it is, its markers too") {
    CatalogMaker maker;
    maker.enabled("a").markers = ADMIN_DISABLED;
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) == Lines{"ALREADY_ENABLED a"});
    CHECK(plan.steps.empty());
    CHECK(unit_lines(plan) == Lines{"a NOTHING_TO_DO"});
    CHECK_FALSE(plan.refused);
    CHECK_FALSE(plan.needs_reload);
}

TEST_CASE("a missing .conf link of an enabled module is made") {
    CatalogMaker maker;
    maker.enabled("a").has_conf = true;
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) == Lines{"ENABLING_CONF a"});
    CHECK(step_lines(plan) == Lines{"ENABLE_CONF a REQUESTED"});
    CHECK(operation_lines(plan) == Lines{"CREATE_LINK " + ENABLED + "a.conf -> ../mods-available/a.conf"});
}

TEST_CASE("dependencies are enabled first") {
    CatalogMaker maker;
    maker.module("a", {"b", "c"});
    maker.module("b", {"d"});
    maker.module("c");
    maker.module("d");
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) == Lines{"CONSIDERING_DEPENDENCY a b", "CONSIDERING_DEPENDENCY b d", "ENABLING d",
                                      "ENABLING b", "CONSIDERING_DEPENDENCY a c", "ENABLING c", "ENABLING a"});
    CHECK(step_lines(plan) == Lines{"ENABLE d DEPENDENCY b " + AVAILABLE + "b.load:1",
                                    "ENABLE b DEPENDENCY a " + AVAILABLE + "a.load:1",
                                    "ENABLE c DEPENDENCY a " + AVAILABLE + "a.load:2", "ENABLE a REQUESTED"});
}

TEST_CASE("a name that does not exist is refused, with who asks for it and similar ones") {
    CatalogMaker maker;
    maker.module("a", {"rewrit"});
    maker.catalog.candidates = {"a", "rewrite"};
    const core::Plan plan = make_plan(maker.catalog, enable({"rewrit", "a"}));
    CHECK(notice_lines(plan) == Lines{"NOT_FOUND rewrit [rewrite]", "CONSIDERING_DEPENDENCY a rewrit",
                                      "NOT_FOUND rewrit a [rewrite] " + AVAILABLE + "a.load:1",
                                      "DEPENDENCY_FAILED a rewrit"});
    CHECK(unit_lines(plan) == Lines{"rewrit REFUSED", "a REFUSED"});
    CHECK(plan.refused);
    CHECK(plan.steps.empty());
}

TEST_CASE("a refused unit takes its dependencies back, and the others stay") {
    CatalogMaker maker;
    maker.module("a", {"b", "c", "gone"});
    maker.module("b");
    maker.module("c");
    maker.module("d", {"b"});
    const core::Plan plan = make_plan(maker.catalog, enable({"d", "a", "c"}));
    CHECK(unit_lines(plan) == Lines{"d CHANGES", "a REFUSED", "c CHANGES"});
    CHECK(changed(plan) == Lines{"b", "d", "c"});
    CHECK(plan.refused);
    CHECK(plan.needs_reload);
    // What would have been done is not said; what stands in the way is.
    const Lines notices = notice_lines(plan);
    CHECK(std::count(notices.begin(), notices.end(), "ENABLING c") == 1);
    CHECK(has(notices, "NOT_FOUND gone a " + AVAILABLE + "a.load:3"));
    CHECK(has(notices, "DEPENDENCY_FAILED a gone"));
}

TEST_CASE("a refused unit leaves nothing of confirmations, services or the reload") {
    CatalogMaker maker;
    maker.module("a", {"cache_disk", "gone"});
    maker.module("cache_disk");
    const core::Plan refused = make_plan(maker.catalog, enable({"a"}));
    CHECK(refused.services.empty());
    CHECK_FALSE(refused.needs_reload);
    const core::Plan plan = make_plan(maker.catalog, enable({"cache_disk", "a"}));
    CHECK(plan.services == Lines{"cache_disk"});
    CHECK(plan.needs_reload);

    // mime comes first, and then x cannot be disabled.
    CatalogMaker other;
    other.enabled("x", {"mime"}).link = LinkState::REAL_FILE;
    other.enabled("mime", {"x"});
    const core::Plan none = make_plan(other.catalog, disable({"x"}));
    CHECK(none.refused);
    CHECK(none.steps.empty());
    CHECK(none.confirmations.empty());
}

TEST_CASE("the failure of a deep dependency is told to each that needs it") {
    CatalogMaker maker;
    maker.module("a", {"b"});
    maker.module("b", {"c"});
    maker.module("c", {"gone"});
    CHECK(notice_lines(make_plan(maker.catalog, enable({"a"}))) ==
          Lines{"CONSIDERING_DEPENDENCY a b", "CONSIDERING_DEPENDENCY b c", "CONSIDERING_DEPENDENCY c gone",
                "NOT_FOUND gone c " + AVAILABLE + "c.load:1", "DEPENDENCY_FAILED c gone", "DEPENDENCY_FAILED b c",
                "DEPENDENCY_FAILED a b"});
}

TEST_CASE("a conflict counts when this side declares it") {
    CatalogMaker maker;
    maker.module("a", {}, {"b", "c"});
    maker.enabled("b");
    maker.module("c");
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) == Lines{"CONSIDERING_CONFLICT a b",
                                      "CONFLICT a b " + ENABLED + "b.load " + AVAILABLE + "a.load:1",
                                      "CONSIDERING_CONFLICT a c"});
    CHECK(plan.refused);
}

TEST_CASE("a conflict counts when the other side declares it") {
    CatalogMaker maker;
    maker.module("a");
    maker.enabled("b", {"x"}, {"a"});
    maker.module("off", {}, {"a"});
    CHECK(notice_lines(make_plan(maker.catalog, enable({"a"}))) ==
          Lines{"CONFLICT a b " + ENABLED + "b.load " + AVAILABLE + "b.load:2"});
}

TEST_CASE("a conflict that both declare is told once, with both places") {
    CatalogMaker maker;
    maker.module("a", {}, {"b"});
    maker.enabled("b", {}, {"a"}).link = LinkState::REAL_FILE;
    CHECK(notice_lines(make_plan(maker.catalog, enable({"a"}))) ==
          Lines{"CONSIDERING_CONFLICT a b",
                "CONFLICT a b " + ENABLED + "b.load " + AVAILABLE + "a.load:1 " + AVAILABLE + "b.load:1"});
}

TEST_CASE("modules of one request may be in each other's way") {
    CatalogMaker maker;
    maker.module("a", {}, {"b"});
    maker.module("b");
    const core::Plan plan = make_plan(maker.catalog, enable({"a", "b"}));
    CHECK(unit_lines(plan) == Lines{"a CHANGES", "b REFUSED"});
    CHECK(changed(plan) == Lines{"a"});
}

TEST_CASE("two MPMs always conflict") {
    CatalogMaker maker;
    maker.enabled("mpm_event");
    maker.module("mpm_prefork");
    maker.module("mpm_itk", {"mpm_event"});
    CHECK(notice_lines(make_plan(maker.catalog, enable({"mpm_prefork"}))) ==
          Lines{"CONFLICT mpm_prefork mpm_event " + ENABLED + "mpm_event.load"});
    CHECK_FALSE(make_plan(maker.catalog, enable({"mpm_itk"})).refused);
    CHECK_FALSE(make_plan(maker.catalog, enable({"mpm_event"})).refused);
}

TEST_CASE("a dangling link of a conflicting module is removed") {
    CatalogMaker maker;
    maker.module("a", {}, {"b"});
    maker.module("b").link = LinkState::DANGLING;
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(notice_lines(plan) ==
          Lines{"CONSIDERING_CONFLICT a b", "DANGLING_LINK_REPLACED " + ENABLED + "b.load", "ENABLING a"});
    CHECK(step_lines(plan) ==
          Lines{"REMOVE_DANGLING b CONFLICT_LINK a " + AVAILABLE + "a.load:1", "ENABLE a REQUESTED"});
    CHECK_FALSE(plan.refused);
}

TEST_CASE("modules that depend on each other are enabled together") {
    CatalogMaker maker;
    maker.module("a", {"b"});
    maker.module("b", {"c"});
    maker.module("c", {"a"});
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK_FALSE(plan.refused);
    CHECK(std::multiset<std::string>{"a", "b", "c"} == [&] {
        const Lines names = changed(plan);
        return std::multiset<std::string>(names.begin(), names.end());
    }());
    CHECK(has(notice_lines(plan),
              "CYCLE a [a] [b] [c] " + AVAILABLE + "a.load:1 " + AVAILABLE + "b.load:1 " + AVAILABLE + "c.load:1"));
    // From wherever it is entered, all are enabled.
    for (const char * name : {"b", "c"}) {
        CHECK(make_plan(maker.catalog, enable({name})).steps.size() == 3);
    }
}

TEST_CASE("a cycle with a conflict inside is refused as a whole") {
    CatalogMaker maker;
    maker.module("a", {"b"}, {"x"});
    maker.module("b", {"a"});
    maker.enabled("x");
    const core::Plan plan = make_plan(maker.catalog, enable({"b"}));
    CHECK(plan.refused);
    CHECK(plan.steps.empty());
}

TEST_CASE("real files and foreign links are left alone") {
    CatalogMaker maker;
    maker.module("real").link = LinkState::REAL_FILE;
    maker.module("foreign").link = LinkState::FOREIGN;
    core::Entry & conf = maker.module("conf");
    conf.has_conf = true;
    conf.conf_link = LinkState::REAL_FILE;
    core::Entry & foreign_conf = maker.enabled("foreign_conf");
    foreign_conf.has_conf = true;
    foreign_conf.conf_link = LinkState::FOREIGN;
    const core::Plan plan = make_plan(maker.catalog, enable({"real", "foreign", "conf", "foreign_conf"}));
    CHECK(notice_lines(plan) ==
          Lines{"REAL_FILE real " + ENABLED + "real.load",
                "FOREIGN_LINK foreign " + AVAILABLE + "foreign.load " + ENABLED + "foreign.load",
                "CONF_REAL_FILE conf " + ENABLED + "conf.conf",
                "CONF_FOREIGN_LINK foreign_conf " + AVAILABLE + "foreign_conf.conf " + ENABLED + "foreign_conf.conf"});
    CHECK(plan.steps.empty());
    CHECK(plan.refused);
}

TEST_CASE("a dangling link is replaced when there is something to enable") {
    CatalogMaker maker;
    core::Entry & entry = maker.module("a");
    entry.link = LinkState::DANGLING;
    entry.link_target = "/old/a.load";
    const core::Plan plan = make_plan(maker.catalog, enable({"a"}));
    CHECK(operation_lines(plan) == Lines{"REMOVE_LINK " + ENABLED + "a.load -> /old/a.load",
                                         "CREATE_LINK " + ENABLED + "a.load -> ../mods-available/a.load",
                                         "CREATE_MARKER " + MARKERS + "enabled_by_admin/a"});
    core::Entry & gone = maker.catalog.entries[maker.catalog.insert(Kind::MODULE, "gone")];
    gone.link = LinkState::DANGLING;
    CHECK(notice_lines(make_plan(maker.catalog, enable({"gone"}))) ==
          Lines{"DANGLING_LINK gone " + ENABLED + "gone.load", "NOT_FOUND gone"});
}

TEST_CASE("what cannot be read cannot be enabled") {
    CatalogMaker maker;
    maker.module("a").facts.diagnostics.push_back({DiagnosticCode::UNREADABLE, 0, "Permission denied"});
    maker.module("b").facts.diagnostics.push_back({DiagnosticCode::NOT_A_FILE, 0, "Is a directory"});
    maker.module("c").facts.diagnostics.push_back({DiagnosticCode::NEARLY_MAGIC, 1, "#Depends: x"});
    const core::Plan plan = make_plan(maker.catalog, enable({"a", "b", "c"}));
    CHECK(notice_lines(plan) == Lines{"CANNOT_READ a Permission denied " + AVAILABLE + "a.load",
                                      "CANNOT_READ b Is a directory " + AVAILABLE + "b.load", "ENABLING c"});
}

TEST_CASE("cgi becomes cgid under a threaded MPM") {
    CatalogMaker maker;
    maker.module("cgi");
    maker.module("cgid");
    SECTION("mpm_event") {
        maker.enabled("mpm_event");
        const core::Plan plan = make_plan(maker.catalog, enable({"cgi"}));
        CHECK(notice_lines(plan) == Lines{"THREADED_MPM cgi cgid", "ENABLING cgid"});
        CHECK(changed(plan) == Lines{"cgid"});
        CHECK(unit_lines(plan) == Lines{"cgi CHANGES"});
    }
    SECTION("mpm_prefork") {
        maker.enabled("mpm_prefork");
        CHECK(changed(make_plan(maker.catalog, enable({"cgi"}))) == Lines{"cgi"});
    }
    SECTION("another one, as its binary says") {
        core::Entry & mpm = maker.enabled("mpm_new");
        mpm.threaded = false;
        CHECK(changed(make_plan(maker.catalog, enable({"cgi"}))) == Lines{"cgi"});
        mpm.threaded = true;
        CHECK(changed(make_plan(maker.catalog, enable({"cgi"}))) == Lines{"cgid"});
    }
    SECTION("one that this request enables") {
        maker.module("mpm_worker");
        CHECK(changed(make_plan(maker.catalog, enable({"mpm_worker", "cgi"}))) == Lines{"mpm_worker", "cgid"});
    }
    SECTION("none") {
        CHECK(notice_lines(make_plan(maker.catalog, enable({"cgi"}))) == Lines{"MPM_UNKNOWN cgi", "ENABLING cgi"});
    }
}

TEST_CASE("ssl gets a hint, cache_disk a service") {
    CatalogMaker maker;
    maker.module("ssl");
    maker.module("cache_disk");
    const core::Plan plan = make_plan(maker.catalog, enable({"ssl", "cache_disk"}));
    CHECK(notice_lines(plan) ==
          Lines{"ENABLING ssl", "SSL_HINT ssl", "ENABLING cache_disk", "EXTERNAL_SERVICE cache_disk"});
    CHECK(plan.services == Lines{"cache_disk"});
}

TEST_CASE("a site only looks at the modules it needs") {
    CatalogMaker maker;
    maker.entry(Kind::SITE, "good", {"on"});
    maker.entry(Kind::SITE, "bad", {"on", "off"});
    maker.entry(Kind::SITE, "on");
    maker.enabled("on");
    maker.module("off");
    const core::Plan plan = make_plan(maker.catalog, enable({"good", "bad"}, Kind::SITE));
    CHECK(notice_lines(plan) == Lines{"CHECKING_DEPENDENCY good on", "ENABLING good", "CHECKING_DEPENDENCY bad on",
                                      "CHECKING_DEPENDENCY bad off",
                                      "MODULE_NOT_ENABLED bad off /etc/apache2/sites-available/bad.conf:2"});
    CHECK(operation_lines(plan) ==
          Lines{"CREATE_LINK /etc/apache2/sites-enabled/good.conf -> ../sites-available/good.conf",
                "CREATE_MARKER /var/lib/apache2/site/enabled_by_admin/good"});
    CHECK(plan.refused);
}

TEST_CASE("names are cleaned, patterns are what the scan found") {
    CatalogMaker maker;
    maker.module("a");
    maker.module("b");
    maker.catalog.matches["[ab]"] = {"a", "b"};
    maker.catalog.matches["x*"] = {};
    CHECK(changed(make_plan(maker.catalog, enable({"a.load"}))) == Lines{"a"});
    CHECK(changed(make_plan(maker.catalog, enable({"[ab]"}))) == Lines{"a", "b"});
    const core::Plan none = make_plan(maker.catalog, enable({"x*"}));
    CHECK(notice_lines(none) == Lines{"NO_MATCH x*"});
    CHECK(unit_lines(none) == Lines{"x* REFUSED"});
    CHECK(make_plan(maker.catalog, enable({})).units.empty());
}

TEST_CASE("what can be no name is refused with one line") {
    CatalogMaker maker;
    for (const std::string & name : {std::string("../a"), std::string("/etc/passwd"), std::string(".."), std::string(),
                                     std::string("a\nb"), std::string("a\0b", 3)}) {
        for (const core::Request & request : {enable({name}), disable({name}), purging(enable({name}))}) {
            const core::Plan plan = make_plan(maker.catalog, request);
            REQUIRE(plan.notices.size() == 1);
            CHECK(plan.notices[0].code == NoticeCode::BAD_NAME);
            CHECK(plan.refused);
            CHECK(plan.steps.empty());
        }
    }
}

TEST_CASE("a name twice in a request is done once") {
    CatalogMaker maker;
    maker.module("a", {"b"});
    maker.module("b");
    const core::Plan plan = make_plan(maker.catalog, enable({"a", "a"}));
    CHECK(changed(plan) == Lines{"b", "a"});
    CHECK(unit_lines(plan) == Lines{"a CHANGES", "a NOTHING_TO_DO"});
    CatalogMaker other;
    other.enabled("a");
    CHECK(changed(make_plan(other.catalog, disable({"a", "a"}))) == Lines{"a"});
}

TEST_CASE("disabling removes the configuration before its module") {
    CatalogMaker maker;
    core::Entry & entry = maker.enabled("a");
    entry.has_conf = true;
    entry.conf_link = LinkState::OK;
    entry.markers = ADMIN_ENABLED;
    const core::Plan plan = make_plan(maker.catalog, disable({"a"}));
    CHECK(notice_lines(plan) == Lines{"DISABLED a"});
    CHECK(operation_lines(plan) == Lines{"REMOVE_LINK " + ENABLED + "a.conf -> ../mods-available/a.conf",
                                         "REMOVE_LINK " + ENABLED + "a.load -> ../mods-available/a.load",
                                         "CREATE_MARKER " + MARKERS + "disabled_by_admin/a",
                                         "REMOVE_MARKER " + MARKERS + "enabled_by_admin/a"});
    CHECK(plan.needs_reload);
}

TEST_CASE("what is disabled already stays so, its markers too, unless they are purged") {
    CatalogMaker maker;
    maker.module("a").markers = MAINT_DISABLED;
    const core::Plan plan = make_plan(maker.catalog, disable({"a"}));
    CHECK(notice_lines(plan) == Lines{"ALREADY_DISABLED a"});
    CHECK(plan.steps.empty());
    const core::Plan purge = make_plan(maker.catalog, purging(disable({"a"})));
    CHECK(operation_lines(purge) == Lines{"REMOVE_MARKER " + MARKERS + "disabled_by_maint/a"});
    CHECK(step_lines(purge) == Lines{"PURGE a REQUESTED"});
    CHECK_FALSE(purge.refused);
}

TEST_CASE("purging works for what is not there any more") {
    CatalogMaker maker;
    maker.catalog.entries[maker.catalog.insert(Kind::MODULE, "gone")].markers =
        static_cast<core::Markers>(ADMIN_ENABLED | MAINT_DISABLED);
    for (const core::Request & request : {enable({"gone"}), disable({"gone"})}) {
        const core::Plan plan = make_plan(maker.catalog, purging(request));
        CHECK_FALSE(plan.refused);
        CHECK(operation_lines(plan).size() == 2);
        CHECK(make_plan(maker.catalog, request).refused);
    }
    CHECK_FALSE(make_plan(maker.catalog, purging(disable({"never"}))).refused);
}

TEST_CASE("what others need is not disabled, and all of them are named") {
    CatalogMaker maker;
    maker.enabled("a");
    maker.enabled("b", {"x", "a"});
    maker.enabled("c", {"b"});
    maker.enabled("d", {"a"});
    maker.module("off", {"a"});
    const core::Plan plan = make_plan(maker.catalog, disable({"a"}));
    CHECK(notice_lines(plan) == Lines{"DEPENDENTS a [b] [d] " + AVAILABLE + "b.load:2 " + AVAILABLE + "d.load:1",
                                      "INDIRECT_DEPENDENT c b " + AVAILABLE + "c.load:1"});
    CHECK(plan.refused);
    CHECK(plan.steps.empty());
}

TEST_CASE("with force, dependents are disabled first") {
    CatalogMaker maker;
    maker.enabled("a");
    maker.enabled("b", {"a"});
    maker.enabled("c", {"b"});
    const core::Plan plan = make_plan(maker.catalog, forced(disable({"a"})));
    CHECK(notice_lines(plan) ==
          Lines{"CONSIDERING_DEPENDENCY a b", "CONSIDERING_DEPENDENCY b c", "DISABLED c", "DISABLED b", "DISABLED a"});
    CHECK(step_lines(plan) == Lines{"DISABLE c DEPENDENT b " + AVAILABLE + "c.load:1",
                                    "DISABLE b DEPENDENT a " + AVAILABLE + "b.load:1", "DISABLE a REQUESTED"});
}

TEST_CASE("a dependent that goes first is in nobody's way") {
    CatalogMaker maker;
    maker.enabled("a");
    maker.enabled("b", {"a"});
    CHECK_FALSE(make_plan(maker.catalog, disable({"b", "a"})).refused);
    const core::Plan wrong = make_plan(maker.catalog, disable({"a", "b"}));
    CHECK(unit_lines(wrong) == Lines{"a REFUSED", "b CHANGES"});
}

TEST_CASE("modules that depend on each other are disabled together") {
    CatalogMaker maker;
    maker.enabled("a", {"b"});
    maker.enabled("b", {"a"});
    const core::Plan plan = make_plan(maker.catalog, disable({"a"}));
    CHECK(notice_lines(plan) == Lines{"CYCLE a [a] [b] " + AVAILABLE + "a.load:1 " + AVAILABLE + "b.load:1",
                                      "CONSIDERING_DEPENDENCY a b", "DISABLED b", "DISABLED a"});
    CHECK(step_lines(plan) == Lines{"DISABLE b CYCLE a " + AVAILABLE + "b.load:1", "DISABLE a REQUESTED"});

    SECTION("but not while another needs one of them") {
        maker.enabled("c", {"b"});
        const core::Plan refused = make_plan(maker.catalog, disable({"a"}));
        CHECK(refused.refused);
        CHECK(has(notice_lines(refused), "DEPENDENTS a [c] " + AVAILABLE + "c.load:1"));
        const core::Plan all = make_plan(maker.catalog, forced(disable({"a"})));
        CHECK(all.steps.size() == 3);
        CHECK_FALSE(all.refused);
    }
}

TEST_CASE("essential modules need a confirmation, unless forced") {
    CatalogMaker maker;
    maker.enabled("mime");
    maker.enabled("alias");
    maker.enabled("rewrite");
    CHECK(make_plan(maker.catalog, disable({"mime", "rewrite", "alias"})).confirmations == Lines{"mime", "alias"});
    CHECK(make_plan(maker.catalog, forced(disable({"mime"}))).confirmations.empty());
    CatalogMaker off;
    off.module("mime");
    CHECK(make_plan(off.catalog, disable({"mime"})).confirmations.empty());
    CatalogMaker sites;
    sites.entry(Kind::SITE, "mime").link = LinkState::OK;
    CHECK(make_plan(sites.catalog, disable({"mime"}, Kind::SITE)).confirmations.empty());
}

TEST_CASE("a real file is never removed, and its unit changes nothing") {
    CatalogMaker maker;
    maker.enabled("a").link = LinkState::REAL_FILE;
    core::Entry & conf = maker.enabled("b");
    conf.has_conf = true;
    conf.conf_link = LinkState::REAL_FILE;
    const core::Plan plan = make_plan(maker.catalog, disable({"a", "b"}));
    CHECK(notice_lines(plan) ==
          Lines{"CANNOT_REMOVE_REAL_FILE a " + ENABLED + "a.load", "CANNOT_REMOVE_REAL_FILE b " + ENABLED + "b.conf"});
    CHECK(plan.steps.empty());
    CHECK(plan.refused);

    SECTION("though it is only a dependent") {
        maker.enabled("base");
        maker.catalog.entries[maker.catalog.find(Kind::MODULE, "a")].facts.depends.push_back({"base", 1});
        const core::Plan forced_plan = make_plan(maker.catalog, forced(disable({"base"})));
        CHECK(forced_plan.refused);
        CHECK(forced_plan.steps.empty());
        CHECK(has(notice_lines(forced_plan), "DEPENDENCY_FAILED base a"));
    }
}

TEST_CASE("a foreign link is removed as what it is") {
    CatalogMaker maker;
    core::Entry & entry = maker.enabled("a");
    entry.link = LinkState::FOREIGN;
    entry.link_target = "/else/where.load";
    CHECK(operation_lines(make_plan(maker.catalog, disable({"a"}))).at(0) ==
          "REMOVE_LINK " + ENABLED + "a.load -> /else/where.load");
}

TEST_CASE("links that lead nowhere go when disabled") {
    CatalogMaker maker;
    core::Entry & gone = maker.catalog.entries[maker.catalog.insert(Kind::MODULE, "gone")];
    gone.link = LinkState::DANGLING;
    gone.conf_link = LinkState::DANGLING;
    const core::Plan plan = make_plan(maker.catalog, disable({"gone"}));
    CHECK(step_lines(plan) == Lines{"REMOVE_DANGLING gone REQUESTED"});
    CHECK(operation_lines(plan).size() == 2);
    CHECK_FALSE(plan.refused);
    CHECK(make_plan(maker.catalog, disable({"never"})).refused);

    core::Entry & stale = maker.module("stale");
    stale.has_conf = true;
    stale.conf_link = LinkState::OK;
    CHECK(notice_lines(make_plan(maker.catalog, disable({"stale"}))) == Lines{"REMOVING_STALE_CONF stale"});
    CHECK(step_lines(make_plan(maker.catalog, disable({"stale"}))) == Lines{"REMOVE_CONF stale REQUESTED"});
}

namespace {

constexpr std::size_t LONG_CHAIN = 100000;

/// m0 depends on m1, which depends on m2...
CatalogMaker chain(bool on) {
    CatalogMaker maker;
    for (std::size_t i = 0; i < LONG_CHAIN; ++i) {
        const CatalogMaker::Names next =
            i + 1 == LONG_CHAIN ? CatalogMaker::Names{} : CatalogMaker::Names{"m" + std::to_string(i + 1)};
        const std::string name = "m" + std::to_string(i);
        on ? maker.enabled(name, next) : maker.module(name, next);
    }
    return maker;
}

/// Layers of modules, each of which depends on all of the next layer: as many paths as width to the power of depth.
CatalogMaker diamonds(std::size_t width, std::size_t depth, bool on) {
    CatalogMaker maker;
    for (std::size_t layer = 0; layer < depth; ++layer) {
        CatalogMaker::Names next;
        for (std::size_t i = 0; layer + 1 < depth && i < width; ++i) {
            next.push_back("l" + std::to_string(layer + 1) + "_" + std::to_string(i));
        }
        for (std::size_t i = 0; i < width; ++i) {
            const std::string name = "l" + std::to_string(layer) + "_" + std::to_string(i);
            on ? maker.enabled(name, next) : maker.module(name, next);
        }
    }
    return maker;
}

}  // namespace

TEST_CASE("a chain of a hundred thousand modules is planned in one go") {
    const auto start = std::chrono::steady_clock::now();
    const CatalogMaker off = chain(false);
    const core::Plan plan = make_plan(off.catalog, enable({"m0"}));
    CHECK(plan.steps.size() == LONG_CHAIN);
    CHECK(plan.steps.front().name == "m" + std::to_string(LONG_CHAIN - 1));
    CHECK(plan.notices.size() == 2 * LONG_CHAIN - 1);

    const CatalogMaker on = chain(true);
    const std::string last = "m" + std::to_string(LONG_CHAIN - 1);
    const core::Plan down = make_plan(on.catalog, forced(disable({last})));
    CHECK(down.steps.size() == LONG_CHAIN);
    CHECK(down.steps.front().name == "m0");
    const core::Plan refused = make_plan(on.catalog, disable({last}));
    CHECK(refused.notices.size() == LONG_CHAIN - 1);
    CHECK(refused.steps.empty());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("a refusal at the end of a long chain takes everything back") {
    CatalogMaker maker = chain(false);
    maker.module("m" + std::to_string(LONG_CHAIN - 1), {"gone"});
    const core::Plan plan = make_plan(maker.catalog, enable({"m0"}));
    CHECK(plan.steps.empty());
    CHECK(plan.refused);
    CHECK(plan.notices.size() == 2 * LONG_CHAIN + 1);
}

TEST_CASE("a cycle of a hundred thousand modules is planned in one go") {
    CatalogMaker maker = chain(true);
    maker.enabled("m" + std::to_string(LONG_CHAIN - 1), {"m0"});
    const core::Plan plan = make_plan(maker.catalog, disable({"m7"}));
    CHECK_FALSE(plan.refused);
    CHECK(plan.steps.size() == LONG_CHAIN);
}

TEST_CASE("shared dependencies are visited once for each edge") {
    constexpr std::size_t WIDTH = 30;
    constexpr std::size_t DEPTH = 40;
    constexpr std::size_t EDGES = WIDTH * WIDTH * (DEPTH - 1);
    const auto start = std::chrono::steady_clock::now();
    CatalogMaker off = diamonds(WIDTH, DEPTH, false);
    off.module("top", {"l0_0"});
    const core::Plan plan = make_plan(off.catalog, enable({"top"}));
    CHECK(plan.steps.size() == WIDTH * (DEPTH - 1) + 2);
    CHECK(plan.notices.size() <= 2 * EDGES + 3);

    const CatalogMaker on = diamonds(WIDTH, DEPTH, true);
    const std::string bottom = "l" + std::to_string(DEPTH - 1) + "_0";
    const core::Plan down = make_plan(on.catalog, forced(disable({bottom})));
    CHECK(down.steps.size() == WIDTH * (DEPTH - 1) + 1);
    CHECK(down.notices.size() <= 3 * EDGES);
    CHECK(make_plan(on.catalog, disable({bottom})).notices.size() <= EDGES);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("many names in one request cost no more than one after the other") {
    const auto start = std::chrono::steady_clock::now();
    CatalogMaker maker;
    Lines names;
    for (int i = 0; i < 20000; ++i) {
        const std::string & name = names.emplace_back("m" + std::to_string(i));
        maker.enabled(name, i == 0 ? CatalogMaker::Names{} : CatalogMaker::Names{"m0"});
    }
    std::reverse(names.begin(), names.end());
    const core::Plan plan = make_plan(maker.catalog, disable(names));
    CHECK_FALSE(plan.refused);
    CHECK(plan.steps.size() == names.size());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

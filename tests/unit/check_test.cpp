// SPDX-License-Identifier: Apache-2.0
#include "core/check.hpp"

#include "support/catalog_maker.hpp"
#include "support/catch.hpp"
#include "support/names.hpp"

#include <string>
#include <vector>

using namespace confgraph;
using test::CatalogMaker;
using Lines = std::vector<std::string>;

namespace {

/// A catalog with one MPM, in which nothing is wrong.
CatalogMaker healthy() {
    CatalogMaker maker;
    maker.enabled("mpm_event");
    return maker;
}

Lines findings(const CatalogMaker & maker) {
    Lines lines;
    for (const core::Finding & finding : core::check(maker.catalog)) {
        std::string & line = lines.emplace_back(test::name_of(finding.code));
        for (const std::string & word : {finding.subject, finding.object, finding.path, finding.text}) {
            if (!word.empty()) {
                line.append(1, ' ').append(word);
            }
        }
        for (const std::string & name : finding.names) {
            line.append(" [").append(name).append("]");
        }
        for (const core::Location & location : finding.where) {
            line.append(1, ' ').append(location.file).append(1, ':').append(std::to_string(location.line));
        }
        if (finding.code == FindingCode::MALFORMED_FILE) {
            line.append(1, ' ').append(test::name_of(finding.diagnostic));
        }
    }
    return lines;
}

const std::string AVAILABLE = "/etc/apache2/mods-available/";
const std::string ENABLED = "/etc/apache2/mods-enabled/";

}  // namespace

TEST_CASE("nothing is wrong with a healthy set") {
    CatalogMaker maker = healthy();
    maker.enabled("a", {"b"}, {"off"});
    maker.enabled("b").markers = core::marker_bit(Action::ENABLE, Actor::ADMIN);
    maker.module("off", {"gone"}, {"a"}).markers = core::marker_bit(Action::DISABLE, Actor::MAINT);
    maker.entry(Kind::SITE, "site", {"a"}).link = LinkState::OK;
    maker.entry(Kind::CONF, "conf", {"gone"});
    CHECK(findings(maker).empty());
}

TEST_CASE("there must be one MPM") {
    CatalogMaker none;
    none.module("mpm_event");
    CHECK(findings(none) == Lines{"NO_MPM /etc/apache2/mods-enabled"});
    none.catalog.static_mpm = "prefork";
    CHECK(findings(none).empty());

    CatalogMaker two = healthy();
    two.enabled("mpm_prefork");
    CHECK(findings(two) == Lines{"SEVERAL_MPMS /etc/apache2/mods-enabled [mpm_event] [mpm_prefork]"});
}

TEST_CASE("mpm_itk needs an MPM without threads") {
    CatalogMaker maker = healthy();
    maker.enabled("mpm_itk");
    CHECK(findings(maker) == Lines{"NEEDS_NONTHREADED_MPM mpm_itk mpm_event " + ENABLED + "mpm_itk.load"});
    CatalogMaker prefork;
    prefork.enabled("mpm_prefork");
    prefork.enabled("mpm_itk", {"mpm_prefork"});
    CHECK(findings(prefork).empty());
    CatalogMaker other;
    other.enabled("mpm_new").threaded = false;
    other.enabled("mpm_itk");
    CHECK(findings(other).empty());
}

TEST_CASE("dependencies must be enabled") {
    CatalogMaker maker = healthy();
    maker.enabled("a", {"off", "gone"});
    maker.module("off");
    maker.entry(Kind::SITE, "site", {"x", "off"}).link = LinkState::OK;
    CHECK(findings(maker) == Lines{"MISSING_DEPENDENCY a off " + AVAILABLE + "a.load:1",
                                   "UNKNOWN_DEPENDENCY a gone " + AVAILABLE + "a.load:2",
                                   "UNKNOWN_DEPENDENCY site x /etc/apache2/sites-available/site.conf:1",
                                   "MISSING_DEPENDENCY site off /etc/apache2/sites-available/site.conf:2"});
}

TEST_CASE("a conflict is one finding, whoever declares it") {
    CatalogMaker maker = healthy();
    maker.enabled("a", {}, {"b", "c"});
    maker.enabled("b", {}, {"a"});
    maker.enabled("c");
    CHECK(findings(maker) == Lines{"CONFLICT a b " + AVAILABLE + "a.load:1 " + AVAILABLE + "b.load:1",
                                   "CONFLICT a c " + AVAILABLE + "a.load:2"});
}

TEST_CASE("cycles are found") {
    CatalogMaker maker = healthy();
    maker.enabled("a", {"x", "b"});
    maker.enabled("b", {"a"});
    maker.enabled("x");
    CHECK(findings(maker) == Lines{"CYCLE a [a] [b] " + AVAILABLE + "a.load:2 " + AVAILABLE + "b.load:1"});
}

TEST_CASE("links and files that are not as they should be") {
    CatalogMaker maker = healthy();
    maker.module("dangling").link = LinkState::DANGLING;
    core::Entry & foreign = maker.enabled("foreign");
    foreign.link = LinkState::FOREIGN;
    foreign.link_target = "/else/where";
    core::Entry & real = maker.enabled("real");
    real.link = LinkState::REAL_FILE;
    real.has_conf = true;
    real.conf_link = LinkState::REAL_FILE;
    maker.entry(Kind::SITE, "site").link = LinkState::DANGLING;
    CHECK(findings(maker) == Lines{"DANGLING_LINK dangling dangling " + ENABLED + "dangling.load",
                                   "FOREIGN_LINK foreign foreign " + ENABLED + "foreign.load /else/where",
                                   "REAL_FILE real real " + ENABLED + "real.load",
                                   "REAL_FILE real real " + ENABLED + "real.conf",
                                   "DANGLING_LINK site site /etc/apache2/sites-enabled/site.conf"});
}

TEST_CASE("what tools cannot make right is told apart") {
    CatalogMaker maker = healthy();
    core::Entry & foreign = maker.entry(Kind::SITE, "foreign");
    foreign.available = false;
    foreign.link = LinkState::FOREIGN;
    foreign.link_target = "/else/where";
    maker.enabled("a").conf_link = LinkState::DANGLING;
    core::Entry & ghost = maker.entry(Kind::CONF, "ghost");
    ghost.available = false;
    ghost.markers = core::marker_bit(Action::ENABLE, Actor::ADMIN);
    CHECK(findings(maker) == Lines{"DANGLING_CONF a " + ENABLED + "a.conf",
                                   "MARKER_DISAGREES ghost /var/lib/apache2/conf/enabled_by_admin/ghost enabled",
                                   "FOREIGN_LINK foreign /etc/apache2/sites-enabled/foreign.conf /else/where"});
}

TEST_CASE("a module and its configuration belong together") {
    CatalogMaker maker = healthy();
    maker.enabled("a").has_conf = true;
    core::Entry & stale = maker.module("b");
    stale.has_conf = true;
    stale.conf_link = LinkState::OK;
    CHECK(findings(maker) == Lines{"CONF_NOT_ENABLED a " + ENABLED + "a.conf", "STALE_CONF b b " + ENABLED + "b.conf"});
}

TEST_CASE("markers must not say the opposite") {
    CatalogMaker maker = healthy();
    maker.enabled("a").markers = core::marker_bit(Action::DISABLE, Actor::ADMIN);
    maker.module("b").markers = core::marker_bit(Action::ENABLE, Actor::MAINT);
    maker.module("c").markers = static_cast<core::Markers>(core::marker_bit(Action::ENABLE, Actor::ADMIN) |
                                                           core::marker_bit(Action::DISABLE, Actor::ADMIN));
    CHECK(findings(maker) == Lines{"MARKER_DISAGREES a a /var/lib/apache2/module/disabled_by_admin/a disabled",
                                   "MARKER_DISAGREES b b /var/lib/apache2/module/enabled_by_maint/b enabled",
                                   "MARKER_DISAGREES c c /var/lib/apache2/module/enabled_by_admin/c enabled"});
}

TEST_CASE("binaries must be there") {
    CatalogMaker maker = healthy();
    core::Entry & entry = maker.enabled("a");
    entry.facts.load_modules.push_back({"a_module", "a.so", 3, {}, "/lib/a.so", Presence::MISSING});
    entry.facts.load_modules.push_back({"b_module", "b.so", 4, {}, "/lib/b.so", Presence::PRESENT});
    entry.facts.load_modules.push_back({"c_module", "${X}/c.so", 5, {}, "${X}/c.so", Presence::UNKNOWN});
    // Guarded by a question for the file itself.
    entry.facts.load_modules.push_back({"d_module", "d.so", 6, {"IfFile /lib/d.so"}, "/lib/d.so", Presence::MISSING});
    CHECK(findings(maker) == Lines{"BINARY_MISSING a a_module /lib/a.so " + AVAILABLE + "a.load:3"});
}

TEST_CASE("what is wrong in enabled files is told, of others not") {
    CatalogMaker maker = healthy();
    maker.enabled("a").facts.diagnostics.push_back({DiagnosticCode::NEARLY_MAGIC, 2, "#Depends: x"});
    maker.module("b").facts.diagnostics.push_back({DiagnosticCode::BYTE_ORDER_MARK, 1, {}});
    CHECK(findings(maker) == Lines{"MALFORMED_FILE a #Depends: x " + AVAILABLE + "a.load:2 NEARLY_MAGIC"});
}

TEST_CASE("what is loaded too late is told") {
    CatalogMaker maker = healthy();
    maker.enabled("a", {"z"});
    maker.enabled("z");
    maker.catalog.late.push_back(
        {maker.catalog.find(Kind::MODULE, "a"), maker.catalog.find(Kind::MODULE, "z"), "z_symbol"});
    CHECK(findings(maker) == Lines{"LOADED_LATER a z " + ENABLED + "z.load z_symbol " + AVAILABLE + "a.load:1"});
}

TEST_CASE("what is enabled decides, where it is another file") {
    CatalogMaker maker = healthy();
    core::Entry & entry = maker.enabled("a", {"gone"});
    core::FileFacts facts;
    facts.depends.push_back({"other", 7});
    entry.link = LinkState::REAL_FILE;
    entry.file = ENABLED + "a.load";
    entry.enabled_facts = std::make_shared<const core::FileFacts>(facts);
    CHECK(findings(maker).at(0) == "UNKNOWN_DEPENDENCY a other " + ENABLED + "a.load:7");
}

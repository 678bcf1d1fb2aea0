// SPDX-License-Identifier: Apache-2.0
#include "io/scan.hpp"

#include "core/mpm.hpp"
#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/debian_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using test::DebianTree;
using test::disable;
using test::enable;
using Lines = std::vector<std::string>;

namespace {

constexpr auto ADMIN_ENABLED = core::marker_bit(Action::ENABLE, Actor::ADMIN);
constexpr auto MAINT_DISABLED = core::marker_bit(Action::DISABLE, Actor::MAINT);

const std::string MODS_AVAILABLE = "/etc/apache2/mods-available";
const std::string MODS_ENABLED = "/etc/apache2/mods-enabled";

/// An entry of a catalog, which must hold it.
const core::Entry & get(const core::Catalog & catalog, const std::string & name, Kind kind = Kind::MODULE) {
    const core::EntryId id = catalog.find(kind, name);
    REQUIRE(id != core::NO_ENTRY);
    return catalog.entries[id];
}

std::size_t count(const Lines & log, const std::string & start) {
    return static_cast<std::size_t>(
        std::count_if(log.begin(), log.end(), [&](const std::string & line) { return line.starts_with(start); }));
}

bool did(const DebianTree & tree, const std::string & line) {
    return std::find(tree.files.log().begin(), tree.files.log().end(), line) != tree.files.log().end();
}

std::vector<std::string> names(const std::vector<core::Reference> & references) {
    std::vector<std::string> list;
    for (const core::Reference & reference : references) {
        list.push_back(reference.name);
    }
    return list;
}

}  // namespace

TEST_CASE("what planning needs is read") {
    DebianTree tree;
    tree.add_module("a", "# Depends: b\n# Conflicts: c\n", true);
    tree.add_module("b");
    tree.add_module("c");
    tree.enable(Kind::MODULE, "c");
    tree.add_marker(Kind::MODULE, "disabled_by_maint", "a");
    const auto scanned = io::scan_for(tree.files, tree.layout, enable({"a"}));
    REQUIRE(scanned);
    const core::Catalog & catalog = scanned.value();
    CHECK(catalog.layout == tree.layout);
    CHECK(catalog.link_prefix[0] == "../mods-available/");
    const core::Entry & a = get(catalog, "a");
    CHECK(a.available);
    CHECK(a.has_conf);
    CHECK(a.link == LinkState::ABSENT);
    CHECK(a.conf_link == LinkState::ABSENT);
    CHECK(a.markers == MAINT_DISABLED);
    CHECK(a.file == MODS_AVAILABLE + "/a.load");
    CHECK(names(a.facts.depends) == Lines{"b"});
    CHECK(names(a.facts.conflicts) == Lines{"c"});
    CHECK(get(catalog, "b").available);
    CHECK(get(catalog, "c").link == LinkState::OK);
}

TEST_CASE("the states of links") {
    DebianTree tree;
    for (const char * name : {"ok", "absolute", "around", "twice", "foreign", "real", "folder", "absent", "wrong"}) {
        tree.add_module(name);
    }
    tree.enable(Kind::MODULE, "ok");
    tree.files.add_link(MODS_ENABLED + "/absolute.load", MODS_AVAILABLE + "/absolute.load");
    tree.files.add_link(MODS_ENABLED + "/around.load", "../mods-available/../mods-available/./around.load");
    tree.files.add_link("/else/link", MODS_AVAILABLE + "/twice.load");
    tree.files.add_link(MODS_ENABLED + "/twice.load", "/else/link");
    tree.files.add_file("/else/where.load", "# Depends: x\n");
    tree.files.add_link(MODS_ENABLED + "/foreign.load", "/else/where.load");
    tree.files.add_file(MODS_ENABLED + "/real.load", "# Depends: y\n");
    tree.files.add_folder(MODS_ENABLED + "/folder.load");
    tree.files.add_link(MODS_ENABLED + "/wrong.load", "../mods-available/ok.load");
    tree.files.add_link(MODS_ENABLED + "/dangling.load", "../mods-available/dangling.load");
    tree.files.add_link(MODS_ENABLED + "/lost.load", "/no/where");
    tree.files.add_link(MODS_ENABLED + "/loop.load", "loop.load");
    tree.files.add_file("/else/only.load", "# Depends: z\n");
    tree.files.add_link(MODS_ENABLED + "/only.load", "/else/only.load");
    const auto scanned = io::scan_all(tree.files, tree.layout);
    REQUIRE(scanned);
    const core::Catalog & catalog = scanned.value();
    CHECK(get(catalog, "ok").link == LinkState::OK);
    CHECK(get(catalog, "ok").link_target.empty());
    CHECK(get(catalog, "absolute").link == LinkState::OK);
    CHECK(get(catalog, "absolute").link_target == MODS_AVAILABLE + "/absolute.load");
    CHECK(get(catalog, "around").link == LinkState::OK);
    CHECK(get(catalog, "twice").link == LinkState::OK);
    CHECK(get(catalog, "foreign").link == LinkState::FOREIGN);
    CHECK(get(catalog, "foreign").link_target == "/else/where.load");
    CHECK(names(get(catalog, "foreign").enabled_file_facts().depends) == Lines{"x"});
    CHECK(get(catalog, "foreign").file == MODS_ENABLED + "/foreign.load");
    CHECK(get(catalog, "real").link == LinkState::REAL_FILE);
    CHECK(names(get(catalog, "real").enabled_file_facts().depends) == Lines{"y"});
    CHECK(get(catalog, "folder").link == LinkState::REAL_FILE);
    CHECK(get(catalog, "folder").enabled_file_facts().diagnostics.at(0).code == DiagnosticCode::NOT_A_FILE);
    CHECK(get(catalog, "absent").link == LinkState::ABSENT);
    CHECK(get(catalog, "wrong").link == LinkState::FOREIGN);
    CHECK(get(catalog, "dangling").link == LinkState::DANGLING);
    CHECK_FALSE(get(catalog, "dangling").available);
    CHECK(get(catalog, "lost").link == LinkState::DANGLING);
    CHECK(get(catalog, "lost").link_target == "/no/where");
    CHECK(get(catalog, "loop").link == LinkState::DANGLING);
    CHECK(get(catalog, "only").link == LinkState::FOREIGN);
    CHECK_FALSE(get(catalog, "only").available);
}

TEST_CASE("links are written the way that works, whatever links lie between the folders") {
    DebianTree tree;
    tree.add_module("a");
    SECTION("the enabled folder lies elsewhere") {
        tree.files.erase(MODS_ENABLED);
        tree.files.add_folder("/srv/deep/er/enabled");
        tree.files.add_link(MODS_ENABLED, "/srv/deep/er/enabled");
        const auto scanned = io::scan_for(tree.files, tree.layout, enable({"a"}));
        CHECK(scanned.value().link_prefix[0] == "../../../../etc/apache2/mods-available/");
    }
    SECTION("the available folder lies elsewhere, which the usual way leads to as well") {
        tree.files.erase(MODS_AVAILABLE);
        tree.files.add_file("/srv/mods/a.load", "\n");
        tree.files.add_link(MODS_AVAILABLE, "/srv/mods");
        const auto scanned = io::scan_for(tree.files, tree.layout, enable({"a"}));
        CHECK(scanned.value().link_prefix[0] == "../mods-available/");
        CHECK(get(scanned.value(), "a").available);
    }
    SECTION("the whole configuration is a link") {
        tree.files.add_link("/conf", "/etc/apache2");
        tree.layout.of(Kind::MODULE) = {"/conf/mods-available", "/conf/mods-enabled",
                                        tree.layout.of(Kind::MODULE).markers};
        CHECK(io::scan_for(tree.files, tree.layout, enable({"a"})).value().link_prefix[0] == "../mods-available/");
    }
    SECTION("relative folders start from the working directory") {
        tree.layout.of(Kind::MODULE) = {"etc/apache2/mods-available", "etc/apache2/mods-enabled",
                                        tree.layout.of(Kind::MODULE).markers};
        const auto scanned = io::scan_for(tree.files, tree.layout, enable({"a"}));
        CHECK(scanned.value().link_prefix[0] == "../mods-available/");
        CHECK(get(scanned.value(), "a").available);
    }
}

TEST_CASE("enabling what is enabled does not look at other modules") {
    DebianTree tree;
    for (int i = 0; i < 50; ++i) {
        tree.add_module("other" + std::to_string(i));
        tree.enable(Kind::MODULE, "other" + std::to_string(i));
    }
    tree.add_module("a", "# Depends: b\n# Conflicts: c\n", true);
    tree.add_module("b");
    tree.add_module("c");
    tree.enable(Kind::MODULE, "a");
    tree.enable(Kind::MODULE, "b");
    tree.files.clear_log();
    REQUIRE(io::scan_for(tree.files, tree.layout, enable({"a"})));
    CHECK(count(tree.files.log(), "list ") == 0);
    CHECK(count(tree.files.log(), "read ") == 2);
    CHECK(std::none_of(tree.files.log().begin(), tree.files.log().end(),
                       [](const std::string & line) { return line.find("other") != std::string::npos; }));
    CHECK(tree.files.log().size() < 40);
}

TEST_CASE("enabling what is not enabled reads what is enabled, and nothing else that is available") {
    DebianTree tree;
    for (int i = 0; i < 200; ++i) {
        tree.add_module("off" + std::to_string(i));
    }
    tree.add_module("on");
    tree.enable(Kind::MODULE, "on");
    tree.add_module("a");
    tree.files.clear_log();
    REQUIRE(io::scan_for(tree.files, tree.layout, enable({"a"})));
    CHECK(did(tree, "list " + MODS_ENABLED));
    CHECK_FALSE(did(tree, "list " + MODS_AVAILABLE));
    CHECK(count(tree.files.log(), "read ") == 2);
    CHECK(std::none_of(tree.files.log().begin(), tree.files.log().end(),
                       [](const std::string & line) { return line.find("/off") != std::string::npos; }));
}

TEST_CASE("confs and sites leave the modules alone, unless they depend on one") {
    DebianTree tree;
    tree.add_module("m");
    tree.add_module("n");
    tree.add_entry(Kind::SITE, "plain", "ServerName x\n# Depends: m\n");
    tree.add_entry(Kind::SITE, "needs", "# Depends: m\n");
    tree.files.clear_log();
    const auto plain = io::scan_for(tree.files, tree.layout, enable({"plain"}, Kind::SITE));
    REQUIRE(plain);
    CHECK(tree.files.accesses_below(MODS_AVAILABLE) == 0);
    CHECK(tree.files.accesses_below(MODS_ENABLED) == 0);
    CHECK(tree.files.accesses_below("/var/lib/apache2/module") == 0);
    CHECK(count(tree.files.log(), "list ") == 0);

    tree.files.clear_log();
    const auto needs = io::scan_for(tree.files, tree.layout, enable({"needs"}, Kind::SITE));
    CHECK(get(needs.value(), "m").link == LinkState::ABSENT);
    CHECK(tree.files.accesses_below(MODS_ENABLED + "/m.load") == 1);
    CHECK(tree.files.accesses_below(MODS_AVAILABLE + "/n.load") == 0);
    CHECK(count(tree.files.log(), "list ") == 0);

    tree.files.clear_log();
    REQUIRE(io::scan_for(tree.files, tree.layout, disable({"needs"}, Kind::SITE)));
    CHECK(count(tree.files.log(), "read ") == 0);
    CHECK(tree.files.accesses_below(MODS_ENABLED) == 0);
}

TEST_CASE("disabling reads what is enabled") {
    DebianTree tree;
    tree.add_module("a");
    tree.add_module("b", "# Depends: a\n");
    tree.add_module("c", "# Depends: b\n");
    tree.add_module("off", "# Depends: a\n");
    for (const char * name : {"a", "b", "c"}) {
        tree.enable(Kind::MODULE, name);
        tree.add_marker(Kind::MODULE, "enabled_by_admin", name);
    }
    tree.files.clear_log();
    const auto scanned = io::scan_for(tree.files, tree.layout, disable({"a"}));
    REQUIRE(scanned);
    CHECK(names(get(scanned.value(), "b").facts.depends) == Lines{"a"});
    CHECK(get(scanned.value(), "c").markers == ADMIN_ENABLED);
    CHECK_FALSE(did(tree, "list " + MODS_AVAILABLE));
    CHECK(tree.files.accesses_below(MODS_AVAILABLE + "/off.load") == 0);
}

TEST_CASE("patterns match what is available to enable, and what is enabled to disable") {
    DebianTree tree;
    for (const char * name : {"aa", "ab", "B", "b", ".hidden"}) {
        tree.add_module(name);
    }
    tree.enable(Kind::MODULE, "ab");
    tree.files.add_file(MODS_AVAILABLE + "/README", "text");
    tree.files.add_file(MODS_AVAILABLE + "/conf.conf", "text");
    tree.files.add_file(MODS_AVAILABLE + "/.load", "text");
    const auto matches = [&](const core::Request & request) {
        return io::scan_for(tree.files, tree.layout, request).value().matches;
    };
    CHECK(matches(enable({"*"})).at("*") == Lines{"aa", "ab", "B", "b"});
    CHECK(matches(enable({"a*.load"})).at("a*.load") == Lines{"aa", "ab"});
    CHECK(matches(enable({"{b,new}"})).at("{b,new}") == Lines{"b", "new"});
    CHECK(matches(enable({"x*"})).at("x*").empty());
    CHECK(matches(disable({"*"})).at("*") == Lines{"ab"});
    CHECK(matches(enable({"b"})).empty());
}

TEST_CASE("without arguments there are choices") {
    DebianTree tree;
    for (const char * name : {"b", "a", ".hidden"}) {
        tree.add_module(name);
    }
    tree.enable(Kind::MODULE, "b");
    CHECK(io::scan_for(tree.files, tree.layout, enable({})).value().choices == Lines{"a", "b"});
    CHECK(io::scan_for(tree.files, tree.layout, disable({})).value().choices == Lines{"b"});
    tree.files.erase("/etc/apache2");
    CHECK(io::scan_for(tree.files, tree.layout, enable({})).value().choices.empty());
}

TEST_CASE("for a name that is not found there are candidates, else there are none") {
    DebianTree tree;
    tree.add_module("rewrite");
    tree.add_module("alias");
    CHECK(io::scan_for(tree.files, tree.layout, enable({"rewrit"})).value().candidates == Lines{"alias", "rewrite"});
    CHECK(io::scan_for(tree.files, tree.layout, enable({"rewrite"})).value().candidates.empty());
}

TEST_CASE("a conflict with a module that does not exist is no reason to look for candidates") {
    DebianTree tree;
    tree.add_module("php8", "# Conflicts: php5\n");
    tree.files.clear_log();
    CHECK(io::scan_for(tree.files, tree.layout, enable({"php8"})).value().candidates.empty());
    CHECK_FALSE(did(tree, "list " + MODS_AVAILABLE));
}

TEST_CASE("what can be no name is never looked for") {
    DebianTree tree;
    tree.add_module("a", "# Depends: ../../../etc/passwd ok\n");
    tree.files.add_file("/etc/passwd.load", "x");
    tree.files.clear_log();
    const auto scanned =
        io::scan_for(tree.files, tree.layout, enable({"a", "../x", "", "..", std::string("a\0b", 3), "new\nline"}));
    REQUIRE(scanned);
    CHECK(scanned.value().entries.size() == 2);
    const Lines & log = tree.files.log();
    CHECK(std::none_of(log.begin(), log.end(), [](const std::string & line) {
        return line.find("passwd") != std::string::npos || line.find("/../x") != std::string::npos ||
               line.find('\n') != std::string::npos;
    }));
}

TEST_CASE("markers are files of exactly that name") {
    DebianTree tree;
    tree.add_module("a");
    tree.add_marker(Kind::MODULE, "enabled_by_admin", "a");
    tree.add_marker(Kind::MODULE, "disabled_by_maint", "ab");
    tree.add_marker(Kind::SITE, "disabled_by_admin", "a");
    tree.files.add_folder("/var/lib/apache2/module/disabled_by_admin/a");
    tree.files.add_link("/var/lib/apache2/module/enabled_by_maint/a", "../enabled_by_admin/a");
    CHECK(get(io::scan_for(tree.files, tree.layout, enable({"a"})).value(), "a").markers == ADMIN_ENABLED);
    CHECK(get(io::scan_names(tree.files, tree.layout, Kind::MODULE, {"a"}).value(), "a").markers == ADMIN_ENABLED);
    CHECK(get(io::scan_all(tree.files, tree.layout).value(), "a").markers == ADMIN_ENABLED);
    tree.enable(Kind::MODULE, "a");
    CHECK(get(io::scan_enabled(tree.files, tree.layout, Kind::MODULE).value(), "a").markers == ADMIN_ENABLED);
}

TEST_CASE("markers that the original tools left of an instance are found") {
    DebianTree tree;
    for (const std::string name : {"a", "b", "c"}) {
        tree.add_module(name);
        tree.enable(Kind::MODULE, name);
    }
    tree.layout.state = "/var/lib/apache2-two";
    tree.layout.of(Kind::MODULE).markers = "/var/lib/apache2-two/module";
    tree.layout.shared_state = "/var/lib/apache2";
    tree.files.add_file("/var/lib/apache2-two/module/enabled_by_admin/a");
    tree.files.add_file("/var/lib/apache2/module/disabled_by_maint/a");
    tree.files.add_file("/var/lib/apache2/module/disabled_by_maint/b");
    const auto scan = [&] {
        auto scanned = io::scan_enabled(tree.files, tree.layout, Kind::MODULE);
        REQUIRE(scanned);
        return std::move(scanned).value();
    };
    SECTION("where an entry has none of its own") {
        const core::Catalog catalog = scan();
        CHECK(get(catalog, "a").markers == ADMIN_ENABLED);
        CHECK(get(catalog, "a").shared_markers == 0);
        CHECK(get(catalog, "b").markers == 0);
        CHECK(get(catalog, "b").shared_markers == MAINT_DISABLED);
        CHECK(get(catalog, "c").shared_markers == 0);
    }
    SECTION("not where the instance was made by a2instance") {
        tree.files.add_file("/var/lib/apache2-two/instance");
        const core::Catalog catalog = scan();
        CHECK(get(catalog, "a").markers == ADMIN_ENABLED);
        CHECK(get(catalog, "b").shared_markers == 0);
        CHECK(count(tree.files.log(), "link_info /var/lib/apache2/") == 0);
    }
    SECTION("by lists where there are many") {
        for (int i = 0; i < 200; ++i) {
            tree.add_module("m" + std::to_string(i));
            tree.enable(Kind::MODULE, "m" + std::to_string(i));
        }
        tree.files.add_file("/var/lib/apache2/module/disabled_by_maint/m199");
        tree.files.clear_log();
        CHECK(get(scan(), "m199").shared_markers == MAINT_DISABLED);
        CHECK(count(tree.files.log(), "list /var/lib/apache2/module/") == 4);
        CHECK(count(tree.files.log(), "link_info ") <= 9 * 24);
    }
}

namespace {

// So many entries are asked for one by one; for more, folders are listed.
constexpr std::size_t FEW = 24;

}  // namespace

TEST_CASE("many names do not mean many questions about markers") {
    DebianTree tree;
    Lines sites;
    for (int i = 0; i < 1000; ++i) {
        const std::string & name = sites.emplace_back("site" + std::to_string(i));
        tree.add_entry(Kind::SITE, name);
        tree.add_marker(Kind::SITE, i % 2 == 0 ? "disabled_by_admin" : "enabled_by_maint", "other" + std::to_string(i));
    }
    tree.files.clear_log();
    REQUIRE(io::scan_for(tree.files, tree.layout, enable(sites, Kind::SITE)));
    CHECK(count(tree.files.log(), "list /var/lib/apache2/site/") == 4);
    CHECK(count(tree.files.log(), "link_info ") <= 4 * FEW);
    // None is enabled, which the list of the folder says.
    CHECK(count(tree.files.log(), "list /etc/apache2/sites-enabled") == 1);
    CHECK(count(tree.files.log(), "read_link ") <= FEW);
    CHECK(tree.files.log().size() <= 3 * sites.size() + 8 * FEW);
}

TEST_CASE("asking which are enabled opens no file") {
    DebianTree tree;
    for (int i = 0; i < 1000; ++i) {
        tree.add_entry(Kind::SITE, "site" + std::to_string(i));
        tree.enable(Kind::SITE, "site" + std::to_string(i));
    }
    tree.files.clear_log();
    const auto scanned = io::scan_enabled(tree.files, tree.layout, Kind::SITE);
    REQUIRE(scanned);
    CHECK(scanned.value().entries.size() == 1000);
    CHECK(count(tree.files.log(), "read ") == 0);
    CHECK(tree.files.log().size() <= 2 * 1000 + 8 * FEW);
    tree.files.erase("/etc/apache2/sites-enabled");
    const auto missing = io::scan_enabled(tree.files, tree.layout, Kind::SITE);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code() == ErrorCode::CANNOT_READ);
    CHECK(missing.error().system_error() == ENOENT);
    CHECK(missing.error().path() == "/etc/apache2/sites-enabled");
}

TEST_CASE("many entries asked for at once are seen as each by itself") {
    DebianTree tree;
    std::mt19937 random(17);
    const auto dice = [&](unsigned sides) { return random() % sides; };
    const auto put_link = [&](const std::string & file) {
        const std::string path = MODS_ENABLED + "/" + file;
        switch (dice(7)) {
            case 0:
            case 1:
                tree.files.add_link(path, "../mods-available/" + file);
                break;
            case 2:
                tree.files.add_link(path, MODS_AVAILABLE + "/" + file);
                break;
            case 3:
                tree.files.add_link(path, "/no/where");
                break;
            case 4:
                tree.files.add_file(path, "real");
                break;
            case 5:
                tree.files.add_folder(path);
                break;
            default:
                break;
        }
    };
    Lines names;
    for (int i = 0; i < 200; ++i) {
        const std::string & name = names.emplace_back("m" + std::to_string(i));
        switch (dice(4)) {
            case 0:
                break;
            case 1:
                tree.files.add_folder(MODS_AVAILABLE + "/" + name + ".load");
                break;
            default:
                tree.add_module(name, {}, dice(2) == 0);
                break;
        }
        put_link(name + ".load");
        put_link(name + ".conf");
        for (const std::string_view folder : core::MARKER_FOLDERS) {
            const std::string marker = "/var/lib/apache2/module/" + std::string(folder) + "/" + name;
            switch (dice(8)) {
                case 0:
                case 1:
                    tree.files.add_file(marker);
                    break;
                case 2:
                    tree.files.add_folder(marker);
                    break;
                case 3:
                    tree.files.add_link(marker, "/etc");
                    break;
                default:
                    break;
            }
        }
    }
    const core::Catalog together = io::scan_names(tree.files, tree.layout, Kind::MODULE, names).value();
    std::size_t enabled = 0;
    for (const std::string & name : names) {
        const core::Catalog alone = io::scan_names(tree.files, tree.layout, Kind::MODULE, {name}).value();
        const core::Entry & one = get(alone, name);
        const core::Entry & of_many = get(together, name);
        INFO(name);
        CHECK(of_many.available == one.available);
        CHECK(of_many.has_conf == one.has_conf);
        CHECK(of_many.link == one.link);
        CHECK(of_many.conf_link == one.conf_link);
        CHECK(of_many.link_target == one.link_target);
        CHECK(of_many.conf_link_target == one.conf_link_target);
        CHECK(of_many.markers == one.markers);
        enabled += one.enabled();
    }
    CHECK(enabled > 50);
    CHECK(enabled < 180);
}

TEST_CASE("the MPM is found by its file, and no binary is opened for that") {
    DebianTree tree;
    for (int i = 0; i < 20; ++i) {
        tree.add_module("m" + std::to_string(i));
        tree.enable(Kind::MODULE, "m" + std::to_string(i));
    }
    tree.add_module("mpm_event");
    tree.enable(Kind::MODULE, "mpm_event");
    tree.files.clear_log();
    const auto scanned = io::scan_mpms(tree.files, tree.layout);
    REQUIRE(scanned);
    CHECK(get(scanned.value(), "mpm_event").enabled());
    CHECK(count(tree.files.log(), "read ") == 21);
    CHECK(tree.files.accesses_below("/usr") == 0);
    CHECK(core::is_mpm(get(scanned.value(), "mpm_event")));
    CHECK_FALSE(core::is_mpm(get(scanned.value(), "m0")));
}

TEST_CASE("an MPM of another name is found by its binary, one inside the server by the server's") {
    DebianTree tree;
    tree.add_module("custom");
    tree.enable(Kind::MODULE, "custom");
    tree.files.add_file("/usr/lib/apache2/modules/mod_custom.so",
                        test::whole_file(test::module_binary("mod_mpm_event.so")));
    const auto scanned = io::scan_mpms(tree.files, tree.layout);
    CHECK(get(scanned.value(), "custom").binary_is_mpm);
    CHECK(get(scanned.value(), "custom").threaded == true);

    tree.files.add_file("/usr/lib/apache2/modules/mod_custom.so",
                        test::whole_file(test::module_binary("mod_rewrite.so")));
    // The symbol that an MPM defines is what counts; any binary that has it will do.
    tree.files.add_file(tree.layout.server, test::whole_file(test::module_binary("mod_mpm_prefork.so")));
    CHECK(io::scan_mpms(tree.files, tree.layout).value().static_mpm == "prefork");
    tree.files.add_file(tree.layout.server, test::whole_file(test::SERVER_BINARY));
    CHECK(io::scan_mpms(tree.files, tree.layout).value().static_mpm.empty());
}

TEST_CASE("prefork's binary has no threads, event's has") {
    for (const bool threaded : {false, true}) {
        DebianTree tree;
        tree.add_module("mpm_custom");
        tree.add_module("cgi");
        tree.add_module("cgid");
        tree.enable(Kind::MODULE, "mpm_custom");
        tree.files.add_file(
            "/usr/lib/apache2/modules/mod_mpm_custom.so",
            test::whole_file(test::module_binary(threaded ? "mod_mpm_event.so" : "mod_mpm_prefork.so")));
        CHECK(get(io::scan_for(tree.files, tree.layout, enable({"cgi"})).value(), "mpm_custom").threaded == threaded);
    }
}

TEST_CASE("everything is read when everything is asked for") {
    DebianTree tree;
    tree.add_module("a", "# Depends: b\n", true);
    tree.add_module("b");
    tree.enable(Kind::MODULE, "a");
    tree.add_entry(Kind::CONF, "c");
    tree.add_entry(Kind::SITE, "s");
    tree.enable(Kind::SITE, "s");
    tree.files.add_link(MODS_ENABLED + "/stale.conf", "../mods-available/stale.conf");
    tree.files.add_file("/usr/lib/apache2/modules/mod_a.so", "no binary");
    const auto scanned = io::scan_all(tree.files, tree.layout);
    REQUIRE(scanned);
    CHECK(scanned.value().entries.size() == 5);
    CHECK(get(scanned.value(), "a").facts.load_modules.at(0).presence == Presence::PRESENT);
    CHECK(get(scanned.value(), "b").facts.load_modules.at(0).presence == Presence::MISSING);
    CHECK(get(scanned.value(), "stale").conf_link == LinkState::DANGLING);
    CHECK(get(scanned.value(), "c", Kind::CONF).link == LinkState::ABSENT);
    CHECK(get(scanned.value(), "s", Kind::SITE).link == LinkState::OK);
}

TEST_CASE("a configuration that is not there is empty, one that cannot be read is an error") {
    test::MemoryFileSystem nothing;
    const core::Layout layout = test::debian_layout();
    CHECK(io::scan_all(nothing, layout).value().entries.empty());
    CHECK_FALSE(get(io::scan_for(nothing, layout, enable({"a"})).value(), "a").available);

    DebianTree tree;
    tree.add_module("a");
    tree.files.deny(MODS_ENABLED);
    for (const auto & scanned :
         {io::scan_all(tree.files, tree.layout), io::scan_for(tree.files, tree.layout, enable({"a"})),
          io::scan_for(tree.files, tree.layout, disable({"a"})), io::scan_for(tree.files, tree.layout, disable({"*"})),
          io::scan_for(tree.files, tree.layout, disable({})), io::scan_mpms(tree.files, tree.layout)}) {
        REQUIRE_FALSE(scanned);
        CHECK(scanned.error().code() == ErrorCode::CANNOT_READ);
        CHECK(scanned.error().system_error() == EACCES);
        CHECK(scanned.error().path() == MODS_ENABLED);
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "core/change.hpp"
#include "core/check.hpp"
#include "core/layouts.hpp"
#include "core/planner.hpp"
#include "core/start_lists.hpp"
#include "io/scan.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace confgraph;

namespace {

const std::string CONF = "/etc/httpd2/conf";

/// ALT's layout: modules are links, MPMs are servers, and lists say what is to be enabled.
struct Tree {
    Tree() {
        for (const std::string name : {"alias", "status", "cgi"}) {
            files.add_file(CONF + "/mods-available/" + name + ".load", "LoadModule " + name + "_module modules/x.so\n");
        }
        files.add_link(CONF + "/mods-enabled/alias.load", "../mods-available/alias.load");
        files.add_file(CONF + "/sites-available/default.conf");
        files.add_link(CONF + "/sites-enabled/000-default.conf", "../sites-available/default.conf");
        files.add_file("/usr/sbin/httpd2.prefork");
        files.add_file("/usr/sbin/httpd2.event");
        files.add_link("/etc/alternatives/links/httpd2", "/usr/sbin/httpd2.prefork");
        files.add_link("/usr/sbin/httpd2", "/etc/alternatives/links/httpd2");
    }

    void list(const std::string & folder, const std::string & text) { files.add_file(CONF + "/" + folder, text); }

    test::MemoryFileSystem files;
    core::Layout layout = core::layout_of(LayoutName::ALT, {});
};

std::vector<std::string> mpms(const core::Catalog & catalog) {
    std::vector<std::string> names;
    for (const core::Entry & entry : catalog.entries) {
        if (entry.name.starts_with("mpm_")) {
            names.push_back(entry.name + (entry.enabled() ? " enabled" : ""));
        }
    }
    return names;
}

}  // namespace

TEST_CASE("the MPM is the server that alternatives lead to") {
    const Tree tree;
    const std::vector<std::string> expected = {"mpm_prefork enabled", "mpm_event"};
    CHECK(mpms(io::scan_all(tree.files, tree.layout).value()) == expected);
    CHECK(mpms(io::scan_mpms(tree.files, tree.layout).value()) == expected);
    CHECK(mpms(io::scan_all_mpms(tree.files, tree.layout).value()) == expected);
    CHECK(mpms(io::scan_enabled(tree.files, tree.layout, Kind::MODULE).value()) == expected);
    for (const core::Finding & finding : core::check(io::scan_all(tree.files, tree.layout).value())) {
        CHECK(finding.code != FindingCode::NO_MPM);
        CHECK(finding.code != FindingCode::SEVERAL_MPMS);
    }
}

TEST_CASE("such an MPM is no matter of links") {
    const Tree tree;
    for (const Action action : {Action::ENABLE, Action::SWITCH}) {
        core::Request request;
        request.action = action;
        request.arguments = {"mpm_event"};
        const core::Plan plan = core::make_plan(io::scan_for(tree.files, tree.layout, request).value(), request);
        CHECK(plan.refused);
        CHECK(plan.steps.empty());
        REQUIRE_FALSE(plan.notices.empty());
        CHECK(plan.notices.back().code ==
              (action == Action::SWITCH ? NoticeCode::MPM_IS_SERVER : NoticeCode::CONFLICT));
    }
}

TEST_CASE("the last line of the lists counts") {
    core::StartWishes wishes;
    core::add_start_list(wishes, "/a", "# alias=no\nalias=yes\n status = no \r\nnonsense\ncgi=maybe\n../x=yes\n");
    core::add_start_list(wishes, "/b", "\nstatus=yes");
    REQUIRE(wishes.size() == 2);
    CHECK(wishes["alias"].enabled);
    CHECK(wishes["alias"].where == core::Location{"/a", 2});
    CHECK(wishes["status"].enabled);
    CHECK(wishes["status"].where == core::Location{"/b", 2});
}

TEST_CASE("what the lists will change is found") {
    Tree tree;
    tree.list("mods-start.d/000-default.conf", "alias=yes\nstatus=no\ncgi=no\ngone=yes\n");
    tree.list("mods-start.d/999-own.conf", "cgi=yes\nalias=no\n");
    tree.list("mods-start.d/notes", "status=yes\n");
    tree.list("sites-start.d/000-default.conf", "default=yes\n");
    std::vector<std::string> found;
    for (const core::Finding & finding : core::check(io::scan_all(tree.files, tree.layout).value())) {
        if (finding.code == FindingCode::START_LIST_DISAGREES) {
            found.push_back(finding.subject + "=" + finding.text + " " + finding.where.front().file + ":" +
                            std::to_string(finding.where.front().line));
        }
    }
    CHECK(found == std::vector<std::string>{"alias=no " + CONF + "/mods-start.d/999-own.conf:2",
                                            "cgi=yes " + CONF + "/mods-start.d/999-own.conf:1"});
}

TEST_CASE("what is done to modules is done to the lists, too") {
    Tree tree;
    const std::string lists = CONF + "/mods-start.d";
    tree.list("mods-start.d/000-default.conf", "# by default\nalias=yes\n\tstatus =  no \r\ncgi=no\n");
    tree.list("mods-start.d/100-more.conf", "cgi=yes\n");
    const auto plan = [&](Action action, const std::string & name) {
        core::Request request;
        request.action = action;
        request.arguments = {name};
        const auto catalog = io::scan_for(tree.files, tree.layout, request);
        REQUIRE(catalog);
        return core::make_plan(catalog.value(), request);
    };
    const auto edits = [](const core::Plan & made) {
        std::vector<core::Operation> found;
        for (const core::Step & step : made.steps) {
            for (const core::Operation & operation : step.operations) {
                if (operation.code == OperationCode::EDIT_LINE) {
                    found.push_back(operation);
                }
            }
        }
        return found;
    };
    using Operations = std::vector<core::Operation>;
    const core::Plan enabling = plan(Action::ENABLE, "status");
    CHECK(edits(enabling) == Operations{{.code = OperationCode::EDIT_LINE,
                                         .path = lists + "/000-default.conf",
                                         .target = "\tstatus =  yes \r",
                                         .replaced_target = "\tstatus =  no \r",
                                         .line = 3,
                                         .list = true}});
    // A change of its own, in a folder of its own: that of enabled modules is exchanged, or not, without it.
    const auto changes = core::changes_of(enabling);
    REQUIRE(changes);
    REQUIRE(changes.value().size() == 3);
    CHECK(changes.value()[2].list);
    CHECK(changes.value()[2].after == "# by default\nalias=yes\n\tstatus =  yes \r\ncgi=no\n");
    CHECK(core::reversed(changes.value()[2]).list);
    const Operations disabling = edits(plan(Action::DISABLE, "alias"));
    REQUIRE(disabling.size() == 1);
    CHECK(disabling[0].target == "alias=no");
    // The last line counts; where that says so already, or none says anything, there is nothing to do.
    CHECK(edits(plan(Action::ENABLE, "cgi")).empty());
    tree.list("mods-start.d/000-default.conf", "");
    CHECK(edits(plan(Action::ENABLE, "status")).empty());
    // What is a link is somebody else's.
    tree.files.add_file("/srv/list", "status=no\n");
    tree.files.add_link(lists + "/200-link.conf", "/srv/list");
    CHECK(edits(plan(Action::ENABLE, "status")).empty());
    const auto findings = core::check(io::scan_all(tree.files, tree.layout).value());
    CHECK(std::none_of(findings.begin(), findings.end(), [](const core::Finding & finding) {
        return finding.code == FindingCode::START_LIST_DISAGREES && finding.subject == "status";
    }));
}

TEST_CASE("the name that ALT gives the link of its first site is no finding") {
    Tree tree;
    const auto foreign = [&] {
        std::vector<std::string> found;
        for (const core::Finding & finding : core::check(io::scan_all(tree.files, tree.layout).value())) {
            if (finding.code == FindingCode::FOREIGN_LINK) {
                found.push_back(finding.subject);
            }
        }
        return found;
    };
    CHECK(foreign().empty());
    tree.files.add_link(CONF + "/sites-enabled/000-shop.conf", "../sites-available/default.conf");
    tree.files.add_link(CONF + "/sites-enabled/first.conf", "../sites-available/default.conf");
    CHECK(foreign() == std::vector<std::string>{"000-shop", "first"});
}

TEST_CASE("servers are looked for once in a call") {
    const Tree tree;
    const auto times = [&] { return tree.files.accesses_below("/usr/sbin/httpd2.event"); };
    REQUIRE(io::scan_mpms(tree.files, tree.layout));
    const auto once = times();
    REQUIRE(once > 0);
    core::Request request;
    request.action = Action::ENABLE;
    request.arguments = {"status"};
    for (const Action action : {Action::ENABLE, Action::DISABLE}) {
        request.action = action;
        const auto before = times();
        REQUIRE(io::scan_for(tree.files, tree.layout, request));
        CHECK(times() - before == once);
    }
    const auto before = times();
    REQUIRE(io::scan_all(tree.files, tree.layout));
    CHECK(times() - before == once);
}

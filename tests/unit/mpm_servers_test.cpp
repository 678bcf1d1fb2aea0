// SPDX-License-Identifier: Apache-2.0
#include "core/check.hpp"
#include "core/layouts.hpp"
#include "core/planner.hpp"
#include "core/start_lists.hpp"
#include "io/scan.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

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

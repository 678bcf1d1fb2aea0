// SPDX-License-Identifier: Apache-2.0
#include "io/transaction.hpp"

#include "core/planner.hpp"
#include "io/scan.hpp"
#include "support/catch.hpp"
#include "support/debian_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

using namespace confgraph;
using test::DebianTree;
using test::differences;
using test::disable;
using test::enable;
using Lines = std::vector<std::string>;

namespace {

const std::string MODS_ENABLED = "/etc/apache2/mods-enabled";
const std::string MARKERS = "/var/lib/apache2/module";

/// A tree in which a change of "top" has every kind of operation in it.
void fill(DebianTree & tree) {
    tree.add_module("top", "# Depends: middle\n# Conflicts: broken\n", true);
    tree.add_module("middle", "# Depends: bottom\n", true);
    tree.add_module("bottom");
    tree.add_module("other");
    tree.enable(Kind::MODULE, "other");
    tree.files.add_link(MODS_ENABLED + "/middle.load", "../mods-available/misspelt.load");
    tree.files.add_link(MODS_ENABLED + "/broken.load", "/no/where");
    tree.add_marker(Kind::MODULE, "disabled_by_admin", "top");
    tree.add_marker(Kind::MODULE, "disabled_by_maint", "top");
    tree.add_marker(Kind::MODULE, "disabled_by_maint", "bottom");
}

core::Plan plan_for(DebianTree & tree, const core::Request & request) {
    const auto catalog = io::scan_for(tree.files, tree.layout, request);
    REQUIRE(catalog);
    return core::make_plan(catalog.value(), request);
}

std::size_t operations(const core::Plan & plan) {
    std::size_t count = 0;
    for (const core::Step & step : plan.steps) {
        count += step.operations.size();
    }
    return count;
}

}  // namespace

TEST_CASE("a plan is carried out") {
    DebianTree tree;
    fill(tree);
    auto expected = tree.files.tree();
    const core::Plan plan = plan_for(tree, enable({"top"}));
    REQUIRE_FALSE(plan.refused);
    const auto committed = io::commit(tree.files, plan);
    REQUIRE(committed);
    CHECK(committed.value() == operations(plan));
    for (const std::string file : {"top.load", "top.conf", "middle.load", "middle.conf", "bottom.load"}) {
        expected[MODS_ENABLED + "/" + file] = "link ../mods-available/" + file;
    }
    expected.erase(MODS_ENABLED + "/broken.load");
    for (const std::string name : {"top", "middle", "bottom"}) {
        expected[MARKERS + "/enabled_by_admin/" + name] = "file ";
        expected.erase(MARKERS + "/disabled_by_admin/" + name);
        expected.erase(MARKERS + "/disabled_by_maint/" + name);
    }
    CHECK(differences(expected, tree.files.tree()) == Lines{});

    // And so is the way back, all of which was enabled before.
    core::Request request = disable({"bottom"});
    request.force = true;
    REQUIRE(io::commit(tree.files, plan_for(tree, request)));
    CHECK(tree.files.tree().count(MODS_ENABLED + "/top.load") == 0);
    CHECK(tree.files.tree().count(MODS_ENABLED + "/other.load") == 1);
    CHECK(tree.files.tree().count(MARKERS + "/disabled_by_admin/middle") == 1);
    CHECK(tree.files.tree().count(MARKERS + "/enabled_by_admin/middle") == 0);
}

TEST_CASE("new markers come first, old ones go last, and links keep the plan's order between them") {
    DebianTree tree;
    fill(tree);
    const core::Plan plan = plan_for(tree, enable({"top"}));
    Lines expected;
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            if (operation.path.starts_with(MODS_ENABLED)) {
                expected.push_back((operation.code == OperationCode::CREATE_LINK ? "create_link " : "remove ") +
                                   operation.path);
            }
        }
    }
    tree.files.clear_log();
    REQUIRE(io::commit(tree.files, plan));
    Lines links;
    Lines order;
    for (const std::string & line : tree.files.log()) {
        const bool link = line.find(MODS_ENABLED) != std::string::npos;
        const bool write = line.starts_with("create_") || line.starts_with("remove ");
        if (!write) {
            continue;
        }
        if (link) {
            links.push_back(line);
        }
        const std::string part = link ? "links" : line.starts_with("remove ") ? "old markers" : "new markers";
        if (order.empty() || order.back() != part) {
            order.push_back(part);
        }
    }
    CHECK(links == expected);
    CHECK(order == Lines{"new markers", "links", "old markers"});
}

TEST_CASE("a plan without steps writes nothing") {
    DebianTree tree;
    fill(tree);
    CHECK(io::commit(tree.files, plan_for(tree, enable({"other", "nothing"}))).value() == 0);
    CHECK(tree.files.writes() == 0);
}

TEST_CASE("an error at any operation leaves everything as it was") {
    const bool enabling = GENERATE(true, false);
    const int error = GENERATE(ENOSPC, EIO, EROFS, EACCES);
    for (std::size_t n = 1;; ++n) {
        DebianTree tree;
        fill(tree);
        core::Request request = enable({"top"});
        if (!enabling) {
            REQUIRE(io::commit(tree.files, plan_for(tree, request)));
            request = disable({"bottom"});
            request.force = true;
        }
        const auto before = tree.files.tree();
        const core::Plan plan = plan_for(tree, request);
        tree.files.fail_after(n, error);
        const auto committed = io::commit(tree.files, plan);
        INFO((enabling ? "enabling" : "disabling") << ", write " << n);
        if (committed) {
            CHECK(n == operations(plan) + 1);
            break;
        }
        CHECK(committed.error().system_error() == error);
        CHECK(committed.error().code() != ErrorCode::CHANGED_MEANWHILE);
        CHECK(differences(before, tree.files.tree()) == Lines{});
    }
}

TEST_CASE("marker folders that are missing are made") {
    DebianTree tree;
    tree.add_module("a");
    tree.files.erase("/var");
    const core::Plan plan = plan_for(tree, enable({"a"}));
    const auto before = tree.files.tree();
    SECTION("with all goes well") {
        REQUIRE(io::commit(tree.files, plan));
        CHECK(tree.files.tree().at(MARKERS + "/enabled_by_admin/a") == "file ");
    }
    SECTION("when something goes wrong, no link and no marker stays") {
        for (std::size_t n = 1; n <= 4; ++n) {
            tree.files.fail_after(n, ENOSPC);
            INFO(n);
            CHECK_FALSE(io::commit(tree.files, plan));
            CHECK(differences(before, tree.files.tree()) == Lines{});
        }
    }
}

TEST_CASE("each kind of operation has its error") {
    DebianTree tree;
    tree.add_module("a");
    tree.enable(Kind::MODULE, "a");
    tree.add_module("b");
    tree.add_marker(Kind::MODULE, "disabled_by_admin", "b");
    tree.add_marker(Kind::MODULE, "enabled_by_admin", "a");
    struct Case {
        core::Request request;
        std::size_t write;
        ErrorCode code;
        std::string path;
    };
    for (const Case & sample :
         {Case{enable({"b"}), 1, ErrorCode::CANNOT_WRITE_MARKER, MARKERS + "/enabled_by_admin/b"},
          Case{enable({"b"}), 2, ErrorCode::CANNOT_CREATE_LINK, MODS_ENABLED + "/b.load"},
          Case{enable({"b"}), 3, ErrorCode::CANNOT_REMOVE_MARKER, MARKERS + "/disabled_by_admin/b"},
          Case{disable({"a"}), 2, ErrorCode::CANNOT_REMOVE_LINK, MODS_ENABLED + "/a.load"}}) {
        tree.files.fail_after(sample.write, EIO);
        const auto committed = io::commit(tree.files, plan_for(tree, sample.request));
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code() == sample.code);
        CHECK(committed.error().path() == sample.path);
        CHECK(committed.error().system_error() == EIO);
    }
}

TEST_CASE("what somebody else made meanwhile is not overwritten") {
    DebianTree tree;
    fill(tree);
    const core::Plan plan = plan_for(tree, enable({"top"}));
    tree.files.add_file(MODS_ENABLED + "/top.load", "somebody's work");
    const auto before = tree.files.tree();
    const auto committed = io::commit(tree.files, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(committed.error().path() == MODS_ENABLED + "/top.load");
    CHECK(differences(before, tree.files.tree()) == Lines{});
}

TEST_CASE("what somebody else changed meanwhile is not removed") {
    const std::string path = MODS_ENABLED + "/a.load";
    const std::string now = GENERATE("another link", "a file", "a folder", "nothing");
    DebianTree tree;
    tree.add_module("a", {}, true);
    tree.enable(Kind::MODULE, "a");
    const core::Plan plan = plan_for(tree, disable({"a"}));
    tree.files.erase(path);
    if (now == "another link") {
        tree.files.add_link(path, "/else/where");
    } else if (now == "a file") {
        tree.files.add_file(path, "somebody's work");
    } else if (now == "a folder") {
        tree.files.add_folder(path);
    }
    INFO(now);
    const auto before = tree.files.tree();
    const auto committed = io::commit(tree.files, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(committed.error().path() == path);
    CHECK(differences(before, tree.files.tree()) == Lines{});
}

TEST_CASE("a marker that is gone already is no error") {
    DebianTree tree;
    fill(tree);
    const core::Plan plan = plan_for(tree, enable({"top"}));
    tree.files.erase(MARKERS + "/disabled_by_admin/top");
    CHECK(io::commit(tree.files, plan));
}

TEST_CASE("undoing brings back only what was there") {
    DebianTree tree;
    fill(tree);
    const core::Plan plan = plan_for(tree, enable({"top"}));
    // Both changed after the plan was made: one marker went, one came.
    tree.files.erase(MARKERS + "/disabled_by_maint/bottom");
    tree.add_marker(Kind::MODULE, "enabled_by_admin", "bottom");
    const auto before = tree.files.tree();
    for (std::size_t n = 1; n <= operations(plan); ++n) {
        tree.files.fail_after(n, EIO);
        INFO("write " << n);
        CHECK_FALSE(io::commit(tree.files, plan));
        CHECK(differences(before, tree.files.tree()) == Lines{});
    }
}

TEST_CASE("a link in place of a marker is not followed") {
    DebianTree tree;
    tree.add_module("a");
    tree.files.add_link(MARKERS + "/enabled_by_admin/a", "/etc/planted");
    const auto before = tree.files.tree();
    const auto committed = io::commit(tree.files, plan_for(tree, enable({"a"})));
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CANNOT_WRITE_MARKER);
    CHECK(differences(before, tree.files.tree()) == Lines{});
}

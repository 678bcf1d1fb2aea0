// SPDX-License-Identifier: Apache-2.0
#include "core/change.hpp"

#include "core/catalog.hpp"
#include "support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;

namespace {

const std::string ENABLED = "/etc/apache2/mods-enabled/";
const std::string MARKERS = "/var/lib/apache2/module/";

/// A plan with one step for each operation.
core::Plan plan_of(const std::vector<core::Operation> & operations, Kind kind = Kind::MODULE) {
    core::Plan plan;
    plan.request.kind = kind;
    for (const core::Operation & operation : operations) {
        core::Step step;
        step.operations.push_back(operation);
        plan.steps.push_back(step);
    }
    return plan;
}

std::vector<Change> changes_in(const core::Plan & plan) {
    auto changes = core::changes_of(plan);
    REQUIRE(changes);
    return std::move(changes).value();
}

core::Operation create(const std::string & name, const std::string & target) {
    return {OperationCode::CREATE_LINK, ENABLED + name, target};
}
core::Operation remove(const std::string & name, const std::string & target) {
    return {OperationCode::REMOVE_LINK, ENABLED + name, target};
}
core::Operation exchange(const std::string & old_name, const std::string & name) {
    return {OperationCode::SWITCH_LINK, ENABLED + name, "../" + name, ENABLED + old_name, "../" + old_name};
}

const std::string FILES = "/etc/httpd/conf.modules.d/";

core::Operation edit(const std::string & name, unsigned line, const std::string & before, const std::string & after) {
    return {.code = OperationCode::EDIT_LINE,
            .path = FILES + name,
            .target = after,
            .replaced_target = before,
            .line = line};
}
core::Operation create_file(const std::string & name, const std::string & words) {
    return {.code = OperationCode::CREATE_FILE, .path = FILES + name, .target = words};
}
core::Operation remove_file(const std::string & name, const std::string & words) {
    return {.code = OperationCode::REMOVE_FILE, .path = FILES + name, .replaced_target = words};
}
core::Operation rename_file(const std::string & from, const std::string & to) {
    return {.code = OperationCode::RENAME_FILE, .path = FILES + to, .replaced_path = FILES + from};
}

Change file(const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::TEXT, .kind = Kind::MODULE, .name = name, .before = before, .after = after};
}
Change renamed(const std::string & from, const std::string & to) {
    return {.code = ChangeCode::RENAME, .kind = Kind::MODULE, .name = to, .replaced = from};
}

Change link(const std::string & name, const core::Image & before, const core::Image & after, Kind kind = Kind::MODULE) {
    return {.code = ChangeCode::LINK, .kind = kind, .name = name, .before = before, .after = after};
}
Change switched(const std::string & old_name, const std::string & name) {
    return {.code = ChangeCode::SWITCH,
            .kind = Kind::MODULE,
            .name = name,
            .after = "../" + name,
            .replaced = old_name,
            .replaced_target = "../" + old_name};
}
Change marker(const std::string & name, std::size_t number, bool comes) {
    Change change{.code = ChangeCode::MARKER, .kind = Kind::MODULE, .name = name, .marker = number};
    (comes ? change.after : change.before) = std::string();
    return change;
}

}  // namespace

TEST_CASE("each operation is one change") {
    CHECK(changes_in(plan_of({create("a.load", "../a")})) == std::vector{link("a.load", {}, "../a")});
    CHECK(changes_in(plan_of({remove("a.load", "../a")})) == std::vector{link("a.load", "../a", {})});
    CHECK(changes_in(plan_of({exchange("a.load", "b.load")})) == std::vector{switched("a.load", "b.load")});
    for (std::size_t i = 0; i < core::MARKER_FOLDERS.size(); ++i) {
        const std::string path = MARKERS + std::string(core::MARKER_FOLDERS[i]) + "/a";
        CHECK(changes_in(plan_of({{OperationCode::CREATE_MARKER, path}})) == std::vector{marker("a", i, true)});
        CHECK(changes_in(plan_of({{OperationCode::REMOVE_MARKER, path}})) == std::vector{marker("a", i, false)});
    }
    CHECK(changes_in(plan_of({{OperationCode::CREATE_LINK, "/sites/a.conf", "../a"}}, Kind::SITE)) ==
          std::vector{link("a.conf", {}, "../a", Kind::SITE)});
    CHECK(changes_in(core::Plan()).empty());
}

TEST_CASE("changes keep the order of the plan") {
    const auto changes = changes_in(plan_of({remove("c.load", "../c"),
                                             exchange("a.load", "b.load"),
                                             create("d.load", "../d"),
                                             {OperationCode::REMOVE_MARKER, MARKERS + "disabled_by_maint/d"}}));
    CHECK(changes == std::vector{link("c.load", "../c", {}), switched("a.load", "b.load"), link("d.load", {}, "../d"),
                                 marker("d", 3, false)});
}

TEST_CASE("what happens to one path is one change") {
    // A dangling link is removed and made anew.
    CHECK(changes_in(plan_of({remove("a.load", "gone"), create("b.load", "../b"), create("a.load", "../a")})) ==
          std::vector{link("b.load", {}, "../b"), link("a.load", "gone", "../a")});
    CHECK(changes_in(plan_of({create("a.load", "../a"), remove("a.load", "../a")})).empty());
    CHECK(changes_in(plan_of({remove("a.load", "../a"), create("a.load", "../a")})).empty());
    CHECK(changes_in(plan_of({remove("a.load", "x"), create("a.load", "y"), remove("a.load", "y")})) ==
          std::vector{link("a.load", "x", {})});
    const std::string path = MARKERS + "enabled_by_admin/a";
    CHECK(changes_in(plan_of({{OperationCode::CREATE_MARKER, path}, {OperationCode::REMOVE_MARKER, path}})).empty());
    // The markers of one entry are different things, and so are those of different kinds.
    CHECK(changes_in(plan_of({{OperationCode::CREATE_MARKER, path},
                              {OperationCode::REMOVE_MARKER, MARKERS + "disabled_by_admin/a"}}))
              .size() == 2);
}

TEST_CASE("a switch stays a switch") {
    const std::vector expected{link("b.load", "gone", {}), switched("a.load", "b.load")};
    CHECK(changes_in(plan_of({remove("b.load", "gone"), exchange("a.load", "b.load")})) == expected);
    const std::vector after{switched("a.load", "b.load"), link("b.conf", {}, "../b.conf")};
    CHECK(changes_in(plan_of({exchange("a.load", "b.load"), create("b.conf", "../b.conf")})) == after);
}

TEST_CASE("what becomes of a link in all") {
    struct Line {
        Kind kind;
        std::string name;
        core::Image before;
        core::Image after;
        bool operator==(const Line &) const = default;
    };
    const auto lines = [](const std::vector<Change> & changes) {
        std::vector<Line> list;
        for (const core::LinkChange & change : core::link_changes(changes)) {
            list.push_back({change.kind, change.name, change.before, change.after});
        }
        return list;
    };
    CHECK(lines({}).empty());
    CHECK(lines({marker("a", 0, true)}).empty());
    CHECK(lines({link("a", {}, "x"), link("b", "y", {})}) ==
          std::vector<Line>{{Kind::MODULE, "a", {}, "x"}, {Kind::MODULE, "b", "y", {}}});
    CHECK(lines({switched("a", "b")}) ==
          std::vector<Line>{{Kind::MODULE, "a", "../a", {}}, {Kind::MODULE, "b", {}, "../b"}});
    CHECK(lines({link("b", "gone", {}), switched("a", "b")}) ==
          std::vector<Line>{{Kind::MODULE, "b", "gone", "../b"}, {Kind::MODULE, "a", "../a", {}}});
    CHECK(lines({switched("a", "b"), switched("b", "c")}) == std::vector<Line>{{Kind::MODULE, "a", "../a", {}},
                                                                               {Kind::MODULE, "b", {}, {}},
                                                                               {Kind::MODULE, "c", {}, "../c"}});
    // The same name in another folder is another link.
    CHECK(lines({link("a", {}, "x"), link("a", {}, "y", Kind::CONF)}).size() == 2);
}

TEST_CASE("a change is taken back") {
    CHECK(core::reversed(link("a", {}, "x")) == link("a", "x", {}));
    CHECK(core::reversed(link("a", "y", "x")) == link("a", "x", "y"));
    CHECK(core::reversed(marker("a", 2, true)) == marker("a", 2, false));
    CHECK(core::reversed(switched("a", "b")) == switched("b", "a"));
    const std::vector changes{link("c", "../c", {}), switched("a", "b"), marker("d", 3, false), link("d", "x", "y")};
    CHECK(core::reversed(changes) ==
          std::vector{link("d", "y", "x"), marker("d", 3, true), switched("b", "a"), link("c", {}, "../c")});
    CHECK(core::reversed(core::reversed(changes)) == changes);
    CHECK(core::reversed(std::vector<Change>()).empty());
}

TEST_CASE("what is done to the lines of a file is one change of it") {
    core::Plan plan = plan_of({edit("00-mpm.conf", 2, "LoadModule event", "#LoadModule event"),
                               create_file("10-x.conf", "LoadModule x\n"),
                               edit("00-mpm.conf", 1, "#LoadModule prefork", "LoadModule prefork"),
                               {OperationCode::CREATE_MARKER, MARKERS + "enabled_by_admin/x"}});
    plan.texts[FILES + "00-mpm.conf"] = "#LoadModule prefork\nLoadModule event\n";
    plan.texts[FILES + "other.conf"] = "not edited";
    CHECK(changes_in(plan) == std::vector{file("10-x.conf", {}, "LoadModule x\n"),
                                          file("00-mpm.conf", "#LoadModule prefork\nLoadModule event\n",
                                               "LoadModule prefork\n#LoadModule event\n"),
                                          marker("x", 0, true)});
}

TEST_CASE("words come and go in a file") {
    const std::string path = "/etc/sysconfig/apache2";
    core::Plan plan =
        plan_of({{.code = OperationCode::ADD_WORD, .path = path, .target = "rewrite", .line = 2},
                 {.code = OperationCode::REMOVE_WORD, .path = path, .replaced_target = "alias", .line = 2},
                 {.code = OperationCode::REMOVE_WORD, .path = path, .replaced_target = "event", .line = 3},
                 {.code = OperationCode::ADD_WORD, .path = path, .target = "prefork", .line = 3}});
    plan.texts[path] = "# Modules\nAPACHE_MODULES=\"alias ssl\"\nAPACHE_MPM=event\n";
    CHECK(changes_in(plan) == std::vector{file("apache2", plan.texts[path],
                                               "# Modules\nAPACHE_MODULES=\"ssl rewrite\"\nAPACHE_MPM=prefork\n")});
}

TEST_CASE("what is undone within a plan is no change of a file") {
    core::Plan plan =
        plan_of({edit("a.conf", 1, "x", "#x"), create_file("b.conf", "b"), rename_file("c.conf", "c.off"),
                 edit("a.conf", 1, "#x", "x"), remove_file("b.conf", "b"), rename_file("c.off", "c.conf")});
    plan.texts[FILES + "a.conf"] = "x";
    CHECK(changes_in(plan).empty());
    // A file that goes and comes says something else.
    plan = plan_of({remove_file("a.conf", "x"), create_file("a.conf", "y")});
    plan.texts[FILES + "a.conf"] = "x";
    CHECK(changes_in(plan) == std::vector{file("a.conf", "x", "y")});
}

TEST_CASE("a file gets another name") {
    CHECK(changes_in(plan_of({rename_file("a.conf.off", "a.conf")})) == std::vector{renamed("a.conf.off", "a.conf")});
    CHECK(changes_in(plan_of({rename_file("a", "b"), rename_file("x", "y"), rename_file("b", "c")})) ==
          std::vector{renamed("x", "y"), renamed("a", "c")});
    CHECK(core::reversed(renamed("a", "b")) == renamed("b", "a"));
    CHECK(core::reversed(file("a", "x", {})) == file("a", {}, "x"));
    CHECK(core::link_changes({renamed("a", "b"), file("a", "x", {}), link("a.load", {}, "../a")}).size() == 1);
}

TEST_CASE("an operation that does not fit its file is told") {
    const std::vector<std::vector<core::Operation>> samples = {
        {edit("a.conf", 1, "y", "#y")},
        {edit("a.conf", 2, "x", "#x")},
        {edit("a.conf", 1, "x", "#x"), edit("a.conf", 1, "x", "#x")},
        {edit("unread.conf", 1, "x", "#x")},
        {edit(".hidden", 1, "x", "#x")},
        {create_file("a.conf", "x")},
        {create_file(".hidden", "x")},
        {remove_file("a.conf", "y")},
        {remove_file("unread.conf", "x")},
        {remove_file("a.conf", "x"), edit("a.conf", 1, "x", "#x")},
        {{.code = OperationCode::ADD_WORD, .path = FILES + "a.conf", .target = "x", .line = 1}},
        {rename_file("a.conf", "a.conf")},
        {rename_file(".a.conf", "a.conf")}};
    for (const auto & operations : samples) {
        core::Plan plan = plan_of(operations);
        plan.texts[FILES + "a.conf"] = "x";
        plan.texts[FILES + ".hidden"] = "x";
        const auto changes = core::changes_of(plan);
        INFO(operations.front().path);
        REQUIRE_FALSE(changes);
        CHECK(changes.error().code() == ErrorCode::CHANGED_MEANWHILE);
        CHECK(changes.error().path() == operations.back().path);
    }
}

TEST_CASE("there is an end to what is edited") {
    const std::string most(1024UL * 1024, 'x');
    CHECK(changes_in(plan_of({create_file("a.conf", most)})).size() == 1);
    core::Plan plan = plan_of({create_file("a.conf", most + "x")});
    const auto too_large = core::changes_of(plan);
    REQUIRE_FALSE(too_large);
    CHECK(too_large.error().code() == ErrorCode::FILE_TOO_LARGE);
    CHECK(too_large.error().path() == FILES + "a.conf");
    std::vector<core::Operation> many;
    while (many.size() < 65) {
        many.push_back(create_file(std::to_string(many.size()) + ".conf", most));
    }
    const auto too_many = core::changes_of(plan_of(many));
    REQUIRE_FALSE(too_many);
    CHECK(too_many.error().code() == ErrorCode::FILE_TOO_LARGE);
}

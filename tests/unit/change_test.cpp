// SPDX-License-Identifier: Apache-2.0
#include "core/change.hpp"

#include "core/catalog.hpp"
#include "support/catch.hpp"

#include <string>
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

core::Operation create(const std::string & name, const std::string & target) {
    return {OperationCode::CREATE_LINK, ENABLED + name, target};
}
core::Operation remove(const std::string & name, const std::string & target) {
    return {OperationCode::REMOVE_LINK, ENABLED + name, target};
}
core::Operation exchange(const std::string & old_name, const std::string & name) {
    return {OperationCode::SWITCH_LINK, ENABLED + name, "../" + name, ENABLED + old_name, "../" + old_name};
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
    CHECK(core::changes_of(plan_of({create("a.load", "../a")})) == std::vector{link("a.load", {}, "../a")});
    CHECK(core::changes_of(plan_of({remove("a.load", "../a")})) == std::vector{link("a.load", "../a", {})});
    CHECK(core::changes_of(plan_of({exchange("a.load", "b.load")})) == std::vector{switched("a.load", "b.load")});
    for (std::size_t i = 0; i < core::MARKER_FOLDERS.size(); ++i) {
        const std::string path = MARKERS + std::string(core::MARKER_FOLDERS[i]) + "/a";
        CHECK(core::changes_of(plan_of({{OperationCode::CREATE_MARKER, path}})) == std::vector{marker("a", i, true)});
        CHECK(core::changes_of(plan_of({{OperationCode::REMOVE_MARKER, path}})) == std::vector{marker("a", i, false)});
    }
    CHECK(core::changes_of(plan_of({{OperationCode::CREATE_LINK, "/sites/a.conf", "../a"}}, Kind::SITE)) ==
          std::vector{link("a.conf", {}, "../a", Kind::SITE)});
    CHECK(core::changes_of(core::Plan()).empty());
}

TEST_CASE("changes keep the order of the plan") {
    const auto changes = core::changes_of(plan_of({remove("c.load", "../c"),
                                                   exchange("a.load", "b.load"),
                                                   create("d.load", "../d"),
                                                   {OperationCode::REMOVE_MARKER, MARKERS + "disabled_by_maint/d"}}));
    CHECK(changes == std::vector{link("c.load", "../c", {}), switched("a.load", "b.load"), link("d.load", {}, "../d"),
                                 marker("d", 3, false)});
}

TEST_CASE("what happens to one path is one change") {
    // A dangling link is removed and made anew.
    CHECK(core::changes_of(plan_of({remove("a.load", "gone"), create("b.load", "../b"), create("a.load", "../a")})) ==
          std::vector{link("b.load", {}, "../b"), link("a.load", "gone", "../a")});
    CHECK(core::changes_of(plan_of({create("a.load", "../a"), remove("a.load", "../a")})).empty());
    CHECK(core::changes_of(plan_of({remove("a.load", "../a"), create("a.load", "../a")})).empty());
    CHECK(core::changes_of(plan_of({remove("a.load", "x"), create("a.load", "y"), remove("a.load", "y")})) ==
          std::vector{link("a.load", "x", {})});
    const std::string path = MARKERS + "enabled_by_admin/a";
    CHECK(core::changes_of(plan_of({{OperationCode::CREATE_MARKER, path}, {OperationCode::REMOVE_MARKER, path}}))
              .empty());
    // The markers of one entry are different things, and so are those of different kinds.
    CHECK(core::changes_of(plan_of({{OperationCode::CREATE_MARKER, path},
                                    {OperationCode::REMOVE_MARKER, MARKERS + "disabled_by_admin/a"}}))
              .size() == 2);
}

TEST_CASE("a switch stays a switch") {
    const std::vector expected{link("b.load", "gone", {}), switched("a.load", "b.load")};
    CHECK(core::changes_of(plan_of({remove("b.load", "gone"), exchange("a.load", "b.load")})) == expected);
    const std::vector after{switched("a.load", "b.load"), link("b.conf", {}, "../b.conf")};
    CHECK(core::changes_of(plan_of({exchange("a.load", "b.load"), create("b.conf", "../b.conf")})) == after);
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

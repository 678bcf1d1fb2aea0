// SPDX-License-Identifier: Apache-2.0
#include "io/link_writer.hpp"

#include "support/catch.hpp"
#include "support/writer_case.hpp"

#include <cerrno>
#include <map>
#include <string>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using io::LinkWriter;
using test::TemporaryFolder;
using test::WriterCase;
using Tree = std::map<std::string, std::string>;

namespace {

Change turn(const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::LINK, .kind = Kind::MODULE, .name = "a.load", .before = before, .after = after};
}

/// "old.load" gives its place to "new.load".
const Change SWITCH{.code = ChangeCode::SWITCH,
                    .kind = Kind::MODULE,
                    .name = "new.load",
                    .after = "../new",
                    .replaced = "old.load",
                    .replaced_target = "../old"};

void check(const WriterCase & sample) {
    test::check(sample, [](const std::string & path) { return LinkWriter({}, path); });
}

}  // namespace

TEST_CASE("a link comes, goes, and points elsewhere") {
    const Change comes = turn({}, "x");
    const Change goes = turn("x", {});
    const Change turns = turn("x", "y");
    const Tree none;
    const Tree x{{"a.load", "link x"}};
    const Tree y{{"a.load", "link y"}};
    const Tree file{{"a.load", "file work"}};
    const Tree sub{{"a.load", "folder"}};
    const std::string stranger = "CHANGED_MEANWHILE a.load";
    for (const WriterCase & sample : std::vector<WriterCase>{{"comes", none, comes, "changed", x},
                                                             {"comes again", x, comes, "nothing", x},
                                                             {"comes over another", y, comes, stranger, y},
                                                             {"comes over a file", file, comes, stranger, file},
                                                             {"comes over a folder", sub, comes, stranger, sub},
                                                             {"goes", x, goes, "changed", none},
                                                             {"goes again", none, goes, "nothing", none},
                                                             {"another goes", y, goes, stranger, y},
                                                             {"a file goes", file, goes, stranger, file},
                                                             {"a folder goes", sub, goes, stranger, sub},
                                                             {"turns", x, turns, "changed", y},
                                                             {"turns again", y, turns, "nothing", y},
                                                             {"nothing turns", none, turns, stranger, none},
                                                             {"a file turns", file, turns, stranger, file}}) {
        check(sample);
    }
}

TEST_CASE("a link takes the place of another") {
    const Tree before{{"old.load", "link ../old"}, {"other.load", "link ../other"}};
    const Tree half{{"old.load", "link ../new"}, {"other.load", "link ../other"}};
    const Tree after{{"new.load", "link ../new"}, {"other.load", "link ../other"}};
    const Tree half_back{{"new.load", "link ../old"}, {"other.load", "link ../other"}};
    const Change back = core::reversed(SWITCH);
    for (const WriterCase & sample :
         std::vector<WriterCase>{{"whole", before, SWITCH, "changed", after},
                                 {"second half", half, SWITCH, "changed", after},
                                 {"done", after, SWITCH, "nothing", after},
                                 {"from half of the way back", half_back, SWITCH, "changed", after},
                                 {"back", after, back, "changed", before},
                                 {"back from half", half, back, "changed", before},
                                 {"back, second half", half_back, back, "changed", before},
                                 {"back, done", before, back, "nothing", before}}) {
        check(sample);
    }
}

TEST_CASE("what somebody else did is not overwritten by a switch") {
    const auto state = [](const std::string & old_link, const std::string & new_link) {
        Tree tree;
        if (!old_link.empty()) {
            tree["old.load"] = old_link;
        }
        if (!new_link.empty()) {
            tree["new.load"] = new_link;
        }
        return tree;
    };
    struct Sample {
        Tree tree;
        std::string result;
    };
    for (const Sample & sample : {Sample{state("", ""), "CHANGED_MEANWHILE old.load"},
                                  {state("link z", ""), "CHANGED_MEANWHILE old.load"},
                                  {state("file work", ""), "CHANGED_MEANWHILE old.load"},
                                  {state("folder", ""), "CHANGED_MEANWHILE old.load"},
                                  {state("", "link z"), "CHANGED_MEANWHILE new.load"},
                                  {state("", "file work"), "CHANGED_MEANWHILE new.load"},
                                  {state("link ../old", "link ../new"), "CHANGED_MEANWHILE new.load"},
                                  {state("link ../old", "link z"), "CHANGED_MEANWHILE new.load"},
                                  {state("link ../new", "link ../new"), "CHANGED_MEANWHILE new.load"},
                                  {state("link ../old", "file work"), "CHANGED_MEANWHILE new.load"}}) {
        check({"", sample.tree, SWITCH, sample.result, sample.tree});
    }
}

TEST_CASE("somebody else's temporary link stops a change, and stays") {
    for (const std::string what : {"link z", "file work", "folder"}) {
        const Tree before{{".confgraph", what}, {"old.load", "link ../old"}};
        check({what, before, SWITCH, "CANNOT_CREATE_LINK .confgraph", before});
        const Tree single{{".confgraph", what}, {"a.load", "link x"}};
        check({what, single, turn("x", "y"), "CANNOT_CREATE_LINK .confgraph", single});
        // These need none.
        check({what, {{".confgraph", what}}, turn({}, "x"), "changed", single});
        check({what, single, turn("x", {}), "changed", {{".confgraph", what}}});
        const TemporaryFolder folder;
        folder.add_tree(before);
        LinkWriter writer({}, folder.path());
        CHECK(writer.clean_up(SWITCH));
        CHECK(folder.tree() == before);
    }
}

TEST_CASE("a temporary link that was left behind is removed, and the change goes on") {
    for (const std::string target : {"../new", "../old"}) {
        for (const Change & change : {SWITCH, core::reversed(SWITCH)}) {
            const TemporaryFolder folder;
            folder.add_tree({{".confgraph", "link " + target}, {"old.load", "link ../old"}});
            LinkWriter writer({}, folder.path());
            CHECK(writer.clean_up(change));
            CHECK(writer.clean_up(change));
            CHECK(folder.tree() == Tree{{"old.load", "link ../old"}});
            CHECK(writer.apply(SWITCH));
            CHECK(folder.tree() == Tree{{"new.load", "link ../new"}});
        }
    }
}

TEST_CASE("a temporary link that is just the one wanted is made use of") {
    const TemporaryFolder folder;
    folder.add_tree({{".confgraph", "link ../new"}, {"old.load", "link ../old"}});
    LinkWriter writer({}, folder.path());
    CHECK(writer.apply(SWITCH).value());
    CHECK(folder.tree() == Tree{{"new.load", "link ../new"}});
}

TEST_CASE("names and targets can be anything") {
    const TemporaryFolder folder;
    const std::string target(4000, 't');
    const Change change{.code = ChangeCode::SWITCH,
                        .kind = Kind::MODULE,
                        .name = std::string(255, '\xff'),
                        .after = target,
                        .replaced = "a\nb \\",
                        .replaced_target = "$(x)"};
    folder.add_link(change.replaced, change.replaced_target);
    LinkWriter writer({}, folder.path());
    CHECK(writer.apply(change));
    CHECK(folder.tree() == Tree{{change.name, "link " + target}});
    CHECK(writer.apply(core::reversed(change)));
    CHECK(folder.tree() == Tree{{change.replaced, "link $(x)"}});
    CHECK(writer.sync());

    const Change too_long{.code = ChangeCode::LINK, .kind = Kind::MODULE, .name = std::string(256, 'n'), .after = "x"};
    const auto applied = writer.apply(too_long);
    REQUIRE_FALSE(applied);
    CHECK(applied.error().code() == ErrorCode::CANNOT_CREATE_LINK);
    CHECK(applied.error().system_error() == ENAMETOOLONG);
}

TEST_CASE("a folder that cannot be opened is told") {
    const TemporaryFolder folder;
    folder.add_file("file", {});
    for (const std::string name : {"nothing", "file"}) {
        LinkWriter writer({}, folder.at(name));
        const auto applied = writer.apply(turn({}, "x"));
        REQUIRE_FALSE(applied);
        CHECK(applied.error().code() == ErrorCode::CANNOT_READ);
        CHECK(applied.error().path() == folder.at(name));
        CHECK(applied.error().system_error() == (name == "file" ? ENOTDIR : ENOENT));
        CHECK_FALSE(writer.clean_up(SWITCH));
        CHECK(writer.sync());
    }
}

TEST_CASE("the folder may be reached through a link") {
    const TemporaryFolder folder;
    folder.add_folder("real");
    folder.add_link("link", "real");
    LinkWriter writer({}, folder.at("link"));
    CHECK(writer.apply(turn({}, "x")).value());
    CHECK(folder.tree().at("real/a.load") == "link x");
    CHECK(writer.image("a.load").value() == core::Image("x"));
    CHECK(writer.image("nothing").value() == core::Image());
}

// SPDX-License-Identifier: Apache-2.0
#include "io/recovery.hpp"

#include "io/changer.hpp"
#include "io/posix_file_system.hpp"
#include "io/text_writer.hpp"
#include "support/catch.hpp"
#include "support/debian_folder.hpp"

#include <map>
#include <string>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using core::JournalWord;
using test::DebianFolder;
using test::differences;
using Lines = std::vector<std::string>;
using Tree = std::map<std::string, std::string>;

namespace {

const std::string ENABLED = "conf/mods-enabled/";
const std::string COPY = "conf/.mods-enabled.confgraph";

Change link(Kind kind, const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::LINK, .kind = kind, .name = name, .before = before, .after = after};
}
Change marker(const std::string & name, std::size_t number, bool comes) {
    Change change{.code = ChangeCode::MARKER, .kind = Kind::MODULE, .name = name, .marker = number};
    (comes ? change.after : change.before) = std::string();
    return change;
}
const Change SWITCH{.code = ChangeCode::SWITCH,
                    .kind = Kind::MODULE,
                    .name = "mpm_prefork.load",
                    .after = "../mods-available/mpm_prefork.load",
                    .replaced = "mpm_event.load",
                    .replaced_target = "../mods-available/mpm_event.load"};

/// A change with everything in it, in the order in which it is made: new markers, links, old markers.
std::vector<Change> changes() {
    return {marker("mpm_prefork", 0, true),
            marker("mpm_event", 2, true),
            link(Kind::MODULE, "mpm_event.conf", "../mods-available/mpm_event.conf", {}),
            link(Kind::MODULE, "turned.load", "gone", "../mods-available/turned.load"),
            SWITCH,
            link(Kind::MODULE, "mpm_prefork.conf", {}, "../mods-available/mpm_prefork.conf"),
            marker("mpm_event", 0, false)};
}

void fill(const DebianFolder & world) {
    world.add_module("mpm_event", {}, true);
    world.add_module("mpm_prefork", {}, true);
    world.enable(Kind::MODULE, "mpm_event");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "mpm_event");
    world.folder.add_folder("state/module/disabled_by_admin");
    world.folder.add_link(ENABLED + "turned.load", "gone");
    world.folder.add_link(ENABLED + "foreign.conf", "/somewhere/else.conf");
    world.folder.add_file(ENABLED + "local.conf", "somebody's work");
}

/// Makes changes one by one, as a command does.
void make(const DebianFolder & world, const std::vector<Change> & made) {
    io::Changer changer(world.layout);
    REQUIRE(changer.make(made));
}

Tree tree_after(const std::vector<Change> & made) {
    const DebianFolder world;
    fill(world);
    make(world, made);
    return world.content();
}

Result<bool> recover(const DebianFolder & world, bool sync = false) {
    return io::recover(io::PosixFileSystem(), world.layout, sync);
}

}  // namespace

TEST_CASE("without a journal there is nothing to recover") {
    const DebianFolder world;
    fill(world);
    const auto before = world.tree();
    CHECK(recover(world).value() == false);
    world.folder.add_folder("state/confgraph");
    CHECK(recover(world).value() == false);
    world.folder.erase("state/confgraph");
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("a change is completed or taken back wherever it was interrupted") {
    const auto all = changes();
    const Tree before = tree_after({});
    const Tree after = tree_after(all);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const bool folder_inside = GENERATE(false, true);
    for (std::size_t made = 0; made <= all.size(); ++made) {
        const DebianFolder world;
        fill(world);
        if (folder_inside) {
            world.folder.add_folder(ENABLED + "sub");
        }
        make(world, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(made)});
        world.leave_journal(word, all);
        INFO(made << " changes made");
        CHECK(recover(world, made % 2 == 0).value() == true);
        if (folder_inside) {
            world.folder.erase(ENABLED + "sub");
        }
        CHECK(differences(word == JournalWord::FORWARD ? after : before, world.content()) == Lines{});
        CHECK(recover(world).value() == false);
    }
}

TEST_CASE("a change is completed or taken back from within a switch") {
    const std::string variant =
        GENERATE(as<std::string>(), "the temporary link is made", "the old name leads to the new file",
                 "the new name leads to the old file, on the way back", "the temporary link of another change is made");
    INFO(variant);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const Tree expected = tree_after(word == JournalWord::FORWARD ? changes() : std::vector<Change>());
    const DebianFolder world;
    fill(world);
    const auto all = changes();
    if (variant == "the temporary link is made") {
        make(world, {all.begin(), all.begin() + 4});
        world.folder.add_link(ENABLED + ".confgraph", *SWITCH.after);
    }
    if (variant == "the old name leads to the new file") {
        make(world, {all.begin(), all.begin() + 4});
        world.folder.erase(ENABLED + "mpm_event.load");
        world.folder.add_link(ENABLED + "mpm_event.load", *SWITCH.after);
    }
    if (variant == "the new name leads to the old file, on the way back") {
        make(world, {all.begin(), all.begin() + 5});
        world.folder.erase(ENABLED + "mpm_prefork.load");
        world.folder.add_link(ENABLED + "mpm_prefork.load", SWITCH.replaced_target);
    }
    if (variant == "the temporary link of another change is made") {
        make(world, {all.begin(), all.begin() + 3});
        world.folder.add_link(ENABLED + ".confgraph", *all[3].after);
    }
    world.leave_journal(word, all);
    CHECK(recover(world).value() == true);
    CHECK(differences(expected, world.content()) == Lines{});
}

TEST_CASE("a change is completed or taken back around an exchange") {
    const std::string variant =
        GENERATE(as<std::string>(), "the copy is made", "the copy is made by half", "the copy is emptied", "exchanged",
                 "exchanged, and the old folder changed by half", "exchanged back");
    INFO(variant);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const Tree expected = tree_after(word == JournalWord::FORWARD ? changes() : std::vector<Change>());
    const auto all = changes();
    const std::vector<Change> links(all.begin() + 2, all.end() - 1);
    const DebianFolder world;
    fill(world);
    make(world, {all.begin(), all.begin() + 2});
    io::Staging staging({}, world.layout.of(Kind::MODULE).enabled);
    REQUIRE(staging.prepare(core::link_changes(links)).value() == Obstacle::NONE);
    if (variant == "the copy is made") {
    }
    if (variant == "the copy is made by half") {
        world.folder.erase(COPY + "/local.conf");
    }
    if (variant == "the copy is emptied") {
        world.folder.erase(COPY + "/mpm_prefork.load");
    }
    if (variant == "exchanged") {
        REQUIRE(staging.exchange().value() == Obstacle::NONE);
    }
    if (variant == "exchanged, and the old folder changed by half") {
        REQUIRE(staging.exchange().value() == Obstacle::NONE);
        io::LinkWriter old({}, world.folder.at(COPY));
        REQUIRE(old.apply(links[0]));
        REQUIRE(old.apply(links[1]));
    }
    if (variant == "exchanged back") {
        REQUIRE(staging.exchange().value() == Obstacle::NONE);
        staging.settle(links);
    }
    world.leave_journal(word, all);
    CHECK(recover(world).value() == true);
    CHECK(differences(expected, world.content()) == Lines{});
    CHECK(recover(world).value() == false);
}

TEST_CASE("a change that was not decided leaves nothing") {
    const std::size_t length = GENERATE(0, 1, 20, 100, 300);
    const std::string variant = GENERATE(as<std::string>(), "pending", "cut off", "decided, and cut off");
    INFO(variant);
    const DebianFolder world;
    fill(world);
    const auto all = changes();
    const Tree before = world.content();
    if (GENERATE(true, false)) {
        io::Staging staging({}, world.layout.of(Kind::MODULE).enabled);
        REQUIRE(staging.prepare(core::link_changes({all.begin() + 2, all.end() - 1})).value() == Obstacle::NONE);
    }
    const std::string text =
        core::write_journal({.word = JournalWord::PENDING, .folders = world.journal_folders(), .changes = all});
    if (variant == "pending") {
        world.leave_journal_text(text);
    }
    if (variant == "cut off") {
        world.leave_journal_text(text.substr(0, length));
    }
    if (variant == "decided, and cut off") {
        std::string forward = text;
        forward.replace(core::journal_word_offset(), 7, "forward");
        world.leave_journal_text(forward.substr(0, forward.size() - 2));
    }
    CHECK(recover(world, true).value() == true);
    CHECK(differences(before, world.content()) == Lines{});
    CHECK(recover(world).value() == false);
}

TEST_CASE("what somebody else did is left alone, and the journal with it") {
    const std::string variant =
        GENERATE(as<std::string>(), "a link that shall go leads elsewhere", "a file where a link shall come",
                 "both links of a switch", "neither link of a switch", "a link that turns is gone");
    INFO(variant);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const DebianFolder world;
    fill(world);
    const auto all = changes();
    make(world, {all.begin(), all.begin() + 4});
    std::string path;
    if (variant == "a link that shall go leads elsewhere") {
        path = "mpm_event.conf";
        world.folder.add_link(ENABLED + path, "/else/where");
    }
    if (variant == "a file where a link shall come") {
        path = "mpm_prefork.conf";
        world.folder.add_file(ENABLED + path, "somebody's work");
    }
    if (variant == "both links of a switch") {
        path = "mpm_prefork.load";
        world.folder.add_link(ENABLED + path, *SWITCH.after);
    }
    if (variant == "neither link of a switch") {
        path = "mpm_prefork.load";
        world.folder.erase(ENABLED + "mpm_event.load");
    }
    if (variant == "a link that turns is gone") {
        path = "turned.load";
        world.folder.erase(ENABLED + path);
    }
    world.leave_journal(word, all);
    const Tree before = world.tree();
    const auto recovered = recover(world);
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().code() == ErrorCode::CHANGED_MEANWHILE);
    if (path != "mpm_prefork.load") {
        CHECK(recovered.error().path() == world.folder.at(ENABLED + path));
        CHECK(recovered.error().text() == world.folder.at(world.journal_name()));
    }
    CHECK(differences(before, world.tree()) == Lines{});
    CHECK_FALSE(recover(world));
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("once the obstacle is gone, the change is completed") {
    const DebianFolder world;
    fill(world);
    world.leave_journal(JournalWord::FORWARD, changes());
    world.folder.add_file(ENABLED + "mpm_prefork.conf", "somebody's work");
    REQUIRE_FALSE(recover(world));
    world.folder.erase(ENABLED + "mpm_prefork.conf");
    CHECK(recover(world).value() == true);
    CHECK(differences(tree_after(changes()), world.content()) == Lines{});
}

TEST_CASE("a recovery that fails half-way is gone on with") {
    const DebianFolder world;
    fill(world);
    world.leave_journal(JournalWord::FORWARD, changes());
    // The last of the changes cannot be made.
    world.folder.erase("state/module/enabled_by_admin/mpm_event");
    world.folder.add_folder("state/module/enabled_by_admin/mpm_event");
    const auto recovered = recover(world);
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().code() == ErrorCode::CANNOT_REMOVE_MARKER);
    CHECK(world.has_journal());
    CHECK_FALSE(recover(world));
    world.folder.erase("state/module/enabled_by_admin/mpm_event");
    CHECK(recover(world).value() == true);
    CHECK(differences(tree_after(changes()), world.content()) == Lines{});
}

TEST_CASE("a dangling link that goes before a switch to its name is no stranger") {
    const std::vector<Change> all{link(Kind::MODULE, "mpm_prefork.load", "gone", {}), SWITCH};
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    for (std::size_t made = 0; made <= all.size(); ++made) {
        const DebianFolder world;
        fill(world);
        world.folder.add_link(ENABLED + "mpm_prefork.load", "gone");
        const Tree before = world.content();
        make(world, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(made)});
        world.leave_journal(word, all);
        INFO(made << " changes made");
        CHECK(recover(world).value() == true);
        Tree expected = before;
        if (word == JournalWord::FORWARD) {
            expected.erase(ENABLED + "mpm_event.load");
            expected[ENABLED + "mpm_prefork.load"] = "link " + *SWITCH.after;
        }
        CHECK(differences(expected, world.content()) == Lines{});
    }
}

TEST_CASE("a switch of which both links or neither are there is refused before anything is done") {
    const DebianFolder world;
    fill(world);
    if (GENERATE(false, true)) {
        world.folder.add_link(ENABLED + "mpm_prefork.load", *SWITCH.after);
    } else {
        world.folder.erase(ENABLED + "mpm_event.load");
    }
    world.leave_journal(JournalWord::FORWARD, changes());
    const Tree before = world.tree();
    const auto recovered = recover(world);
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().text() == world.folder.at(world.journal_name()));
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("a journal of confs and sites is completed") {
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    for (std::size_t made = 0; made <= 2; ++made) {
        const DebianFolder world;
        const std::vector<Change> all{link(Kind::CONF, "a.conf", {}, "../conf-available/a.conf"),
                                      link(Kind::SITE, "b.conf", {}, "../sites-available/b.conf")};
        const Tree before = world.content();
        make(world, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(made)});
        world.leave_journal(word, all);
        CHECK(recover(world).value() == true);
        Tree expected = before;
        if (word == JournalWord::FORWARD) {
            expected["conf/conf-enabled/a.conf"] = "link ../conf-available/a.conf";
            expected["conf/sites-enabled/b.conf"] = "link ../sites-available/b.conf";
        }
        CHECK(differences(expected, world.content()) == Lines{});
    }
}

TEST_CASE("names in a journal that say anything are names in the folder") {
    const DebianFolder world;
    fill(world);
    world.folder.add_file("victim", "somebody's work");
    const std::string name = "a b \\..\xff";
    world.leave_journal(JournalWord::FORWARD,
                        {link(Kind::SITE, name + ".conf", {}, "../../victim"), marker(name, 1, true)});
    CHECK(recover(world).value() == true);
    CHECK(world.tree().at("conf/sites-enabled/" + name + ".conf") == "link ../../victim");
    CHECK(world.tree().at("state/module/enabled_by_maint/" + name) == "file ");
    CHECK(world.tree().at("victim") == "file somebody's work");
}

TEST_CASE("something in the copy's place that is no copy is left alone") {
    const DebianFolder world;
    fill(world);
    world.folder.add_file("victim/file", "somebody's work");
    world.folder.add_link(COPY, "../victim");
    world.leave_journal(GENERATE(JournalWord::PENDING, JournalWord::FORWARD), changes());
    CHECK(recover(world).value() == true);
    CHECK(world.tree().at(COPY) == "link ../victim");
    CHECK(world.tree().at("victim/file") == "file somebody's work");
}

namespace {

Change file(const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::TEXT, .kind = Kind::MODULE, .name = name, .before = before, .after = after};
}

/// Changes of several files, with markers around them.
std::vector<Change> file_changes() {
    return {marker("new", 0, true),
            file("00-mpm.conf", "#prefork\nevent\n", "prefork\n#event\n"),
            file("10-new.conf", {}, "new"),
            file("10-gone.conf", "gone", {}),
            Change{.code = ChangeCode::RENAME, .kind = Kind::MODULE, .name = "on.conf", .replaced = "off.conf"},
            marker("mpm_event", 0, false)};
}

void fill_with_files(const DebianFolder & world) {
    world.folder.add_file(ENABLED + "00-mpm.conf", "#prefork\nevent\n");
    world.folder.add_file(ENABLED + "10-gone.conf", "gone");
    world.folder.add_file(ENABLED + "off.conf", "renamed");
    world.folder.add_file(ENABLED + "other.conf", "somebody's work");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "mpm_event");
}

Tree tree_of_files(const std::vector<Change> & made) {
    const DebianFolder world;
    fill_with_files(world);
    make(world, made);
    return world.content();
}

}  // namespace

TEST_CASE("a change of files is completed or taken back wherever it was interrupted") {
    const auto all = file_changes();
    const Tree before = tree_of_files({});
    const Tree after = tree_of_files(all);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const std::string variant = GENERATE(as<std::string>(), "one by one", "a copy is left", "one file is left");
    INFO(variant);
    for (std::size_t made = 0; made <= all.size(); ++made) {
        const DebianFolder world;
        fill_with_files(world);
        if (variant == "a copy is left" && made <= 1) {
            io::Staging staging({}, world.layout.of(Kind::MODULE).enabled);
            REQUIRE(staging.prepare({}, {all.begin() + 1, all.end() - 1}).value() == Obstacle::NONE);
        }
        make(world, {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(made)});
        if (variant == "one file is left") {
            world.folder.add_file(ENABLED + ".00-mpm.conf.confgraph", "prefor");
        }
        world.leave_journal(word, all);
        INFO(made << " changes made");
        CHECK(recover(world, made % 2 == 0).value() == true);
        CHECK(differences(word == JournalWord::FORWARD ? after : before, world.content()) == Lines{});
        CHECK(recover(world).value() == false);
    }
}

TEST_CASE("a change of files is completed or taken back around an exchange") {
    const std::string variant =
        GENERATE(as<std::string>(), "exchanged", "exchanged, and one file of the old folder changed", "settled");
    INFO(variant);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const auto all = file_changes();
    const std::vector<Change> files(all.begin() + 1, all.end() - 1);
    const DebianFolder world;
    fill_with_files(world);
    make(world, {all.begin(), all.begin() + 1});
    io::Staging staging({}, world.layout.of(Kind::MODULE).enabled);
    REQUIRE(staging.prepare({}, files).value() == Obstacle::NONE);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    if (variant == "exchanged, and one file of the old folder changed") {
        REQUIRE(io::TextWriter({}, world.folder.at(COPY), false).apply(files[0]));
    }
    if (variant == "settled") {
        staging.settle(files);
    }
    world.leave_journal(word, all);
    CHECK(recover(world).value() == true);
    const Tree expected = tree_of_files(word == JournalWord::FORWARD ? all : std::vector<Change>());
    CHECK(differences(expected, world.content()) == Lines{});
    CHECK(recover(world).value() == false);
}

TEST_CASE("an undecided change of files leaves nothing") {
    const DebianFolder world;
    fill_with_files(world);
    const Tree before = world.content();
    const auto all = file_changes();
    {
        io::Staging staging({}, world.layout.of(Kind::MODULE).enabled);
        REQUIRE(staging.prepare({}, {all.begin() + 1, all.end() - 1}).value() == Obstacle::NONE);
    }
    world.leave_journal(JournalWord::PENDING, all);
    CHECK(recover(world).value() == true);
    CHECK(differences(before, world.content()) == Lines{});
}

TEST_CASE("a file that somebody else edited is left alone, and the journal with it") {
    const std::string variant = GENERATE(as<std::string>(), "a file says something else", "a file is a link",
                                         "a file that comes says something else", "both names", "neither name");
    INFO(variant);
    const JournalWord word = GENERATE(JournalWord::FORWARD, JournalWord::REVERSE);
    const DebianFolder world;
    fill_with_files(world);
    std::string path;
    if (variant == "a file says something else") {
        path = "00-mpm.conf";
        world.folder.add_file(ENABLED + path, "prefork\n#event\n# mine\n");
    }
    if (variant == "a file is a link") {
        path = "00-mpm.conf";
        world.folder.add_file("elsewhere", "#prefork\nevent\n");
        world.folder.erase(ENABLED + path);
        world.folder.add_link(ENABLED + path, world.folder.at("elsewhere"));
    }
    if (variant == "a file that comes says something else") {
        path = "10-new.conf";
        world.folder.add_file(ENABLED + path, "newer");
    }
    if (variant == "both names") {
        path = "on.conf";
        world.folder.add_file(ENABLED + path, "mine");
    }
    if (variant == "neither name") {
        path = word == JournalWord::FORWARD ? "on.conf" : "off.conf";
        world.folder.erase(ENABLED + "off.conf");
    }
    if (variant == "both names" && word == JournalWord::REVERSE) {
        path = "off.conf";
    }
    world.leave_journal(word, file_changes());
    const Tree before = world.tree();
    const auto recovered = recover(world);
    REQUIRE_FALSE(recovered);
    CHECK(recovered.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(recovered.error().path() == world.folder.at(ENABLED + path));
    CHECK(recovered.error().text() == world.folder.at(world.journal_name()));
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("a folder of words is never copied") {
    DebianFolder world;
    world.layout.of(Kind::MODULE).mechanism = core::Mechanism::WORDS;
    world.folder.add_file(ENABLED + "apache2", "M=\"a\"\n");
    world.folder.add_file(ENABLED + "network", "of others");
    // What lies there is none of its business.
    world.folder.add_link(COPY + "/a.load", "../mods-available/a.load");
    const std::vector<Change> all{file("apache2", "M=\"a\"\n", "M=\"a b\"\n"), file("second", {}, "x")};
    CHECK_FALSE(io::Changer(world.layout).needs_copy(all));
    world.leave_journal(GENERATE(JournalWord::FORWARD, JournalWord::PENDING), all);
    CHECK(recover(world).value() == true);
    CHECK(world.tree().contains(COPY + "/a.load"));
    CHECK(world.tree().at(ENABLED + "network") == "file of others");
}

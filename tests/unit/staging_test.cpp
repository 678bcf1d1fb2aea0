// SPDX-License-Identifier: Apache-2.0
#include "io/staging.hpp"

#include "support/catch.hpp"
#include "support/file_status.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using io::Staging;
using test::attribute;
using test::require;
using test::status_of;
using test::TemporaryFolder;
using Tree = std::map<std::string, std::string>;

namespace {

const std::string COPY = ".mods-enabled.confgraph";

Change link(const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::LINK, .kind = Kind::MODULE, .name = name, .before = before, .after = after};
}

/// A folder of enabled modules with two links, a file, and a link that leads nowhere.
class World {
public:
    World() {
        folder.add_link("mods-enabled/a.load", "../mods-available/a.load");
        folder.add_link("mods-enabled/b.load", "../mods-available/b.load");
        folder.add_link("mods-enabled/dangling", "no where");
        folder.add_file("mods-enabled/real.conf", "somebody's work");
    }

    [[nodiscard]] Staging staging() const { return Staging({}, folder.at("mods-enabled")); }
    [[nodiscard]] Result<Obstacle> prepare(Staging & staging) const {
        return staging.prepare(core::link_changes(changes));
    }
    [[nodiscard]] Obstacle obstacle() const {
        Staging staging({}, folder.at("mods-enabled"));
        const auto prepared = prepare(staging);
        REQUIRE(prepared);
        return prepared.value();
    }

    /// What is in the folder of a tree, without its path.
    [[nodiscard]] Tree in(const std::string & name) const { return folder.tree(name); }

    TemporaryFolder folder;
    std::vector<Change> changes = {link("a.load", "../mods-available/a.load", {}),
                                   link("c.load", {}, "../mods-available/c.load")};
    Tree before = {{"a.load", "link ../mods-available/a.load"},
                   {"b.load", "link ../mods-available/b.load"},
                   {"dangling", "link no where"},
                   {"real.conf", "file somebody's work"}};
    Tree after = {{"b.load", "link ../mods-available/b.load"},
                  {"c.load", "link ../mods-available/c.load"},
                  {"dangling", "link no where"},
                  {"real.conf", "file somebody's work"}};
};

}  // namespace

TEST_CASE("a copy is the folder with the changes") {
    const World world;
    Staging staging = world.staging();
    CHECK_FALSE(staging.is_taken());
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    CHECK(staging.path() == world.folder.at(COPY));
    CHECK(staging.sync_copy());
    CHECK(world.in("mods-enabled") == world.before);
    CHECK(world.in(COPY) == world.after);
    for (const std::string name : {"b.load", "dangling", "real.conf"}) {
        CHECK(status_of(world.folder.at(COPY + "/" + name)).st_ino ==
              status_of(world.folder.at("mods-enabled/" + name)).st_ino);
    }
    CHECK(staging.is_current());
    CHECK(staging.clean_up());
    CHECK(world.in("mods-enabled") == world.before);
    CHECK_FALSE(world.folder.tree().contains(COPY));
    CHECK(status_of(world.folder.at("mods-enabled/real.conf")).st_nlink == 1);
}

TEST_CASE("a copy belongs to whom the folder belongs") {
    const std::string variant = GENERATE(as<std::string>(), "without a list of its own", "with a list of its own");
    INFO(variant);
    const World world;
    const std::string enabled = world.folder.at("mods-enabled");
    if (::geteuid() == 0) {
        require(::chown(enabled.c_str(), 1234, 4321) == 0, "chown");
    }
    require(::chmod(enabled.c_str(), 02751) == 0, "chmod");
    // The folder above says what a new folder in it gets; the copy does not get it.
    const bool lists = ::setxattr(world.folder.path().c_str(), "system.posix_acl_default",
                                  "\x02\0\0\0\x01\0\7\0\xff\xff\xff\xff\x02\0\7\0\x11\x11\0\0\x04\0\5\0\xff\xff\xff\xff"
                                  "\x10\0\7\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff",
                                  44, 0) == 0;
    const bool words = ::setxattr(enabled.c_str(), "user.label", "a value", 7, 0) == 0;
    if (variant == "without a list of its own") {
    }
    if (variant == "with a list of its own") {
        if (lists) {
            require(::setxattr(enabled.c_str(), "system.posix_acl_access",
                               "\x02\0\0\0\x01\0\7\0\xff\xff\xff\xff\x02\0\5\0\x22\x22\0\0\x04\0\5\0\xff\xff\xff\xff"
                               "\x10\0\5\0\xff\xff\xff\xff\x20\0\1\0\xff\xff\xff\xff",
                               44, 0) == 0,
                    "setxattr");
        }
    }
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    const auto folder = status_of(enabled);
    const auto copy = status_of(staging.path());
    CHECK(copy.st_uid == folder.st_uid);
    CHECK(copy.st_gid == folder.st_gid);
    CHECK(copy.st_mode == folder.st_mode);
    CHECK((copy.st_mode & 02000U) != 0);
    for (const char * name : {"system.posix_acl_access", "system.posix_acl_default", "user.label"}) {
        INFO(name << " lists " << lists << " words " << words);
        CHECK(attribute(staging.path(), name) == attribute(enabled, name));
    }
    CHECK(staging.clean_up());
    CHECK_FALSE(world.folder.tree().contains(COPY));
}

TEST_CASE("the copy takes the folder's place and gives it back") {
    const World world;
    const auto inode = status_of(world.folder.at("mods-enabled")).st_ino;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    CHECK(staging.exchanged());
    CHECK(world.in("mods-enabled") == world.after);
    CHECK(world.in(COPY) == world.before);
    SECTION("taken back") {
        CHECK(staging.exchange_back());
        CHECK_FALSE(staging.exchanged());
        CHECK(world.in("mods-enabled") == world.before);
        CHECK(staging.clean_up());
        CHECK(world.in("mods-enabled") == world.before);
    }
    SECTION("settled: the folder is the one it was") {
        staging.settle(world.changes);
        CHECK(staging.sync());
        CHECK(world.in("mods-enabled") == world.after);
        CHECK(staging.clean_up());
        CHECK(world.in("mods-enabled") == world.after);
    }
    CHECK(status_of(world.folder.at("mods-enabled")).st_ino == inode);
    CHECK(status_of(world.folder.at("mods-enabled/real.conf")).st_nlink == 1);
    CHECK_FALSE(world.folder.tree().contains(COPY));
}

TEST_CASE("not settled, the copy keeps the place") {
    const World world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    // Somebody makes in the old folder what the change makes.
    world.folder.add_file(COPY + "/c.load", "in the way");
    staging.settle(world.changes);
    CHECK(staging.clean_up());
    CHECK(world.in("mods-enabled") == world.after);
    CHECK_FALSE(world.folder.tree().contains(COPY));
}

TEST_CASE("what comes into the folder meanwhile stays") {
    const std::string variant = GENERATE(as<std::string>(), "settled", "not settled", "taken back");
    INFO(variant);
    const World world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    world.folder.add_file("mods-enabled/after-copy.conf", "one");
    CHECK_FALSE(staging.is_current());
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    world.folder.add_file("mods-enabled/after-exchange.conf", "two");
    Tree expected = world.after;
    if (variant == "settled") {
        staging.settle(world.changes);
    }
    if (variant == "not settled") {
    }
    if (variant == "taken back") {
        CHECK(staging.exchange_back());
        expected = world.before;
    }
    CHECK(staging.clean_up());
    expected["after-copy.conf"] = "file one";
    CHECK(world.in("mods-enabled").at("after-copy.conf") == "file one");
    if (staging.exchanged()) {
        expected["after-exchange.conf"] = "file two";
        CHECK(world.in("mods-enabled") == expected);
        CHECK_FALSE(world.folder.tree().contains(COPY));
    }
}

TEST_CASE("a folder that changes while it is looked at is not current") {
    const std::string variant =
        GENERATE(as<std::string>(), "something comes", "something goes", "something else has its name");
    INFO(variant);
    const World world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    CHECK(staging.is_current());
    if (variant == "something comes") {
        world.folder.add_file("mods-enabled/new", {});
    }
    if (variant == "something goes") {
        world.folder.erase("mods-enabled/dangling");
    }
    if (variant == "something else has its name") {
        // Made before the other one goes, so that it is another inode.
        world.folder.add_link("new", "../mods-available/b.load");
        std::filesystem::rename(world.folder.at("new"), world.folder.at("mods-enabled/b.load"));
    }
    CHECK_FALSE(staging.is_current());
    CHECK(staging.clean_up());
}

TEST_CASE("a link that is not as planned stops the change") {
    const std::string variant = GENERATE(as<std::string>(), "one that shall go points elsewhere",
                                         "one that shall come is there", "one that shall go is a file");
    INFO(variant);
    World world;
    if (variant == "one that shall go points elsewhere") {
        world.changes[0].before = "elsewhere";
    }
    if (variant == "one that shall come is there") {
        world.changes.push_back(link("b.load", {}, "x"));
    }
    if (variant == "one that shall go is a file") {
        world.changes.push_back(link("real.conf", "x", {}));
    }
    Staging staging = world.staging();
    const auto prepared = world.prepare(staging);
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(prepared.error().path().starts_with(world.folder.at("mods-enabled/")));
    CHECK(prepared.error().not_undone().empty());
    CHECK(world.in("mods-enabled") == world.before);
    CHECK_FALSE(world.folder.tree().contains(COPY));
}

TEST_CASE("what cannot be copied is told, and nothing is left") {
    const std::string variant =
        GENERATE(as<std::string>(), "a folder in it", "the folder is a link", "a file in the copy's place",
                 "a folder in the copy's place", "a link in the copy's place", "a dangling link in the copy's place");
    INFO(variant);
    const World world;
    Tree before = world.folder.tree();
    Obstacle expected = Obstacle::NONE;
    if (variant == "a folder in it") {
        world.folder.add_file("mods-enabled/sub/file", "x");
        expected = Obstacle::SUBFOLDER;
    }
    if (variant == "the folder is a link") {
        std::filesystem::rename(world.folder.at("mods-enabled"), world.folder.at("elsewhere"));
        world.folder.add_link("mods-enabled", "elsewhere");
        expected = Obstacle::SYMBOLIC_LINK;
    }
    if (variant == "a file in the copy's place") {
        world.folder.add_file(COPY, "somebody's work");
        expected = Obstacle::NAME_TAKEN;
    }
    if (variant == "a folder in the copy's place") {
        world.folder.add_file(COPY + "/file", "somebody's work");
        expected = Obstacle::NAME_TAKEN;
    }
    if (variant == "a link in the copy's place") {
        world.folder.add_file("victim/file", "somebody's work");
        world.folder.add_link(COPY, "victim");
        expected = Obstacle::NAME_TAKEN;
    }
    if (variant == "a dangling link in the copy's place") {
        world.folder.add_link(COPY, "nowhere");
        expected = Obstacle::NAME_TAKEN;
    }
    before = world.folder.tree();
    CHECK(world.obstacle() == expected);
    CHECK(world.folder.tree() == before);
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging));
    CHECK(staging.clean_up());
    CHECK(world.folder.tree() == before);
    CHECK(status_of(world.folder.at("mods-enabled/real.conf")).st_nlink == 1);
}

TEST_CASE("no folder can be made beside it") {
    // Nobody makes anything here, not even root.
    Staging staging({}, "/sys/devices/virtual");
    const auto prepared = staging.prepare({});
    REQUIRE(prepared);
    CHECK(prepared.value() == Obstacle::PARENT);
    CHECK(staging.clean_up());
}

TEST_CASE("what is mounted stays where it is") {
    Staging staging({}, "/proc");
    const auto prepared = staging.prepare({});
    REQUIRE(prepared);
    CHECK(prepared.value() == Obstacle::MOUNT_POINT);
}

TEST_CASE("a folder that is missing, or none, is an error") {
    const World world;
    struct Sample {
        std::string path;
        int error;
    };
    for (const Sample & sample :
         {Sample{"nothing", ENOENT}, Sample{"nothing/below", ENOENT}, Sample{"mods-enabled/real.conf", ENOTDIR},
          Sample{"mods-enabled/real.conf/x", ENOTDIR}}) {
        Staging staging({}, world.folder.at(sample.path));
        const auto prepared = staging.prepare({});
        INFO(sample.path);
        REQUIRE_FALSE(prepared);
        CHECK(prepared.error().code() == ErrorCode::CANNOT_STAGE);
        CHECK(prepared.error().system_error() == sample.error);
    }
}

TEST_CASE("the path of the folder can be written in many ways") {
    const World world;
    const test::WorkingDirectory inside(world.folder.path());
    world.folder.add_link("way", ".");
    const std::vector<std::string> paths = {"mods-enabled", "./mods-enabled/", "mods-enabled//", "way/mods-enabled",
                                            world.folder.at("mods-enabled/../mods-enabled///")};
    for (const std::string & path : paths) {
        Staging staging({}, path);
        INFO(path);
        REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
        CHECK(world.in(COPY) == world.after);
        CHECK(staging.clean_up());
        CHECK(world.in("mods-enabled") == world.before);
    }
    // A name that does not say which folder it is in.
    for (const char * path : {"mods-enabled/.", "mods-enabled/..", ".", "..", "/", ""}) {
        Staging staging({}, path);
        INFO(path);
        const auto prepared = staging.prepare({});
        CHECK((!prepared || prepared.value() != Obstacle::NONE));
    }
    CHECK(world.in("mods-enabled") == world.before);
}

TEST_CASE("a copy that was left behind is removed") {
    const World world;
    {
        Staging staging = world.staging();
        REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    }
    REQUIRE(world.folder.tree().contains(COPY));
    Staging later = world.staging();
    // Not its own.
    CHECK(later.clean_up());
    REQUIRE(world.folder.tree().contains(COPY));
    SECTION("after a journal") { CHECK(later.clean_up_leftover()); }
    SECTION("where there is no journal") { CHECK_FALSE(later.is_taken()); }
    CHECK_FALSE(world.folder.tree().contains(COPY));
    CHECK(later.clean_up_leftover());
    CHECK_FALSE(later.is_taken());
    CHECK(world.in("mods-enabled") == world.before);
    CHECK(status_of(world.folder.at("mods-enabled/real.conf")).st_nlink == 1);
}

TEST_CASE("what is no copy is not removed as one") {
    const std::string variant = GENERATE(
        as<std::string>(), "a file", "a link to a folder", "a folder with a file that is nowhere else",
        "a folder with another file of the same name", "a folder with a folder in it", "somebody else's folder");
    INFO(variant);
    const World world;
    if (variant == "a file") {
        world.folder.add_file(COPY, "somebody's work");
    }
    if (variant == "a link to a folder") {
        world.folder.add_file("victim/file", "somebody's work");
        world.folder.add_link(COPY, "victim");
    }
    if (variant == "a folder with a file that is nowhere else") {
        world.folder.add_file(COPY + "/file", "somebody's work");
    }
    if (variant == "a folder with another file of the same name") {
        world.folder.add_file(COPY + "/real.conf", "somebody's other work");
    }
    if (variant == "a folder with a folder in it") {
        world.folder.add_folder(COPY + "/sub");
    }
    if (variant == "somebody else's folder") {
        world.folder.add_link(COPY + "/link", "x");
        REQUIRE(::geteuid() == 0);
        require(::chown(world.folder.at(COPY).c_str(), 1234, 1234) == 0, "chown");
    }
    const Tree before = world.folder.tree();
    Staging staging = world.staging();
    CHECK(staging.is_taken());
    CHECK(staging.clean_up_leftover());
    CHECK(staging.clean_up());
    CHECK(world.folder.tree() == before);
}

TEST_CASE("what is replaced while the copy has the place stays") {
    const World world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    world.folder.add_file("new", "edited");
    std::filesystem::rename(world.folder.at("new"), world.folder.at("mods-enabled/real.conf"));
    if (GENERATE(true, false)) {
        staging.settle(world.changes);
    }
    CHECK(staging.clean_up());
    CHECK_FALSE(world.folder.tree().contains(COPY));
    CHECK(world.in("mods-enabled").at("real.conf") == "file edited");
}

TEST_CASE("what comes while the copy has the place stays when it is taken back") {
    const World world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    world.folder.add_file("mods-enabled/new.conf", "somebody's work");
    CHECK(staging.exchange_back());
    CHECK(staging.clean_up());
    CHECK(world.in("mods-enabled").count("new.conf") == 1);
}

namespace {

Change file(const std::string & name, const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::TEXT, .kind = Kind::MODULE, .name = name, .before = before, .after = after};
}

/// A folder of files with lines, one of which belongs to somebody, and changes of each sort.
class FileWorld {
public:
    FileWorld() {
        folder.add_file("lines/00-mpm.conf", "#prefork\nevent\n");
        folder.add_file("lines/01-gone.conf", "gone");
        folder.add_file("lines/old.conf", "renamed");
        folder.add_file("lines/other.conf", "somebody's work");
        if (::geteuid() == 0) {
            require(::chown(folder.at("lines/00-mpm.conf").c_str(), 1234, 4321) == 0, "chown");
        }
        require(::chmod(folder.at("lines/00-mpm.conf").c_str(), 0640) == 0, "chmod");
    }

    [[nodiscard]] Staging staging() const { return Staging({}, folder.at("lines")); }
    [[nodiscard]] Result<Obstacle> prepare(Staging & staging) const { return staging.prepare({}, changes); }
    [[nodiscard]] Tree in(const std::string & name) const { return folder.tree(name); }

    TemporaryFolder folder;
    std::vector<Change> changes = {
        file("00-mpm.conf", "#prefork\nevent\n", "prefork\n#event\n"), file("01-gone.conf", "gone", {}),
        file("10-new.conf", {}, "new"),
        Change{.code = ChangeCode::RENAME, .kind = Kind::MODULE, .name = "new.conf", .replaced = "old.conf"}};
    Tree before = {{"00-mpm.conf", "file #prefork\nevent\n"},
                   {"01-gone.conf", "file gone"},
                   {"old.conf", "file renamed"},
                   {"other.conf", "file somebody's work"}};
    Tree after = {{"00-mpm.conf", "file prefork\n#event\n"},
                  {"10-new.conf", "file new"},
                  {"new.conf", "file renamed"},
                  {"other.conf", "file somebody's work"}};
};

const std::string LINES_COPY = ".lines.confgraph";

}  // namespace

TEST_CASE("files that change are new in the copy, and all others are the same") {
    const FileWorld world;
    const auto folder_inode = status_of(world.folder.at("lines")).st_ino;
    const auto other = status_of(world.folder.at("lines/other.conf"));
    const auto renamed = status_of(world.folder.at("lines/old.conf"));
    const auto mpm = status_of(world.folder.at("lines/00-mpm.conf"));
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    CHECK(world.in("lines") == world.before);
    CHECK(world.in(LINES_COPY) == world.after);
    CHECK(staging.sync_copy());
    CHECK(staging.is_current());
    const auto copied = status_of(world.folder.at(LINES_COPY + "/00-mpm.conf"));
    CHECK(copied.st_mode == mpm.st_mode);
    CHECK(copied.st_uid == mpm.st_uid);
    CHECK(copied.st_gid == mpm.st_gid);
    REQUIRE(staging.exchange().value() == Obstacle::NONE);
    CHECK(world.in("lines") == world.after);
    CHECK(world.in(LINES_COPY) == world.before);
    Tree expected = world.after;
    SECTION("settled") {
        staging.settle(world.changes);
        CHECK(staging.sync());
    }
    SECTION("taken back") {
        CHECK(staging.exchange_back());
        expected = world.before;
        CHECK(status_of(world.folder.at("lines/00-mpm.conf")).st_ino == mpm.st_ino);
        CHECK(status_of(world.folder.at("lines/00-mpm.conf")).st_mtim.tv_nsec == mpm.st_mtim.tv_nsec);
    }
    CHECK(staging.clean_up());
    CHECK(world.in("lines") == expected);
    CHECK_FALSE(world.folder.tree().contains(LINES_COPY));
    CHECK(status_of(world.folder.at("lines")).st_ino == folder_inode);
    const auto other_now = status_of(world.folder.at("lines/other.conf"));
    CHECK(other_now.st_ino == other.st_ino);
    CHECK(other_now.st_nlink == 1);
    CHECK(other_now.st_mtim.tv_nsec == other.st_mtim.tv_nsec);
    const auto renamed_now = status_of(world.folder.at(expected == world.after ? "lines/new.conf" : "lines/old.conf"));
    CHECK(renamed_now.st_ino == renamed.st_ino);
    CHECK(status_of(world.folder.at("lines/00-mpm.conf")).st_nlink == 1);
}

TEST_CASE("a file that is not as planned stops the change") {
    const std::string variant =
        GENERATE(as<std::string>(), "it says something else", "it is a link", "it is gone",
                 "one that shall come is there", "the new name is taken", "the one with the old name is gone");
    INFO(variant);
    const FileWorld world;
    if (variant == "it says something else") {
        world.folder.add_file("lines/00-mpm.conf", "#prefork\nworker\n");
    }
    if (variant == "it is a link") {
        std::filesystem::rename(world.folder.at("lines/00-mpm.conf"), world.folder.at("mpm"));
        world.folder.add_link("lines/00-mpm.conf", "../mpm");
    }
    if (variant == "it is gone") {
        world.folder.erase("lines/01-gone.conf");
    }
    if (variant == "one that shall come is there") {
        world.folder.add_file("lines/10-new.conf", "new");
    }
    if (variant == "the new name is taken") {
        world.folder.add_file("lines/new.conf", "work");
    }
    if (variant == "the one with the old name is gone") {
        world.folder.erase("lines/old.conf");
    }
    const Tree before = world.folder.tree();
    Staging staging = world.staging();
    const auto prepared = world.prepare(staging);
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(prepared.error().path().starts_with(world.folder.at("lines/")));
    CHECK(world.folder.tree() == before);
}

TEST_CASE("a file that somebody edits after it was copied stops the exchange") {
    const std::string variant = GENERATE(as<std::string>(), "in place", "by another file", "by removing it");
    INFO(variant);
    const FileWorld world;
    Staging staging = world.staging();
    REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
    if (variant == "in place") {
        world.folder.add_file("lines/00-mpm.conf", "#prefork\nevent\n# a remark\n");
    }
    if (variant == "by another file") {
        world.folder.add_file("edited", "#prefork\nevent\n");
        std::filesystem::rename(world.folder.at("edited"), world.folder.at("lines/00-mpm.conf"));
    }
    if (variant == "by removing it") {
        world.folder.erase("lines/01-gone.conf");
    }
    const Tree edited = world.in("lines");
    CHECK_FALSE(staging.is_current());
    const auto exchanged = staging.exchange();
    REQUIRE_FALSE(exchanged);
    CHECK(exchanged.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(staging.clean_up());
    CHECK(world.in("lines") == edited);
    CHECK_FALSE(world.folder.tree().contains(LINES_COPY));
}

TEST_CASE("a copy with files that was left is removed where the changes are known") {
    const std::string variant = GENERATE(as<std::string>(), "whole", "unfinished", "in the folder's place",
                                         "being settled", "with somebody's work");
    INFO(variant);
    const FileWorld world;
    {
        Staging staging = world.staging();
        REQUIRE(world.prepare(staging).value() == Obstacle::NONE);
        if (variant == "in the folder's place" || variant == "being settled") {
            REQUIRE(staging.exchange().value() == Obstacle::NONE);
        }
    }
    if (variant == "unfinished") {
        world.folder.add_file(LINES_COPY + "/10-new.conf", "n");
        world.folder.erase(LINES_COPY + "/other.conf");
    }
    if (variant == "being settled") {
        std::filesystem::create_hard_link(world.folder.at("lines/10-new.conf"),
                                          world.folder.at(LINES_COPY + "/.10-new.conf.confgraph"));
    }
    if (variant == "with somebody's work") {
        world.folder.add_file(LINES_COPY + "/10-new.conf", "newer");
    }
    const bool stays = variant == "with somebody's work";
    const Tree enabled = world.in("lines");
    // Without the changes, a file that is nowhere else may be somebody's work.
    CHECK(world.staging().is_taken());
    CHECK(world.staging().clean_up_leftover(world.changes));
    CHECK(world.folder.tree().contains(LINES_COPY) == stays);
    CHECK(world.in("lines") == enabled);
}

// SPDX-License-Identifier: Apache-2.0
#include "io/text_writer.hpp"

#include "core/text_edit.hpp"
#include "support/catch.hpp"
#include "support/file_status.hpp"
#include "support/writer_case.hpp"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <string>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using io::TextWriter;
using test::attribute;
using test::require;
using test::said;
using test::status_of;
using test::TemporaryFolder;
using test::WriterCase;
using Tree = std::map<std::string, std::string>;

namespace {

const std::string TEMPORARY = ".a.conf.confgraph";

Change text(const core::Image & before, const core::Image & after) {
    return {.code = ChangeCode::TEXT, .kind = Kind::MODULE, .name = "a.conf", .before = before, .after = after};
}
/// "a.conf" gets the name "b.conf".
const Change RENAME{.code = ChangeCode::RENAME, .kind = Kind::CONF, .name = "b.conf", .replaced = "a.conf"};

void check(const WriterCase & sample) {
    test::check(sample, [](const std::string & path) { return TextWriter({}, path, true); });
}

/// A file with an owner, a mode, an access control list and a label of its own, as far as this user can make one.
void adorn(const std::string & path) {
    if (::geteuid() == 0) {
        require(::chown(path.c_str(), 1234, 4321) == 0, "chown");
    }
    require(::chmod(path.c_str(), 0640) == 0, "chmod");
    // Not every file system has these; where it has not, both sides have none.
    static_cast<void>(::setxattr(path.c_str(), "user.label", "a value", 7, 0));
    static_cast<void>(::setxattr(path.c_str(), "system.posix_acl_access",
                                 "\x02\0\0\0\x01\0\6\0\xff\xff\xff\xff\x02\0\4\0\x22\x22\0\0\x04\0\4\0\xff\xff\xff\xff"
                                 "\x10\0\4\0\xff\xff\xff\xff\x20\0\0\0\xff\xff\xff\xff",
                                 44, 0));
    const std::array<timespec, 2> times = {timespec{1000000000, 0}, timespec{1234567890, 123456789}};
    require(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0, "utimensat");
}

/// All of a file that is not what it says, apart from its times.
std::vector<std::string> likeness(const std::string & path) {
    const auto status = status_of(path);
    return {std::to_string(status.st_uid), std::to_string(status.st_gid), std::to_string(status.st_mode),
            attribute(path, "user.label"), attribute(path, "system.posix_acl_access")};
}

}  // namespace

TEST_CASE("a file comes, goes, and says something else") {
    const Change comes = text({}, "x");
    const Change goes = text("x", {});
    const Change turns = text("x", "y");
    const Tree none{{"other.conf", "file other"}};
    const auto with = [&](const std::string & what) {
        Tree tree = none;
        tree["a.conf"] = what;
        return tree;
    };
    const Tree x = with("file x");
    const Tree y = with("file y");
    const Tree empty = with("file ");
    const Tree link = with("link other.conf");
    const Tree sub = with("folder");
    const std::string stranger = "CHANGED_MEANWHILE a.conf";
    for (const WriterCase & sample :
         std::vector<WriterCase>{{"comes", none, comes, "changed", x},
                                 {"comes again", x, comes, "nothing", x},
                                 {"comes over another", y, comes, stranger, y},
                                 {"comes over a link", link, comes, stranger, link},
                                 {"comes over a folder", sub, comes, stranger, sub},
                                 {"comes empty", none, text({}, ""), "changed", empty},
                                 {"goes", x, goes, "changed", none},
                                 {"goes again", none, goes, "nothing", none},
                                 {"another goes", y, goes, stranger, y},
                                 {"a link goes", link, goes, stranger, link},
                                 {"a folder goes", sub, goes, stranger, sub},
                                 {"an empty one goes", empty, text("", {}), "changed", none},
                                 {"turns", x, turns, "changed", y},
                                 {"turns again", y, turns, "nothing", y},
                                 {"turns empty", x, text("x", ""), "changed", empty},
                                 {"nothing turns", none, turns, stranger, none},
                                 {"another turns", empty, turns, stranger, empty},
                                 {"a link turns", link, turns, stranger, link},
                                 {"a folder turns", sub, turns, stranger, sub}}) {
        check(sample);
    }
}

TEST_CASE("a link to a file that says the right thing is no such file") {
    check({"turns",
           {{"a.conf", "link b.conf"}, {"b.conf", "file x"}},
           text("x", "y"),
           "CHANGED_MEANWHILE a.conf",
           {{"a.conf", "link b.conf"}, {"b.conf", "file x"}}});
    check({"done",
           {{"a.conf", "link b.conf"}, {"b.conf", "file y"}},
           text("x", "y"),
           "CHANGED_MEANWHILE a.conf",
           {{"a.conf", "link b.conf"}, {"b.conf", "file y"}}});
}

TEST_CASE("a file gets another name") {
    const Tree before{{"a.conf", "file x"}, {"c.conf", "file z"}};
    const Tree after{{"b.conf", "file x"}, {"c.conf", "file z"}};
    const Tree both{{"a.conf", "file x"}, {"b.conf", "file y"}};
    const Tree neither{{"c.conf", "file z"}};
    const Tree link{{"a.conf", "link c.conf"}, {"c.conf", "file z"}};
    const Tree link_after{{"b.conf", "link c.conf"}, {"c.conf", "file z"}};
    const Tree sub{{"a.conf", "folder"}};
    const std::string stranger = "CHANGED_MEANWHILE b.conf";
    const Change back = core::reversed(RENAME);
    for (const WriterCase & sample : std::vector<WriterCase>{{"whole", before, RENAME, "changed", after},
                                                             {"done", after, RENAME, "nothing", after},
                                                             {"back", after, back, "changed", before},
                                                             {"back, done", before, back, "nothing", before},
                                                             {"a link", link, RENAME, "changed", link_after},
                                                             {"both", both, RENAME, stranger, both},
                                                             {"neither", neither, RENAME, stranger, neither},
                                                             {"a folder", sub, RENAME, stranger, sub}}) {
        check(sample);
    }
}

TEST_CASE("a new text changes nothing else of a file") {
    const TemporaryFolder folder;
    folder.add_file("a.conf", "x");
    folder.add_file("other.conf", "z");
    const std::string path = folder.at("a.conf");
    adorn(path);
    const auto before = likeness(path);
    const auto other = status_of(folder.at("other.conf"));
    TextWriter writer({}, folder.path(), true);
    REQUIRE(writer.apply(text("x", "y")).value() == true);
    CHECK(folder.tree() == Tree{{"a.conf", "file y"}, {"other.conf", "file z"}});
    CHECK(likeness(path) == before);
    CHECK(status_of(path).st_mtim.tv_sec != 1234567890);
    const auto other_now = status_of(folder.at("other.conf"));
    CHECK(other_now.st_ino == other.st_ino);
    CHECK(other_now.st_ctim.tv_nsec == other.st_ctim.tv_nsec);
    CHECK(writer.sync());
}

TEST_CASE("what is taken back is what it was, times included") {
    const std::string variant =
        GENERATE(as<std::string>(), "replaced", "removed", "replaced twice", "by somebody else");
    INFO(variant);
    const TemporaryFolder folder;
    folder.add_file("a.conf", "x");
    const std::string path = folder.at("a.conf");
    adorn(path);
    const auto before = likeness(path);
    TextWriter writer({}, folder.path(), true);
    Change change = text("x", "y");
    if (variant == "replaced") {
        REQUIRE(writer.apply(change).value() == true);
    }
    if (variant == "removed") {
        change = text("x", {});
        REQUIRE(writer.apply(change).value() == true);
        CHECK(folder.tree() == Tree());
    }
    if (variant == "replaced twice") {
        REQUIRE(writer.apply(change).value() == true);
        REQUIRE(writer.apply(text("y", "z")).value() == true);
        change = text("x", "z");
    }
    if (variant == "by somebody else") {
        // Another process took back what a first one did: it knows of the file what is there.
        REQUIRE(TextWriter({}, folder.path(), true).apply(change).value() == true);
    }
    REQUIRE(writer.apply(core::reversed(change)).value() == true);
    CHECK(folder.tree() == Tree{{"a.conf", "file x"}});
    CHECK(likeness(path) == before);
    const bool same_time = status_of(path).st_mtim.tv_sec == 1234567890 && status_of(path).st_mtim.tv_nsec == 123456789;
    CHECK(same_time == (variant != "by somebody else"));
}

TEST_CASE("other names of a file keep standing for the old one") {
    const TemporaryFolder folder;
    folder.add_file("a.conf", "x");
    std::filesystem::create_hard_link(folder.at("a.conf"), folder.at("b.conf"));
    CHECK(TextWriter({}, folder.path(), true).apply(text("x", "y")).value() == true);
    CHECK(folder.tree() == Tree{{"a.conf", "file y"}, {"b.conf", "file x"}});
    CHECK(status_of(folder.at("b.conf")).st_nlink == 1);
}

TEST_CASE("a new file can be read by everybody") {
    const TemporaryFolder folder;
    const auto mask = ::umask(077);
    const auto applied = TextWriter({}, folder.path(), false).apply(text({}, "x"));
    ::umask(mask);
    CHECK(applied.value() == true);
    CHECK((status_of(folder.at("a.conf")).st_mode & 07777U) == 0644);
}

TEST_CASE("a file that is too large to be edited is somebody else's work") {
    const TemporaryFolder folder;
    const std::string most(core::MAX_TEXT_BYTES, 'x');
    folder.add_file("a.conf", most);
    TextWriter writer({}, folder.path(), false);
    CHECK(said(writer.apply(text(most, "y")), folder.path()) == "changed");
    folder.add_file("a.conf", most + "x");
    CHECK(said(writer.apply(text(most + "x", "y")), folder.path()) == "CHANGED_MEANWHILE a.conf");
}

TEST_CASE("somebody else's temporary file stops a change, and stays") {
    for (const std::string what : {"link z", "file work", "folder"}) {
        const Tree before{{"a.conf", "file x"}, {TEMPORARY, what}};
        check({what, before, text("x", "y"), "CANNOT_WRITE_FILE " + TEMPORARY, before});
        const Tree single{{TEMPORARY, what}};
        check({what, single, text({}, "y"), "CANNOT_WRITE_FILE " + TEMPORARY, single});
        // This needs none.
        check({what, before, text("x", {}), "changed", single});
        const TemporaryFolder folder;
        folder.add_tree(before);
        CHECK(TextWriter({}, folder.path(), false).clean_up(text("x", "y")));
        CHECK(folder.tree() == before);
    }
}

TEST_CASE("what an interrupted change left is removed") {
    const Change change = text("some old words", "some new words");
    for (const std::string left : {"", "some ", "some new words", "some old w", "some new words, and more"}) {
        const TemporaryFolder folder;
        folder.add_tree({{"a.conf", "file some old words"}, {TEMPORARY, "file " + left}});
        CHECK(TextWriter({}, folder.path(), false).clean_up(change));
        INFO(left);
        CHECK(folder.tree().contains(TEMPORARY) == (left.size() > 14));
    }
    const TemporaryFolder folder;
    // A part that never reached the disk.
    folder.add_tree({{TEMPORARY, "file some" + std::string(6, '\0')}});
    CHECK(TextWriter({}, folder.path(), false).clean_up(change));
    CHECK(folder.tree() == Tree());
    CHECK(TextWriter({}, folder.path(), false).clean_up(change));
    CHECK(TextWriter({}, folder.path(), false).clean_up(RENAME));
}

TEST_CASE("what a change has come to can be told") {
    using State = TextWriter::State;
    const TemporaryFolder folder;
    TextWriter writer({}, folder.path(), false);
    const auto state = [&](const Change & change) { return writer.state(change).value(); };
    const Change comes = text({}, "x");
    CHECK(state(comes) == State::BEFORE);
    CHECK(state(RENAME) == State::NEITHER);
    folder.add_file("a.conf", "x");
    CHECK(state(comes) == State::AFTER);
    CHECK(state(text("x", "y")) == State::BEFORE);
    CHECK(state(text("z", "y")) == State::NEITHER);
    CHECK(state(RENAME) == State::BEFORE);
    CHECK(state(core::reversed(RENAME)) == State::AFTER);
    folder.add_folder("b.conf");
    CHECK(state(RENAME) == State::NEITHER);
    folder.erase("a.conf");
    folder.add_link("a.conf", "x");
    CHECK(state(comes) == State::NEITHER);
}

TEST_CASE("a folder that is missing is an error") {
    const TemporaryFolder folder;
    for (const Change & change : {text("x", "y"), RENAME}) {
        TextWriter writer({}, folder.at("nothing"), false);
        CHECK(said(writer.apply(change), folder.path()) == "CANNOT_READ nothing");
        CHECK_FALSE(writer.state(change));
        CHECK(writer.sync());
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "io/journal_view.hpp"

#include "io/changer.hpp"
#include "io/journal_file.hpp"
#include "io/posix_file_system.hpp"
#include "io/recovery.hpp"
#include "io/scan.hpp"
#include "support/catch.hpp"
#include "support/debian_folder.hpp"
#include "support/names.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using core::Change;
using core::ChangeCode;
using core::JournalWord;
using test::DebianFolder;
using Lines = std::vector<std::string>;

namespace {

constexpr std::array<Kind, 3> KINDS = {Kind::MODULE, Kind::CONF, Kind::SITE};
constexpr std::array<const char *, 3> FOLDERS = {"mods", "conf", "sites"};
constexpr std::array<const char *, 3> TEXTS = {"00-lines", "10-lines.txt", "odd words"};
constexpr std::array<const char *, 2> RENAMED = {"x", "y z"};
constexpr std::array<const char *, 6> NAMES = {"a", "b", "c", "d", "e", "odd name"};

std::string file_name(Kind kind, const std::string & name) { return name + std::string(suffix(kind)); }

std::string target_of(Kind kind, const std::string & name) {
    return std::string("../") + FOLDERS[static_cast<std::size_t>(kind)] + "-available/" + file_name(kind, name);
}

/// A tree, and a change of it that was interrupted; all of it at random.
class World {
public:
    explicit World(unsigned seed) : random_(seed) {
        for (const Kind kind : KINDS) {
            for (const std::string name : NAMES) {
                if (pick(5) > 0) {
                    debian.add_entry(kind, name, "# Depends: b\n");
                }
                plan_link(kind, name);
                for (std::size_t number = 0; number < core::MARKER_FOLDERS.size(); ++number) {
                    plan_marker(kind, name, number);
                }
            }
            for (const std::string name : TEXTS) {
                plan_text(kind, name);
            }
            for (const std::string name : RENAMED) {
                plan_rename(kind, name);
            }
        }
        std::shuffle(changes.begin(), changes.end(), random_);
        word = std::array{JournalWord::FORWARD, JournalWord::REVERSE, JournalWord::PENDING}[pick(3)];
        if (word != JournalWord::PENDING) {
            io::Changer changer(debian.layout);
            std::vector<Change> made;
            std::copy_if(changes.begin(), changes.end(), std::back_inserter(made),
                         [&](const Change &) { return pick(2) == 0; });
            REQUIRE(changer.make(made));
        }
        debian.leave_journal(word, changes);
    }

    DebianFolder debian;
    std::vector<Change> changes;
    JournalWord word{};

private:
    std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random_() % count); }

    core::Image image(Kind kind, const std::string & name) {
        switch (pick(4)) {
            case 0:
                return {};
            case 1:
                return "/no/where";
            case 2:
                return target_of(kind, "a");
            default:
                return target_of(kind, name);
        }
    }

    void plan_link(Kind kind, const std::string & name) {
        Change change{.code = ChangeCode::LINK, .kind = kind, .name = file_name(kind, name)};
        change.before = image(kind, name);
        change.after = pick(2) == 0 ? change.before : image(kind, name);
        if (change.before) {
            debian.folder.add_link(
                std::string("conf/") + FOLDERS[static_cast<std::size_t>(kind)] + "-enabled/" + change.name,
                *change.before);
        }
        if (change.before != change.after) {
            changes.push_back(change);
        }
    }

    static std::string place(Kind kind, const std::string & name) {
        return std::string("conf/") + FOLDERS[static_cast<std::size_t>(kind)] + "-enabled/" + name;
    }

    core::Image words() {
        const std::array<core::Image, 4> images = {core::Image(), std::string(), std::string("a line\n"),
                                                   std::string(2000, 'x')};
        return images[pick(images.size())];
    }

    void plan_text(Kind kind, const std::string & name) {
        Change change{.code = ChangeCode::TEXT, .kind = kind, .name = name, .before = words(), .after = words()};
        if (change.before) {
            debian.folder.add_file(place(kind, name), *change.before);
        }
        if (change.before != change.after) {
            changes.push_back(change);
        }
    }

    void plan_rename(Kind kind, const std::string & name) {
        Change change{.code = ChangeCode::RENAME, .kind = kind, .name = name, .replaced = name + ".disabled"};
        change = pick(2) == 0 ? change : core::reversed(change);
        if (pick(4) == 0) {
            debian.folder.add_link(place(kind, change.replaced), pick(2) == 0 ? "/no/where" : "../x");
        } else {
            debian.folder.add_file(place(kind, change.replaced), "words of " + name);
        }
        changes.push_back(change);
    }

    void plan_marker(Kind kind, const std::string & name, std::size_t number) {
        Change change{.code = ChangeCode::MARKER, .kind = kind, .name = name, .marker = number};
        const bool there = pick(3) == 0;
        if (there) {
            debian.add_marker(kind, core::MARKER_FOLDERS[number], name);
        }
        if (pick(3) == 0) {
            (there ? change.before : change.after) = std::string();
            changes.push_back(change);
        }
    }

    std::mt19937 random_;
};

std::string said(const io::IoResult<io::FileInfo> & info) {
    return info ? std::to_string(static_cast<int>(info.value().type)) : "errno " + std::to_string(info.error().value);
}
std::string size_of(const io::IoResult<io::FileInfo> & info) {
    return info && info.value().type == io::FileType::REGULAR ? std::to_string(info.value().size) : "no size";
}
std::string said(const io::IoResult<std::string> & text) {
    return text ? text.value() : "errno " + std::to_string(text.error().value);
}

/// All that is read of a configuration, file by file.
Lines answers(const io::FileReader & files, const core::Layout & layout) {
    Lines lines;
    const auto ask = [&](const std::string & path) {
        std::string content;
        const auto read = files.read(path, 100, [&](std::string_view piece) {
            content.append(piece);
            return true;
        });
        lines.push_back(path + ": " + said(files.info(path)) + ", " + said(files.link_info(path)) + ", " +
                        size_of(files.info(path)) + ", " + said(files.read_link(path)) + ", " +
                        said(files.canonical_path(path)) + ", " +
                        (read ? content : "errno " + std::to_string(read.error().value)));
    };
    // Of a marker only whether it is there counts.
    const auto ask_marker = [&](const std::string & path) {
        lines.push_back(path + ": " + said(files.info(path)) + ", " + said(files.link_info(path)));
    };
    const auto list = [&](const std::string & folder) {
        const auto listed = files.list(folder);
        Lines names = listed ? listed.value() : Lines();
        std::sort(names.begin(), names.end());
        for (const std::string & name : names) {
            lines.push_back(folder + " has " + name);
        }
    };
    for (const Kind kind : KINDS) {
        list(layout.of(kind).enabled);
        for (const std::string name : NAMES) {
            ask(layout.of(kind).enabled + "/" + file_name(kind, name));
            ask(layout.of(kind).available + "/" + file_name(kind, name));
        }
        for (const std::string name : TEXTS) {
            ask(layout.of(kind).enabled + "/" + name);
        }
        for (const std::string name : RENAMED) {
            ask(layout.of(kind).enabled + "/" + name);
            ask(layout.of(kind).enabled + "/" + name + ".disabled");
        }
        for (const std::string_view marker : core::MARKER_FOLDERS) {
            const std::string folder = layout.of(kind).markers + "/" + std::string(marker);
            list(folder);
            for (const std::string name : NAMES) {
                ask_marker(folder + "/" + name);
            }
        }
    }
    lines.push_back(said(files.working_directory()));
    return lines;
}

/// What a catalog says of each entry.
Lines entries(const core::Catalog & catalog) {
    Lines lines;
    for (const core::Entry & entry : catalog.entries) {
        lines.push_back(std::string(word(entry.kind)) + " " + entry.name + " " + (entry.available ? "available " : "") +
                        test::name_of(entry.link) + " " + entry.link_target + " " + std::to_string(entry.markers));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

core::Catalog read(const DebianFolder & world) {
    const auto scan = [&](const io::FileReader & files) { return io::scan_all(files, world.layout); };
    auto catalog = io::read_consistently(io::PosixFileSystem(), world.layout, scan);
    REQUIRE(catalog);
    return std::move(catalog).value();
}

}  // namespace

TEST_CASE("what is read through a journal is what is there after the recovery") {
    const io::PosixFileSystem files;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        const World world(seed);
        INFO("seed " << seed << ", word " << core::text_of(world.word));
        const core::Layout & layout = world.debian.layout;
        const auto found = io::read_journal(files, layout);
        REQUIRE(found);
        REQUIRE(found.value().journal);
        const Lines before = answers(io::JournalView(files, layout, *found.value().journal), layout);
        const core::Catalog catalog = read(world.debian);
        CHECK(catalog.journal == JournalState::UNFINISHED);
        const auto tree = world.debian.tree();
        REQUIRE(io::recover(files, layout, false).value() == true);
        const Lines now = answers(files, layout);
        const auto different = std::mismatch(before.begin(), before.end(), now.begin(), now.end());
        INFO("through the journal " << (different.first == before.end() ? "the end" : *different.first));
        INFO("after the recovery  " << (different.second == now.end() ? "the end" : *different.second));
        REQUIRE((before == now));
        const core::Catalog after = read(world.debian);
        CHECK(after.journal == JournalState::NONE);
        REQUIRE(entries(catalog) == entries(after));
        if (world.word == JournalWord::PENDING) {
            auto same = tree;
            same.erase(world.debian.journal_name());
            REQUIRE(test::differences(same, world.debian.tree()) == Lines{});
        }
    }
}

TEST_CASE("a switch is seen whole") {
    const DebianFolder world;
    world.add_module("mpm_event");
    world.add_module("mpm_prefork");
    const std::vector<Change> changes{{.code = ChangeCode::SWITCH,
                                       .kind = Kind::MODULE,
                                       .name = "mpm_prefork.load",
                                       .after = target_of(Kind::MODULE, "mpm_prefork"),
                                       .replaced = "mpm_event.load",
                                       .replaced_target = target_of(Kind::MODULE, "mpm_event")}};
    const std::string name = GENERATE("mpm_event.load", "mpm_prefork.load");
    const std::string target = GENERATE("mpm_event", "mpm_prefork");
    world.folder.add_link("conf/mods-enabled/" + name, target_of(Kind::MODULE, target));
    const std::string end = " 0";
    const std::string event = "module mpm_event available ";
    const std::string prefork = "module mpm_prefork available ";
    world.leave_journal(JournalWord::FORWARD, changes);
    CHECK(entries(read(world)) == Lines{event + "ABSENT " + end, prefork + "OK " + end});
    world.leave_journal(JournalWord::REVERSE, changes);
    CHECK(entries(read(world)) == Lines{event + "OK " + end, prefork + "ABSENT " + end});
}

TEST_CASE("nothing is read through a journal that is not understood, and it is told") {
    const DebianFolder world;
    world.add_module("a");
    world.folder.add_link("conf/mods-enabled/a.load", target_of(Kind::MODULE, "a"));
    const Lines expected{"module a available OK  0"};
    const auto problem = [&] {
        const core::Catalog catalog = read(world);
        CHECK(catalog.journal == JournalState::NOT_UNDERSTOOD);
        CHECK(entries(catalog) == expected);
        REQUIRE(catalog.journal_problem);
        CHECK(catalog.journal_problem->path() == world.folder.at(world.journal_name()));
        return catalog.journal_problem->code();
    };
    world.leave_journal_text("garbage\n");
    CHECK(problem() == ErrorCode::JOURNAL_DAMAGED);
    world.leave_journal_text("confgraph journal 7 forward\n");
    CHECK(problem() == ErrorCode::JOURNAL_UNKNOWN);
    auto folders = world.journal_folders();
    folders.state = "/elsewhere";
    world.leave_journal_text(core::write_journal({.word = JournalWord::FORWARD, .folders = folders, .changes = {}}));
    CHECK(problem() == ErrorCode::JOURNAL_ELSEWHERE);
    world.folder.erase(world.journal_name());
    world.folder.add_folder(world.journal_name());
    CHECK(problem() == ErrorCode::JOURNAL_DAMAGED);
    // One that was cut off is none.
    world.folder.erase(world.journal_name());
    world.leave_journal_text("confgraph jour");
    CHECK(read(world).journal == JournalState::UNFINISHED);
    CHECK(entries(read(world)) == expected);
}

TEST_CASE("what changes while it is read is read again, a few times at most") {
    const DebianFolder world;
    world.add_module("a");
    const std::vector<Change> changes{
        {.code = ChangeCode::LINK, .kind = Kind::MODULE, .name = "a.load", .after = target_of(Kind::MODULE, "a")}};
    const io::PosixFileSystem files;
    int reads = 0;
    const auto journal_comes = [&](const io::FileReader & reader) {
        auto catalog = io::scan_all(reader, world.layout);
        if (++reads == 1) {
            world.leave_journal(JournalWord::FORWARD, changes);
        }
        return catalog;
    };
    auto catalog = io::read_consistently(files, world.layout, journal_comes);
    REQUIRE(catalog);
    CHECK(reads == 2);
    CHECK(catalog.value().journal == JournalState::UNFINISHED);
    CHECK(entries(catalog.value()) == Lines{"module a available OK  0"});

    reads = 0;
    const auto journal_goes = [&](const io::FileReader & reader) {
        auto read = io::scan_all(reader, world.layout);
        if (++reads == 1) {
            REQUIRE(io::recover(files, world.layout, false));
        }
        return read;
    };
    catalog = io::read_consistently(files, world.layout, journal_goes);
    REQUIRE(catalog);
    CHECK(reads == 2);
    CHECK(catalog.value().journal == JournalState::NONE);
    CHECK(entries(catalog.value()) == Lines{"module a available OK  0"});

    reads = 0;
    const auto never_ends = [&](const io::FileReader & reader) {
        ++reads;
        if (reads % 2 == 1) {
            world.leave_journal(JournalWord::FORWARD, changes);
        } else {
            world.folder.erase(world.journal_name());
        }
        return io::scan_all(reader, world.layout);
    };
    CHECK(io::read_consistently(files, world.layout, never_ends));
    CHECK(reads == 50);

    reads = 0;
    const auto quiet = [&](const io::FileReader & reader) {
        ++reads;
        return io::scan_all(reader, world.layout);
    };
    CHECK(io::read_consistently(files, world.layout, quiet));
    CHECK(reads == 1);
}

// SPDX-License-Identifier: Apache-2.0
// What everything that reads may expect of a file system, asked of the machine's own and of the one that
// tests use, so that the two cannot drift apart.
#include "io/posix_file_system.hpp"
#include "support/catch.hpp"
#include "support/file_status.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

using namespace confgraph;
using io::FileType;
using test::MemoryFileSystem;
using test::require;
using test::TemporaryFolder;

namespace {

/// Root may do anything, so permissions are only tried as somebody else; for anyone else this does nothing.
class WithoutPrivileges {
public:
    WithoutPrivileges() {
        if (was_root_) {
            require(::seteuid(NOBODY) == 0, "seteuid");
        }
    }
    WithoutPrivileges(const WithoutPrivileges &) = delete;
    WithoutPrivileges & operator=(const WithoutPrivileges &) = delete;
    ~WithoutPrivileges() {
        if (was_root_ && ::seteuid(0) != 0) {
            std::terminate();
        }
    }

    static constexpr uid_t NOBODY = 65534;

private:
    bool was_root_ = ::geteuid() == 0;
};

/// A folder on the machine's file system, everything by its name in there. Relative paths start at "/".
class PosixWorld {
public:
    PosixWorld() {
        if (::geteuid() == 0) {
            require(::chown(folder_.path().c_str(), WithoutPrivileges::NOBODY, static_cast<gid_t>(-1)) == 0, "chown");
        }
    }

    const io::FileReader & files() const { return files_; }
    [[nodiscard]] std::string at(const std::string & name) const { return folder_.at(name); }
    [[nodiscard]] const std::string & root() const { return folder_.path(); }

    void add_folder(const std::string & name) { folder_.add_folder(name); }
    void add_file(const std::string & name, const std::string & content = {}) { folder_.add_file(name, content); }
    void add_link(const std::string & name, const std::string & target) { folder_.add_link(name, target); }
    void add_other(const std::string & name) { require(::mkfifo(at(name).c_str(), 0666) == 0, name); }
    void deny(const std::string & name) { require(::chmod(at(name).c_str(), 0) == 0, name); }
    void erase(const std::string & name) { folder_.erase(name); }

private:
    test::WorkingDirectory start_{"/"};
    TemporaryFolder folder_;
    io::PosixFileSystem files_;
};

/// The same in memory.
class MemoryWorld {
public:
    explicit MemoryWorld(std::string root = "/some/where") : root_(std::move(root)) { files_.add_folder(root_); }

    const io::FileReader & files() const { return files_; }
    [[nodiscard]] std::string at(const std::string & name) const { return root_ + "/" + name; }
    [[nodiscard]] const std::string & root() const { return root_; }

    void add_folder(const std::string & name) { files_.add_folder(at(name)); }
    void add_file(const std::string & name, const std::string & content = {}) { files_.add_file(at(name), content); }
    void add_link(const std::string & name, const std::string & target) { files_.add_link(at(name), target); }
    void add_other(const std::string & name) { files_.add_other(at(name)); }
    void deny(const std::string & name) { files_.deny(at(name)); }
    void erase(const std::string & name) { files_.erase(at(name)); }

private:
    std::string root_;
    MemoryFileSystem files_;
};

/// errno, or 0 when there was no error.
template <class T>
int error_of(const io::IoResult<T> & result) {
    return result ? 0 : result.error().value;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    return names;
}

/// A whole file, in pieces; what was wrong as "errno N".
std::string content(const io::FileReader & files, const std::string & path, std::size_t piece_bytes = 4096) {
    std::string text;
    const auto read = files.read(path, piece_bytes, [&](std::string_view piece) {
        text.append(piece);
        return true;
    });
    return read ? text : "errno " + std::to_string(read.error().value);
}

}  // namespace

TEMPLATE_TEST_CASE("info follows links, link_info does not", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("folder/file");
    world.add_link("to_file", "folder/file");
    world.add_link("to_folder", "folder");
    world.add_link("absolute", world.at("folder/file"));
    world.add_link("dangling", "nothing");
    world.add_other("fifo");

    CHECK(files.info(world.at("folder")).value().type == FileType::FOLDER);
    CHECK(files.info(world.at("folder/file")).value().type == FileType::REGULAR);
    CHECK(files.info(world.at("fifo")).value().type == FileType::OTHER);
    CHECK(files.info(world.at("to_file")).value().type == FileType::REGULAR);
    CHECK(files.info(world.at("absolute")).value().type == FileType::REGULAR);
    CHECK(files.info(world.at("to_folder")).value().type == FileType::FOLDER);
    CHECK(files.info(world.at("to_folder/file")).value().type == FileType::REGULAR);
    CHECK(error_of(files.info(world.at("dangling"))) == ENOENT);

    CHECK(files.link_info(world.at("folder")).value().type == FileType::FOLDER);
    CHECK(files.link_info(world.at("fifo")).value().type == FileType::OTHER);
    CHECK(files.link_info(world.at("to_file")).value().type == FileType::LINK);
    CHECK(files.link_info(world.at("dangling")).value().type == FileType::LINK);
    CHECK(files.link_info(world.at("to_folder/file")).value().type == FileType::REGULAR);
    // A slash at the end follows the link all the same.
    CHECK(files.link_info(world.at("to_folder/")).value().type == FileType::FOLDER);
    CHECK(error_of(files.link_info(world.at("to_file/"))) == ENOTDIR);
    CHECK(error_of(files.link_info(world.at("dangling/"))) == ENOENT);
}

TEMPLATE_TEST_CASE("device and inode tell what is the same", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("folder/file");
    world.add_file("folder/other");
    world.add_link("link", "folder/file");
    const auto same = [&](const std::string & left, const std::string & right) {
        const auto a = files.info(world.at(left)).value();
        const auto b = files.info(world.at(right)).value();
        return a.device == b.device && a.inode == b.inode;
    };
    CHECK(same("link", "folder/file"));
    CHECK(same("folder", "folder/../folder/."));
    CHECK_FALSE(same("folder/file", "folder/other"));
    CHECK_FALSE(files.link_info(world.at("link")).value().inode == files.info(world.at("link")).value().inode);
}

TEMPLATE_TEST_CASE("the size of a file is told", "", PosixWorld, MemoryWorld) {
    TestType world;
    world.add_file("empty");
    world.add_file("file", std::string("12\0\n", 4));
    world.add_link("link", "file");
    CHECK(world.files().info(world.at("empty")).value().size == 0);
    CHECK(world.files().info(world.at("file")).value().size == 4);
    CHECK(world.files().info(world.at("link")).value().size == 4);
    CHECK(world.files().link_info(world.at("file")).value().size == 4);
}

TEMPLATE_TEST_CASE("what is changed tells a larger number than before", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("folder/file", "text");
    world.add_link("folder/link", "file");
    world.add_file("elsewhere/file");
    const auto changed = [&](const std::string & name) { return files.link_info(world.at(name)).value().changed; };
    // The machine's clock may stand still from one change to the next.
    const auto grows = [&](const std::string & name, const auto & change) {
        const auto before = changed(name);
        for (int i = 0; i < 1'000'000 && changed(name) == before; ++i) {
            change();
        }
        return changed(name) > before;
    };
    const auto elsewhere = changed("elsewhere");
    CHECK(changed("folder/file") > 0);
    CHECK(files.info(world.at("folder/link")).value().changed == changed("folder/file"));
    CHECK(grows("folder", [&] {
        world.add_file("folder/new");
        world.erase("folder/new");
    }));
    CHECK(grows("folder/file", [&] {
        world.erase("folder/file");
        world.add_file("folder/file", "other text");
    }));
    CHECK(grows("folder/link", [&] {
        world.erase("folder/link");
        world.add_link("folder/link", "elsewhere");
    }));
    CHECK(grows("folder/file", [&] { world.deny("folder/file"); }));
    CHECK(changed("elsewhere") == elsewhere);
    CHECK(content(files, world.at("elsewhere/file")).empty());
    CHECK(files.list(world.at("elsewhere")).value().size() == 1);
    CHECK(changed("elsewhere") == elsewhere);
}

TEMPLATE_TEST_CASE("paths that lead nowhere say why", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("file");
    world.add_folder("folder");

    CHECK(error_of(files.info("")) == ENOENT);
    CHECK(error_of(files.link_info("")) == ENOENT);
    CHECK(error_of(files.info(world.at("nothing"))) == ENOENT);
    CHECK(error_of(files.info(world.at("nothing/file"))) == ENOENT);
    CHECK(error_of(files.info(world.at("file/file"))) == ENOTDIR);
    CHECK(error_of(files.info(world.at("file/"))) == ENOTDIR);
    CHECK(error_of(files.info(world.at("file/."))) == ENOTDIR);
    CHECK(error_of(files.info(world.at("file/.."))) == ENOTDIR);
    CHECK(error_of(files.info(world.at("nothing/.."))) == ENOENT);
    CHECK(error_of(files.info(world.at("folder/"))) == 0);
    CHECK(error_of(files.info(world.at("folder//..//folder/./"))) == 0);
    CHECK(error_of(files.info(world.at(std::string(NAME_MAX, 'n')))) == ENOENT);
    CHECK(error_of(files.info(world.at(std::string(NAME_MAX + 1, 'n')))) == ENAMETOOLONG);
    std::string longest = world.at("folder");
    while (longest.size() < PATH_MAX) {
        longest += "/.";
    }
    CHECK(error_of(files.info(longest)) == ENAMETOOLONG);
    longest.resize(PATH_MAX - 1);
    CHECK(error_of(files.info(longest)) == 0);
    // The name ends at a NUL.
    CHECK(error_of(files.info(world.at("folder") + std::string("\0/nothing", 9))) == 0);
    CHECK(error_of(files.info("/..")) == 0);
    CHECK(files.info("/").value().inode == files.info("/../../").value().inode);
}

TEMPLATE_TEST_CASE("links are followed forty times", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("link0");
    for (int i = 1; i <= 41; ++i) {
        world.add_link("link" + std::to_string(i), "link" + std::to_string(i - 1));
    }
    world.add_link("loop", "loop");
    world.add_link("ping", "pong/x");
    world.add_link("pong", "ping/x");
    CHECK(error_of(files.info(world.at("link40"))) == 0);
    CHECK(error_of(files.info(world.at("link41"))) == ELOOP);
    CHECK(error_of(files.link_info(world.at("link41"))) == 0);
    CHECK(files.canonical_path(world.at("link40")).value() == world.at("link0"));
    CHECK(error_of(files.canonical_path(world.at("link41"))) == ELOOP);
    CHECK(content(files, world.at("link41")) == "errno " + std::to_string(ELOOP));
    CHECK(error_of(files.info(world.at("loop"))) == ELOOP);
    CHECK(error_of(files.info(world.at("loop/x"))) == ELOOP);
    CHECK(error_of(files.info(world.at("ping"))) == ELOOP);
    CHECK(error_of(files.list(world.at("pong"))) == ELOOP);
    CHECK(files.read_link(world.at("loop")).value() == "loop");
}

TEMPLATE_TEST_CASE("read_link says what a link says", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("folder/file");
    world.add_link("plain", "folder/file");
    world.add_link("strange", "..//./no such\nthing/");
    world.add_link("to_folder", "folder");
    world.add_link("folder/up", "../plain");
    world.add_other("fifo");

    CHECK(files.read_link(world.at("plain")).value() == "folder/file");
    CHECK(files.read_link(world.at("strange")).value() == "..//./no such\nthing/");
    CHECK(files.read_link(world.at("to_folder/up")).value() == "../plain");
    CHECK(error_of(files.read_link(world.at("folder/file"))) == EINVAL);
    CHECK(error_of(files.read_link(world.at("folder"))) == EINVAL);
    CHECK(error_of(files.read_link(world.at("fifo"))) == EINVAL);
    CHECK(error_of(files.read_link(world.at("to_folder/"))) == EINVAL);
    CHECK(error_of(files.read_link(world.at("plain/"))) == ENOTDIR);
    CHECK(error_of(files.read_link(world.at("nothing"))) == ENOENT);
    CHECK(error_of(files.read_link(world.at("plain/x"))) == ENOTDIR);
    CHECK(error_of(files.read_link("")) == ENOENT);
}

TEMPLATE_TEST_CASE("list gives the names in a folder", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("folder/file");
    world.add_file("folder/.hidden");
    world.add_file("folder/deeper/file");
    world.add_link("folder/dangling", "nothing");
    world.add_folder("empty");
    world.add_link("link", "folder");
    const std::vector<std::string> names{".hidden", "dangling", "deeper", "file"};

    CHECK(sorted(files.list(world.at("folder")).value()) == names);
    CHECK(sorted(files.list(world.at("folder/")).value()) == names);
    CHECK(sorted(files.list(world.at("link")).value()) == names);
    CHECK(files.list(world.at("empty")).value().empty());
    CHECK(error_of(files.list(world.at("nothing"))) == ENOENT);
    CHECK(error_of(files.list(world.at("folder/dangling"))) == ENOENT);
    CHECK(error_of(files.list(world.at("folder/file"))) == ENOTDIR);
    CHECK(error_of(files.list("")) == ENOENT);
}

TEMPLATE_TEST_CASE("canonical_path has no links in it", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("a/b/file");
    world.add_link("a/up", "..");
    world.add_link("short", "a/b");
    world.add_link("long", world.at("a/b/file"));
    world.add_link("dangling", "nothing");

    CHECK(files.canonical_path(world.at("a//b/./file")).value() == world.at("a/b/file"));
    CHECK(files.canonical_path(world.at("a/b/../up/short/file")).value() == world.at("a/b/file"));
    // ".." after a link is above where the link leads, not above the link.
    CHECK(files.canonical_path(world.at("short/..")).value() == world.at("a"));
    CHECK(files.canonical_path(world.at("long")).value() == world.at("a/b/file"));
    CHECK(files.canonical_path(world.at("a/up/")).value() == world.root());
    CHECK(files.canonical_path("/").value() == "/");
    CHECK(files.canonical_path("/../.").value() == "/");
    CHECK(error_of(files.canonical_path(world.at("dangling"))) == ENOENT);
    CHECK(error_of(files.canonical_path(world.at("long/"))) == ENOTDIR);
    CHECK(error_of(files.canonical_path(world.at("long/.."))) == ENOTDIR);
    CHECK(error_of(files.canonical_path("")) == ENOENT);
}

TEMPLATE_TEST_CASE("relative paths start from the working directory", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    world.add_file("file", "text");
    const std::string relative = world.at("file").substr(1);
    CHECK(files.working_directory().value() == "/");
    CHECK(files.info(relative).value().type == FileType::REGULAR);
    CHECK(files.canonical_path(relative).value() == world.at("file"));
    CHECK(content(files, "./" + relative) == "text");
}

TEMPLATE_TEST_CASE("read gives a file in pieces", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    std::string text;
    while (text.size() < 20000) {
        text += "line " + std::to_string(text.size()) + '\n';
    }
    text += '\0';
    world.add_file("folder/file", text);
    world.add_file("empty");
    world.add_link("link", "folder/file");
    world.add_other("fifo");

    CHECK(content(files, world.at("folder/file")) == text);
    CHECK(content(files, world.at("link"), 7) == text);
    CHECK(content(files, world.at("link"), 1000000) == text);
    CHECK(content(files, world.at("empty")).empty());

    std::vector<std::size_t> sizes;
    const auto measure = [&](std::string_view piece) {
        sizes.push_back(piece.size());
        return sizes.size() < 3;
    };
    CHECK(files.read(world.at("link"), 4096, measure).value() == false);
    CHECK(sizes == std::vector<std::size_t>{4096, 4096, 4096});
    sizes.clear();
    CHECK(files.read(world.at("empty"), 4096, measure).value() == true);
    CHECK(sizes.empty());

    // Nobody writes to it: it is at its end, and there is no waiting.
    CHECK(files.read(world.at("fifo"), 4096, measure).value() == true);
    CHECK(sizes.empty());

    CHECK(error_of(files.read(world.at("folder"), 4096, measure)) == EISDIR);
    CHECK(error_of(files.read(world.at("nothing"), 4096, measure)) == ENOENT);
    CHECK(error_of(files.read(world.at("empty/file"), 4096, measure)) == ENOTDIR);
    CHECK(error_of(files.read(world.at("empty/"), 4096, measure)) == ENOTDIR);
    CHECK(error_of(files.read("", 4096, measure)) == ENOENT);
    CHECK(sizes.empty());
}

TEMPLATE_TEST_CASE("permissions that are missing are EACCES", "", PosixWorld, MemoryWorld) {
    TestType world;
    const io::FileReader & files = world.files();
    const WithoutPrivileges without;
    world.add_file("file", "text");
    world.add_file("closed/file");
    world.add_link("link", "closed/file");
    world.deny("file");
    world.deny("closed");

    CHECK(content(files, world.at("file")) == "errno " + std::to_string(EACCES));
    CHECK(files.info(world.at("file")).value().type == FileType::REGULAR);
    CHECK(files.canonical_path(world.at("file")).value() == world.at("file"));

    CHECK(files.info(world.at("closed")).value().type == FileType::FOLDER);
    CHECK(error_of(files.list(world.at("closed"))) == EACCES);
    CHECK(error_of(files.info(world.at("closed/file"))) == EACCES);
    CHECK(error_of(files.info(world.at("closed/nothing"))) == EACCES);
    CHECK(error_of(files.info(world.at("closed/.."))) == EACCES);
    CHECK(error_of(files.info(world.at("link"))) == EACCES);
    CHECK(error_of(files.link_info(world.at("link"))) == 0);
    CHECK(error_of(files.read_link(world.at("closed/file"))) == EACCES);
    CHECK(error_of(files.canonical_path(world.at("closed/file"))) == EACCES);
}

namespace {

/// Makes a tree at random, and asks about it at random: the same for the same seed.
class Walk {
public:
    explicit Walk(unsigned seed) : random_(seed) {}

    template <class World>
    void plant(World & world) {
        world.add_folder(BASE);
        plant(world, BASE, 0);
    }

    /// Says in words what came of a question.
    template <class World>
    std::string step(const World & world) {
        const io::FileReader & files = world.files();
        const std::string path = world.at(BASE) + "/" + words();
        const auto choice = pick(6);
        std::string line = std::to_string(choice) + " " + path + ": ";
        switch (choice) {
            case 0:
                return line + type(files.info(path));
            case 1:
                return line + type(files.link_info(path));
            case 2:
                return line + text(files.read_link(path));
            case 3:
                return line + text(files.canonical_path(path));
            case 4:
                return line + content(files, path);
            default: {
                const auto listed = files.list(path);
                line += std::to_string(error_of(listed));
                if (listed) {
                    for (const std::string & name : sorted(listed.value())) {
                        line += " " + name;
                    }
                }
                return line;
            }
        }
    }

private:
    /// So deep that no ".." leads out of the root.
    static constexpr const char * BASE = "1/2/3/4";
    static constexpr std::array<const char *, 6> NAMES = {"a", "b", "c", "a", ".", ".."};

    std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random_() % count); }

    template <class World>
    void plant(World & world, const std::string & folder, int depth) {
        for (const char * name : {"a", "b", "c"}) {
            const std::string path = folder + "/" + name;
            switch (pick(6)) {
                case 0:
                    break;
                case 1:
                    world.add_file(path, path);
                    break;
                case 2:
                    world.add_folder(path);
                    if (depth < 3) {
                        plant(world, path, depth + 1);
                    }
                    break;
                default:
                    world.add_link(path, pick(8) == 0 ? world.at(BASE) + "/" + words() : words());
                    break;
            }
        }
    }

    std::string words() {
        std::string path;
        const std::size_t count = 1 + pick(4);
        for (std::size_t i = 0; i < count; ++i) {
            path.append(i == 0 ? "" : "/").append(NAMES[pick(NAMES.size())]);
        }
        return pick(10) == 0 ? path + "/" : path;
    }

    static std::string type(const io::IoResult<io::FileInfo> & info) {
        return info ? "type " + std::to_string(static_cast<int>(info.value().type)) : std::to_string(error_of(info));
    }
    static std::string text(const io::IoResult<std::string> & result) {
        return result ? result.value() : std::to_string(error_of(result));
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("both file systems answer alike, whatever is in them") {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        PosixWorld real;
        MemoryWorld memory(real.root());
        Walk real_walk(seed);
        Walk memory_walk(seed);
        real_walk.plant(real);
        memory_walk.plant(memory);
        for (int i = 0; i < 200; ++i) {
            INFO("seed " << seed << ", step " << i);
            REQUIRE(memory_walk.step(memory) == real_walk.step(real));
        }
    }
}

TEST_CASE("the memory file system remembers what it was asked") {
    MemoryFileSystem files;
    files.add_file("/a/file", "text");
    files.add_link("/a/link", "file");
    CHECK(files.tree() == std::map<std::string, std::string>{
                              {"/", "folder"}, {"/a", "folder"}, {"/a/file", "file text"}, {"/a/link", "link file"}});

    files.clear_log();
    CHECK(content(files, "/a/link") == "text");
    CHECK(error_of(files.list("/b")) == ENOENT);
    CHECK(files.log() == std::vector<std::string>{"read /a/link", "list /b"});
    CHECK(files.accesses_below("/a") == 1);
    CHECK(files.bytes_read() == 4);

    files.erase("/a");
    CHECK(files.tree() == std::map<std::string, std::string>{{"/", "folder"}});
}

// SPDX-License-Identifier: Apache-2.0
#include "io/lock.hpp"

#include "support/catalog_maker.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using std::chrono::milliseconds;
using test::TemporaryFolder;

namespace {

core::Layout layout_in(const TemporaryFolder & folder) {
    core::Layout layout = test::debian_layout();
    layout.state = folder.at("state");
    return layout;
}

void nobody(const std::string &) {}

/// Another process that holds the lock until it is told to let it go, or this is gone.
class Holder {
public:
    explicit Holder(const std::string & lock) {
        std::array<int, 2> ready{};
        std::array<int, 2> end{};
        REQUIRE(::pipe2(ready.data(), O_CLOEXEC) == 0);
        REQUIRE(::pipe2(end.data(), O_CLOEXEC) == 0);
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            ::close(end[1]);
            const int file = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
            const char done = file >= 0 && ::flock(file, LOCK_EX) == 0 ? 'y' : 'n';
            char byte = 0;
            const bool told = ::write(ready[1], &done, 1) == 1 && ::read(end[0], &byte, 1) >= 0;
            ::_exit(told ? 0 : 1);
        }
        ::close(ready[1]);
        ::close(end[0]);
        end_ = io::Descriptor(end[1]);
        char answer = 0;
        REQUIRE(::read(ready[0], &answer, 1) == 1);
        ::close(ready[0]);
        REQUIRE(answer == 'y');
    }
    Holder(const Holder &) = delete;
    Holder & operator=(const Holder &) = delete;
    ~Holder() { let_go(); }

    void let_go() {
        if (process_ > 0) {
            end_ = io::Descriptor();
            ::waitpid(process_, nullptr, 0);
            process_ = -1;
        }
    }
    [[nodiscard]] pid_t process() const { return process_; }

private:
    pid_t process_ = -1;
    io::Descriptor end_;
};

}  // namespace

TEST_CASE("the lock's file is made, with what is above it, and stays") {
    const TemporaryFolder folder;
    const core::Layout layout = layout_in(folder);
    const mode_t mask = ::umask(0077);
    const bool sync = GENERATE(true, false);
    {
        const auto lock = io::take_lock(layout, sync, milliseconds(0), nobody);
        ::umask(mask);
        REQUIRE(lock);
        CHECK(lock.value().open());
        CHECK(folder.tree().at("state/confgraph/lock") == "file ");
    }
    struct stat status {};
    REQUIRE(::stat(folder.at("state/confgraph/lock").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    // Readers look for the journal in there.
    REQUIRE(::stat(folder.at("state/confgraph").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0755);
    CHECK(io::take_lock(layout, sync, milliseconds(0), nobody));
    CHECK(io::work_folder(layout) == folder.at("state/confgraph"));
    CHECK(io::lock_path(layout) == folder.at("state/confgraph/lock"));
}

TEST_CASE("try_lock makes nothing") {
    const TemporaryFolder folder;
    const core::Layout layout = layout_in(folder);
    CHECK_FALSE(io::try_lock(layout).open());
    CHECK(folder.tree().empty());
    folder.add_file("state/confgraph/lock", {});
    CHECK(io::try_lock(layout).open());
    const io::Descriptor held = io::try_lock(layout);
    REQUIRE(held.open());
    CHECK_FALSE(io::try_lock(layout).open());
}

TEST_CASE("the lock is not handed on to other programs") {
    const TemporaryFolder folder;
    const auto lock = io::take_lock(layout_in(folder), true, milliseconds(0), nobody);
    REQUIRE(lock);
    CHECK((::fcntl(lock.value().value(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a held lock is told, with who holds it") {
    const TemporaryFolder folder;
    const core::Layout layout = layout_in(folder);
    folder.add_file("state/confgraph/lock", {});
    Holder holder(io::lock_path(layout));
    CHECK_FALSE(io::try_lock(layout).open());
    int told = 0;
    const auto waiting = [&](const std::string &) { ++told; };
    for (const milliseconds limit : {milliseconds(0), milliseconds(-1), milliseconds(30)}) {
        const auto start = std::chrono::steady_clock::now();
        const auto lock = io::take_lock(layout, true, limit, waiting);
        REQUIRE_FALSE(lock);
        CHECK(std::chrono::steady_clock::now() - start >= limit);
        CHECK(lock.error().code() == ErrorCode::LOCKED);
        CHECK(lock.error().path() == io::lock_path(layout));
        CHECK(lock.error().text().starts_with("process " + std::to_string(holder.process()) + " ("));
    }
    CHECK(told == 0);
    holder.let_go();
    CHECK(io::take_lock(layout, true, milliseconds(0), waiting));
}

TEST_CASE("who waits is told once, and gets the lock") {
    const TemporaryFolder folder;
    const core::Layout layout = layout_in(folder);
    folder.add_file("state/confgraph/lock", {});
    Holder holder(io::lock_path(layout));
    std::vector<std::string> told;
    SECTION("it is let go") {
        const auto lock = io::take_lock(layout, true, std::chrono::minutes(1), [&](const std::string & who) {
            told.push_back(who);
            holder.let_go();
        });
        CHECK(lock);
        REQUIRE(told.size() == 1);
        CHECK(told[0].starts_with("process "));
    }
    SECTION("it is not let go") {
        const auto lock =
            io::take_lock(layout, true, milliseconds(1200), [&](const std::string & who) { told.push_back(who); });
        CHECK_FALSE(lock);
        CHECK(told.size() == 1);
    }
    SECTION("nobody wants to be told") { CHECK_FALSE(io::take_lock(layout, true, milliseconds(1050), {})); }
    SECTION("the file is removed, and another one is locked") {
        const auto lock = io::take_lock(layout, true, std::chrono::minutes(1), [&](const std::string &) {
            folder.erase("state");
            holder.let_go();
        });
        REQUIRE(lock);
        CHECK(folder.tree().at("state/confgraph/lock") == "file ");
        CHECK_FALSE(io::try_lock(layout).open());
    }
}

TEST_CASE("what is no lock's file is neither followed nor waited for") {
    const std::string variant = GENERATE(as<std::string>(), "a FIFO", "a link to a file", "a link to nothing",
                                         "a folder", "a file above it", "a dangling link above it");
    INFO(variant);
    const TemporaryFolder folder;
    const core::Layout layout = layout_in(folder);
    int error = 0;
    if (variant == "a FIFO") {
        folder.add_folder("state/confgraph");
        REQUIRE(::mkfifo(io::lock_path(layout).c_str(), 0600) == 0);
        error = EINVAL;
    }
    if (variant == "a link to a file") {
        folder.add_file("victim", "somebody's work");
        folder.add_link("state/confgraph/lock", folder.at("victim"));
        error = ELOOP;
    }
    if (variant == "a link to nothing") {
        folder.add_link("state/confgraph/lock", folder.at("nothing"));
        error = ELOOP;
    }
    if (variant == "a folder") {
        folder.add_folder("state/confgraph/lock");
        error = EISDIR;
    }
    if (variant == "a file above it") {
        folder.add_file("state", {});
        error = ENOTDIR;
    }
    if (variant == "a dangling link above it") {
        folder.add_link("state/confgraph", "nowhere");
        error = ENOTDIR;
    }
    const auto before = folder.tree();
    CHECK_FALSE(io::try_lock(layout).open());
    const auto lock = io::take_lock(layout, true, milliseconds(0), nobody);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code() == ErrorCode::CANNOT_LOCK);
    CHECK(lock.error().path() == io::lock_path(layout));
    CHECK(lock.error().system_error() == error);
    CHECK(folder.tree() == before);
}

TEST_CASE("folders are made with those above them, and told") {
    const TemporaryFolder folder;
    std::vector<std::string> made;
    CHECK(io::create_folders({}, folder.path(), made));
    CHECK(made.empty());
    CHECK(io::create_folders({}, folder.at("a/b/c"), made));
    CHECK(made == std::vector<std::string>{folder.at("a"), folder.at("a/b"), folder.at("a/b/c")});
    CHECK(io::sync_parents({}, made));
    folder.erase("a");
    const auto flushed = io::sync_parents({}, made);
    REQUIRE_FALSE(flushed);
    CHECK(flushed.error().code() == ErrorCode::CANNOT_FLUSH);
    CHECK(flushed.error().path() == folder.at("a"));
    made.clear();
    folder.add_file("file", {});
    const auto below = io::create_folders({}, folder.at("file/x/y"), made);
    REQUIRE_FALSE(below);
    CHECK(below.error().value == ENOTDIR);
    CHECK(made.empty());
}

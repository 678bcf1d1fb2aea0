// SPDX-License-Identifier: Apache-2.0
#include "io/transaction.hpp"

#include "io/lock.hpp"
#include "io/posix_file_system.hpp"
#include "support/catch.hpp"
#include "support/debian_folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using test::DebianFolder;
using test::differences;
using test::disable;
using test::enable;
using test::switch_to;
using Lines = std::vector<std::string>;

namespace {

const std::string ENABLED = "conf/mods-enabled/";
const std::string MARKERS = "state/module/";

/// A tree in which a change of "top" has every kind of operation in it.
void fill(const DebianFolder & world) {
    world.add_module("top", "# Depends: middle\n# Conflicts: broken\n", true);
    world.add_module("middle", "# Depends: bottom\n", true);
    world.add_module("bottom");
    world.add_module("other");
    world.enable(Kind::MODULE, "other");
    world.folder.add_link(ENABLED + "middle.load", "../mods-available/misspelt.load");
    world.folder.add_link(ENABLED + "broken.load", "/no/where");
    world.add_marker(Kind::MODULE, "disabled_by_admin", "top");
    world.add_marker(Kind::MODULE, "disabled_by_maint", "top");
    world.add_marker(Kind::MODULE, "disabled_by_maint", "bottom");
}

/// Two MPMs, of which event is enabled, and what must stay.
void fill_mpms(const DebianFolder & world) {
    world.add_module("mpm_event", "# Conflicts: mpm_prefork\n", true);
    world.add_module("mpm_prefork", "# Conflicts: mpm_event\n", true);
    world.enable(Kind::MODULE, "mpm_event");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "mpm_event");
    world.folder.add_file(ENABLED + "local.conf", "somebody's work");
    world.folder.add_link(ENABLED + "foreign.conf", "/somewhere/else.conf");
}

Result<core::Outcome> carry_out(const DebianFolder & world, const core::Plan & plan, io::CommitSettings settings = {}) {
    return io::commit(io::PosixFileSystem(), world.layout, std::make_shared<const core::Plan>(plan), settings);
}

Result<core::Outcome> carry_out(const DebianFolder & world, const core::Request & request,
                                const io::CommitSettings & settings = {}) {
    return carry_out(world, world.plan_for(request), settings);
}

/// Carries a plan out as it is, though something may have changed since it was made.
Result<core::Outcome> carry_out_unseen(const DebianFolder & world, const core::Plan & plan) {
    io::CommitSettings settings;
    settings.locked = true;
    // The owner of the lock has made this.
    world.folder.add_folder("state/confgraph");
    return carry_out(world, plan, settings);
}

std::size_t operations(const core::Plan & plan) {
    std::size_t count = 0;
    for (const core::Step & step : plan.steps) {
        count += step.operations.size();
    }
    return count;
}

/// Sees in which order things come and go in folders.
class Watch {
public:
    void add(const std::string & folder, const std::string & name) {
        const int number =
            ::inotify_add_watch(queue_.value(), folder.c_str(), IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO);
        REQUIRE(number >= 0);
        names_.resize(std::max(names_.size(), static_cast<std::size_t>(number) + 1));
        names_[static_cast<std::size_t>(number)] = name;
    }

    [[nodiscard]] Lines events() const {
        Lines lines;
        alignas(inotify_event) std::array<char, 65536> buffer{};
        const ssize_t length = ::read(queue_.value(), buffer.data(), buffer.size());
        for (ssize_t at = 0; at < length;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const std::string file = buffer.data() + at + sizeof event;
            at += static_cast<ssize_t>(sizeof event + event.len);
            const bool comes = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
            lines.push_back((comes ? "+ " : "- ") + names_[static_cast<std::size_t>(event.wd)] + "/" + file);
        }
        return lines;
    }

private:
    io::Descriptor queue_{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    Lines names_;
};

ino_t inode(const std::string & path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_ino;
}

/// A server that refuses prefork, or everything.
void add_server(const DebianFolder & world, const std::string & refused) {
    world.folder.add_file("server", "#!/bin/sh\nif [ -e \"$2/mods-enabled/" + refused + "\" ]; then echo \"I refuse " +
                                        refused + "\"; exit 1; fi\n");
    REQUIRE(::chmod(world.layout.server.c_str(), 0755) == 0);
}

}  // namespace

TEST_CASE("a plan is carried out") {
    const bool sync = GENERATE(true, false);
    const DebianFolder world;
    fill(world);
    auto expected = world.content();
    io::CommitSettings settings;
    settings.sync = sync;
    const core::Plan plan = world.plan_for(enable({"top"}));
    REQUIRE_FALSE(plan.refused);
    const auto folder = inode(world.folder.at("conf/mods-enabled"));
    auto committed = carry_out(world, plan, settings);
    REQUIRE(committed);
    CHECK(committed.value().operations == operations(plan));
    CHECK(*committed.value().plan == plan);
    CHECK(committed.value().way == Way::EXCHANGE);
    CHECK(committed.value().obstacle == Obstacle::NONE);
    CHECK(committed.value().test == TestResult::NOT_ASKED);
    CHECK_FALSE(committed.value().recovered);
    CHECK(committed.value().problems.empty());
    for (const std::string file : {"top.load", "top.conf", "middle.load", "middle.conf", "bottom.load"}) {
        expected[ENABLED + file] = "link ../mods-available/" + file;
    }
    expected.erase(ENABLED + "broken.load");
    for (const std::string name : {"top", "middle", "bottom"}) {
        expected[MARKERS + "enabled_by_admin/" + name] = "file ";
        expected.erase(MARKERS + "disabled_by_admin/" + name);
        expected.erase(MARKERS + "disabled_by_maint/" + name);
    }
    CHECK(differences(expected, world.content()) == Lines{});
    CHECK(inode(world.folder.at("conf/mods-enabled")) == folder);

    // And so is the way back, all of which was enabled before.
    core::Request request = disable({"bottom"});
    request.force = true;
    committed = carry_out(world, request, settings);
    REQUIRE(committed);
    CHECK(committed.value().way == Way::EXCHANGE);
    const auto tree = world.content();
    CHECK(tree.count(ENABLED + "top.load") == 0);
    CHECK(tree.count(ENABLED + "other.load") == 1);
    CHECK(tree.count(MARKERS + "disabled_by_admin/middle") == 1);
    CHECK(tree.count(MARKERS + "enabled_by_admin/middle") == 0);
}

TEST_CASE("an MPM takes the place of another, and all else stays") {
    const DebianFolder world;
    fill_mpms(world);
    SECTION("by an exchange") {
        const auto committed = carry_out(world, switch_to("prefork"));
        REQUIRE(committed);
        CHECK(committed.value().way == Way::EXCHANGE);
    }
    SECTION("in order, since there is a folder in it") {
        world.folder.add_file(ENABLED + "sub/file", {});
        const auto committed = carry_out(world, switch_to("prefork"));
        REQUIRE(committed);
        CHECK(committed.value().way == Way::ORDERED);
        CHECK(committed.value().obstacle == Obstacle::SUBFOLDER);
    }
    SECTION("in order, since it is a link to a folder") {
        std::filesystem::rename(world.folder.at("conf/mods-enabled"), world.folder.at("conf/real"));
        world.folder.add_link("conf/mods-enabled", "real");
        const auto committed = carry_out(world, switch_to("prefork"));
        REQUIRE(committed);
        CHECK(committed.value().obstacle == Obstacle::SYMBOLIC_LINK);
        world.folder.erase("conf/mods-enabled");
        std::filesystem::rename(world.folder.at("conf/real"), world.folder.at("conf/mods-enabled"));
    }
    SECTION("in order, since something has the copy's place") {
        world.folder.add_file("conf/.mods-enabled.confgraph/file", "somebody's work");
        const auto committed = carry_out(world, switch_to("prefork"));
        REQUIRE(committed);
        CHECK(committed.value().obstacle == Obstacle::NAME_TAKEN);
        CHECK(world.tree().at("conf/.mods-enabled.confgraph/file") == "file somebody's work");
        world.folder.erase("conf/.mods-enabled.confgraph");
    }
    auto tree = world.content();
    CHECK(tree.erase(ENABLED + "sub") + tree.erase(ENABLED + "sub/file") != 1);
    Lines enabled;
    for (const auto & [path, what] : tree) {
        if (path.starts_with(ENABLED)) {
            enabled.push_back(path.substr(ENABLED.size()) + " " + what);
        }
    }
    CHECK(enabled == Lines{"foreign.conf link /somewhere/else.conf", "local.conf file somebody's work",
                           "mpm_prefork.conf link ../mods-available/mpm_prefork.conf",
                           "mpm_prefork.load link ../mods-available/mpm_prefork.load"});
    CHECK(tree.contains(MARKERS + "enabled_by_admin/mpm_prefork"));
    CHECK(tree.contains(MARKERS + "disabled_by_admin/mpm_event"));
    CHECK_FALSE(tree.contains(MARKERS + "enabled_by_admin/mpm_event"));
    CHECK_FALSE(tree.contains(world.journal_name()));
    CHECK_FALSE(tree.contains("conf/.mods-enabled.confgraph"));
}

TEST_CASE("new markers come first, old ones go last, and links keep the plan's order between them") {
    const DebianFolder world;
    fill(world);
    // So that the links are changed one by one.
    world.folder.add_folder(ENABLED + "sub");
    world.folder.add_folder(MARKERS + "enabled_by_admin");
    const core::Plan plan = world.plan_for(enable({"top"}));
    Lines expected;
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            if (operation.path.starts_with(world.folder.at(ENABLED)) &&
                operation.path != world.folder.at(ENABLED + "middle.load")) {
                expected.push_back((operation.code == OperationCode::CREATE_LINK ? "+ " : "- ") +
                                   operation.path.substr(world.folder.at("conf/").size()));
            }
        }
    }
    Watch watch;
    watch.add(world.folder.at("conf/mods-enabled"), "mods-enabled");
    for (const std::string name : {"enabled_by_admin", "disabled_by_admin", "disabled_by_maint"}) {
        watch.add(world.folder.at(MARKERS + name), name);
    }
    REQUIRE(carry_out(world, plan));
    Lines links;
    Lines order;
    for (const std::string & line : watch.events()) {
        const bool link = line.find("mods-enabled/") != std::string::npos;
        // One link is made to point elsewhere, by way of another name.
        if (link && line.find("middle.load") == std::string::npos && line.find(".confgraph") == std::string::npos) {
            links.push_back(line);
        }
        const std::string part = link ? "links" : line.starts_with("-") ? "old markers" : "new markers";
        if (order.empty() || order.back() != part) {
            order.push_back(part);
        }
    }
    CHECK(links == expected);
    CHECK(order == Lines{"new markers", "links", "old markers"});
}

TEST_CASE("in order, one MPM's load file takes the other's name while no conf of either is there alone") {
    const DebianFolder world;
    fill_mpms(world);
    world.folder.add_folder(ENABLED + "sub");
    Watch watch;
    watch.add(world.folder.at("conf/mods-enabled"), "m");
    REQUIRE(carry_out(world, switch_to("prefork")));
    CHECK(watch.events() == Lines{"- m/mpm_event.conf", "+ m/.confgraph", "- m/.confgraph", "+ m/mpm_event.load",
                                  "- m/mpm_event.load", "+ m/mpm_prefork.load", "+ m/mpm_prefork.conf"});
}

TEST_CASE("a plan without steps writes nothing") {
    const DebianFolder world;
    fill(world);
    const auto before = world.tree();
    const auto committed = carry_out(world, enable({"other", "nothing"}));
    REQUIRE(committed);
    CHECK(committed.value().operations == 0);
    CHECK(committed.value().way == Way::NONE);
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("an error in the middle leaves everything as it was") {
    const std::string variant = GENERATE(
        as<std::string>(), "a folder in the place of an old marker", "a folder in the place of a new marker",
        "a link in the place of a new marker is not followed", "a file in the place of the folder of new markers",
        "a file in the place of a new link", "another link in the place of an old one", "a new link is there already");
    INFO(variant);
    const bool ordered = GENERATE(false, true);
    const DebianFolder world;
    fill(world);
    if (ordered) {
        world.folder.add_folder(ENABLED + "sub");
    }
    const core::Plan plan = world.plan_for(enable({"top"}));
    ErrorCode code{};
    std::string path;
    int error = 0;
    if (variant == "a folder in the place of an old marker") {
        world.folder.erase(MARKERS + "disabled_by_maint/bottom");
        world.folder.add_folder(MARKERS + "disabled_by_maint/bottom");
        code = ErrorCode::CANNOT_REMOVE_MARKER;
        path = MARKERS + "disabled_by_maint/bottom";
        error = EISDIR;
    }
    if (variant == "a folder in the place of a new marker") {
        world.folder.add_folder(MARKERS + "enabled_by_admin/top");
        code = ErrorCode::CANNOT_WRITE_MARKER;
        path = MARKERS + "enabled_by_admin/top";
        error = EEXIST;
    }
    if (variant == "a link in the place of a new marker is not followed") {
        world.folder.add_link(MARKERS + "enabled_by_admin/top", world.folder.at("planted"));
        code = ErrorCode::CANNOT_WRITE_MARKER;
        path = MARKERS + "enabled_by_admin/top";
        error = EEXIST;
    }
    if (variant == "a file in the place of the folder of new markers") {
        world.folder.add_file(MARKERS + "enabled_by_admin", {});
        code = ErrorCode::CANNOT_WRITE_MARKER;
        path = MARKERS + "enabled_by_admin/bottom";
        error = ENOTDIR;
    }
    if (variant == "a file in the place of a new link") {
        world.folder.add_file(ENABLED + "top.load", "somebody's work");
        code = ErrorCode::CHANGED_MEANWHILE;
        path = ENABLED + "top.load";
    }
    if (variant == "another link in the place of an old one") {
        world.folder.erase(ENABLED + "broken.load");
        world.folder.add_link(ENABLED + "broken.load", "/else/where");
        code = ErrorCode::CHANGED_MEANWHILE;
        path = ENABLED + "broken.load";
    }
    if (variant == "a new link is there already") {
        world.folder.add_link(ENABLED + "bottom.load", "../mods-available/bottom.load");
        code = ErrorCode::CHANGED_MEANWHILE;
        path = ENABLED + "bottom.load";
    }
    const auto before = world.content();
    const auto committed = carry_out_unseen(world, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == code);
    CHECK(committed.error().path() == world.folder.at(path));
    if (code != ErrorCode::CHANGED_MEANWHILE) {
        CHECK(committed.error().system_error() == error);
    }
    CHECK(committed.error().not_undone() == Lines{});
    CHECK(differences(before, world.content()) == Lines{});
    CHECK_FALSE(world.has_journal());
    CHECK_FALSE(world.tree().contains("planted"));
}

TEST_CASE("what somebody else changed is not removed") {
    const std::string variant = GENERATE(as<std::string>(), "another link", "a file", "a folder");
    INFO(variant);
    const std::string path = ENABLED + "a.load";
    const DebianFolder world;
    world.add_module("a");
    world.enable(Kind::MODULE, "a");
    const core::Plan plan = world.plan_for(disable({"a"}));
    world.folder.erase(path);
    if (variant == "another link") {
        world.folder.add_link(path, "/else/where");
    }
    if (variant == "a file") {
        world.folder.add_file(path, "somebody's work");
    }
    if (variant == "a folder") {
        world.folder.add_folder(path);
    }
    const auto before = world.content();
    const auto committed = carry_out_unseen(world, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(committed.error().path() == world.folder.at(path));
    CHECK(differences(before, world.content()) == Lines{});
}

TEST_CASE("a marker that is as wanted already is no error") {
    const DebianFolder world;
    fill(world);
    const core::Plan plan = world.plan_for(enable({"top"}));
    world.folder.erase(MARKERS + "disabled_by_admin/top");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "bottom");
    CHECK(carry_out_unseen(world, plan));
    CHECK(world.tree().at(ENABLED + "top.load") == "link ../mods-available/top.load");
}

TEST_CASE("a link that is as wanted already is no error, and stays when an error takes the rest back") {
    const DebianFolder world;
    world.add_entry(Kind::SITE, "a");
    world.add_entry(Kind::SITE, "b");
    const core::Plan plan = world.plan_for(enable({"a", "b"}, Kind::SITE));
    world.enable(Kind::SITE, "a");
    SECTION("no error") {
        CHECK(carry_out_unseen(world, plan));
        CHECK(world.tree().contains("conf/sites-enabled/b.conf"));
    }
    SECTION("an error") {
        world.folder.add_file("conf/sites-enabled/b.conf", "somebody's work");
        const auto before = world.content();
        CHECK_FALSE(carry_out_unseen(world, plan));
        CHECK(differences(before, world.content()) == Lines{});
    }
}

TEST_CASE("what there was already stays when an error takes the rest back") {
    const DebianFolder world;
    fill(world);
    const core::Plan plan = world.plan_for(enable({"top"}));
    // All changed after the plan was made: one marker went, one came.
    world.folder.erase(MARKERS + "disabled_by_maint/bottom");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "bottom");
    world.folder.erase(MARKERS + "disabled_by_admin/top");
    world.folder.add_folder(MARKERS + "disabled_by_admin/top");
    const auto before = world.content();
    const auto committed = carry_out_unseen(world, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CANNOT_REMOVE_MARKER);
    CHECK(committed.error().not_undone() == Lines{});
    CHECK(differences(before, world.content()) == Lines{});
}

TEST_CASE("marker folders are made, and removed again after an error") {
    const DebianFolder world;
    world.add_module("a");
    const core::Plan plan = world.plan_for(enable({"a"}));
    SECTION("all goes well") {
        REQUIRE(carry_out(world, plan));
        CHECK(world.tree().at(MARKERS + "enabled_by_admin/a") == "file ");
    }
    SECTION("something goes wrong") {
        world.folder.add_file(ENABLED + "a.load", "somebody's work");
        CHECK_FALSE(carry_out_unseen(world, plan));
        CHECK_FALSE(world.tree().contains("state/module"));
    }
}

TEST_CASE("a journal that cannot be written stops everything") {
    const DebianFolder world;
    fill(world);
    REQUIRE(carry_out(world, disable({"other"})));
    const core::Plan plan = world.plan_for(enable({"top"}));
    const auto before = world.tree();
    rlimit limit{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlim_t most = limit.rlim_cur;
    limit.rlim_cur = GENERATE(0, 1, 100, 500);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    const auto committed = carry_out(world, plan);
    limit.rlim_cur = most;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    std::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CANNOT_WRITE_JOURNAL);
    CHECK(committed.error().path() == world.folder.at(world.journal_name()));
    CHECK(committed.error().system_error() == EFBIG);
    CHECK(differences(before, world.tree()) == Lines{});
}

TEST_CASE("a held lock stops everything") {
    const DebianFolder world;
    fill(world);
    const core::Plan plan = world.plan_for(enable({"top"}));
    const auto lock = io::take_lock(world.layout, false, std::chrono::milliseconds(0), {});
    REQUIRE(lock);
    const auto before = world.tree();
    io::CommitSettings settings;
    settings.wait_limit = std::chrono::milliseconds(0);
    auto committed = carry_out(world, plan, settings);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::LOCKED);
    CHECK(committed.error().text().find(std::to_string(::getpid())) != std::string::npos);
    CHECK(differences(before, world.tree()) == Lines{});
    // Who has nothing to do needs no lock.
    CHECK(carry_out(world, enable({"other"}), settings));
    // Who has it needs none either.
    settings.locked = true;
    CHECK(carry_out(world, plan, settings));
}

TEST_CASE("a plan that is out of date is made anew under the lock") {
    const DebianFolder world;
    fill(world);
    const core::Plan plan = world.plan_for(enable({"top"}));
    REQUIRE(carry_out(world, enable({"bottom"})));
    const auto before = world.tree();
    std::vector<core::Plan> seen;
    io::CommitSettings settings;
    bool accepted = true;
    settings.accept = [&](const std::shared_ptr<const core::Plan> & fresh) {
        seen.push_back(*fresh);
        return accepted;
    };
    SECTION("accepted") {
        const auto committed = carry_out(world, plan, settings);
        REQUIRE(committed);
        CHECK(*committed.value().plan == seen.at(0));
        CHECK(committed.value().operations == operations(seen[0]));
        CHECK(operations(seen[0]) < operations(plan));
        CHECK(world.tree().at(ENABLED + "top.load") == "link ../mods-available/top.load");
    }
    SECTION("not accepted") {
        accepted = false;
        const auto committed = carry_out(world, plan, settings);
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code() == ErrorCode::PLAN_CHANGED);
        CHECK(differences(before, world.tree()) == Lines{});
    }
    SECTION("nobody asks") {
        settings.accept = nullptr;
        const auto committed = carry_out(world, plan, settings);
        REQUIRE(committed);
        CHECK(*committed.value().plan != plan);
        seen.push_back(plan);
    }
    CHECK(seen.size() == 1);
    // One that still holds is not asked about.
    seen.clear();
    CHECK(carry_out(world, disable({"other"}), settings));
    CHECK(seen.empty());
}

TEST_CASE("a plan made anew may be refused, and then nothing is done") {
    const DebianFolder world;
    world.add_module("a");
    const core::Plan plan = world.plan_for(enable({"a"}));
    world.folder.add_file(ENABLED + "a.load", "somebody's work");
    const auto before = world.content();
    const auto committed = carry_out(world, plan);
    REQUIRE(committed);
    CHECK(committed.value().plan->refused);
    CHECK(committed.value().operations == 0);
    CHECK(differences(before, world.content()) == Lines{});
}

TEST_CASE("confs and sites are changed link by link, however many") {
    const Kind kind = GENERATE(Kind::CONF, Kind::SITE);
    const DebianFolder world;
    Lines names;
    for (int i = 0; i < 300; ++i) {
        names.push_back("entry" + std::to_string(i));
        world.add_entry(kind, names.back());
    }
    const auto before = world.content();
    auto committed = carry_out(world, enable(names, kind));
    REQUIRE(committed);
    CHECK(committed.value().way == Way::LINKS);
    CHECK(committed.value().operations == 600);
    const std::string folder = kind == Kind::CONF ? "conf" : "sites";
    const auto tree = world.content();
    CHECK(tree.size() == before.size() + 600);
    CHECK(tree.at("conf/" + folder + "-enabled/entry7.conf") == "link ../" + folder + "-available/entry7.conf");
    CHECK(tree.at("state/" + std::string(word(kind)) + "/enabled_by_admin/entry299") == "file ");
    committed = carry_out(world, disable(names, kind));
    REQUIRE(committed);
    CHECK(world.content().size() == before.size() + 300);
}

TEST_CASE("one link of a module needs no copy") {
    const DebianFolder world;
    world.add_module("a");
    const auto committed = carry_out(world, enable({"a"}));
    REQUIRE(committed);
    CHECK(committed.value().way == Way::LINKS);
    CHECK(world.tree().at(ENABLED + "a.load") == "link ../mods-available/a.load");
}

TEST_CASE("the server is asked whether it accepts the change") {
    const bool ordered = GENERATE(false, true);
    const DebianFolder world;
    fill_mpms(world);
    if (ordered) {
        world.folder.add_folder(ENABLED + "sub");
    }
    io::CommitSettings settings;
    settings.test = true;
    SECTION("it accepts") {
        add_server(world, "mpm_event.load");
        const auto committed = carry_out(world, switch_to("prefork"), settings);
        REQUIRE(committed);
        CHECK(committed.value().test == TestResult::PASSED);
        CHECK(world.tree().contains(ENABLED + "mpm_prefork.load"));
    }
    SECTION("it refuses what it would read, having accepted what there is") {
        add_server(world, "mpm_prefork.load");
        const auto before = world.content();
        const auto committed = carry_out(world, switch_to("prefork"), settings);
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code() == ErrorCode::SERVER_REFUSED);
        CHECK(committed.error().text() == "I refuse mpm_prefork.load\n");
        CHECK(committed.error().not_undone().empty());
        CHECK(differences(before, world.content()) == Lines{});
    }
    SECTION("it refused before, too") {
        add_server(world, "local.conf");
        const auto committed = carry_out(world, switch_to("prefork"), settings);
        REQUIRE(committed);
        CHECK(committed.value().test == TestResult::BROKEN_BEFORE);
        CHECK(committed.value().test_output == "I refuse local.conf\n");
        CHECK(world.tree().contains(ENABLED + "mpm_prefork.load"));
    }
    SECTION("there is none") {
        const auto committed = carry_out(world, switch_to("prefork"), settings);
        REQUIRE(committed);
        CHECK(committed.value().test == TestResult::IMPOSSIBLE);
        CHECK(world.tree().contains(ENABLED + "mpm_prefork.load"));
    }
    CHECK_FALSE(world.has_journal());
    CHECK_FALSE(world.tree().contains("conf/.mods-enabled.confgraph"));
}

TEST_CASE("an unfinished change is completed first") {
    const DebianFolder world;
    fill(world);
    const core::Plan first = world.plan_for(enable({"top"}));
    world.leave_journal(core::JournalWord::FORWARD, core::changes_of(first).value());
    SECTION("by a command with nothing to do") {
        const auto committed = carry_out(world, enable({"other"}));
        REQUIRE(committed);
        CHECK(committed.value().recovered);
        CHECK(committed.value().operations == 0);
    }
    SECTION("by the same command") {
        const auto committed = carry_out(world, first);
        REQUIRE(committed);
        CHECK(committed.value().recovered);
        CHECK(committed.value().plan->steps.empty());
    }
    CHECK(world.tree().contains(ENABLED + "top.load"));
    CHECK_FALSE(world.has_journal());
}

TEST_CASE("a journal that is not understood stops everything") {
    const std::string variant = GENERATE(as<std::string>(), "of a newer version", "garbage", "a folder",
                                         "a link to a journal", "about other folders");
    INFO(variant);
    const DebianFolder world;
    fill(world);
    const core::Plan plan = world.plan_for(enable({"top"}));
    ErrorCode code{};
    if (variant == "of a newer version") {
        world.leave_journal_text("confgraph journal 3 forward\n");
        code = ErrorCode::JOURNAL_UNKNOWN;
    }
    if (variant == "garbage") {
        world.leave_journal_text("garbage\n");
        code = ErrorCode::JOURNAL_DAMAGED;
    }
    if (variant == "a folder") {
        world.folder.add_folder(world.journal_name());
        code = ErrorCode::JOURNAL_DAMAGED;
    }
    if (variant == "a link to a journal") {
        world.folder.add_file("elsewhere", core::write_journal({.word = core::JournalWord::FORWARD,
                                                                .folders = world.journal_folders(),
                                                                .changes = core::changes_of(plan).value()}));
        world.folder.add_link(world.journal_name(), world.folder.at("elsewhere"));
        code = ErrorCode::JOURNAL_DAMAGED;
    }
    if (variant == "about other folders") {
        auto folders = world.journal_folders();
        folders.enabled[0] = "/etc";
        world.leave_journal_text(
            core::write_journal({.word = core::JournalWord::FORWARD, .folders = folders, .changes = {}}));
        code = ErrorCode::JOURNAL_ELSEWHERE;
    }
    const auto before = world.content();
    for (const core::Plan & wanted : {plan, world.plan_for(enable({"other"}))}) {
        const auto committed = carry_out(world, wanted);
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code() == code);
        CHECK(committed.error().path() == world.folder.at(world.journal_name()));
        CHECK(differences(before, world.content()) == Lines{});
    }
}

TEST_CASE("paths may be relative") {
    DebianFolder world;
    fill(world);
    const test::WorkingDirectory inside(world.folder.path());
    const std::string journal = world.journal_name();
    world.layout.config = "conf";
    world.layout.state = "state/";
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        for (std::string * path :
             {&world.layout.of(kind).available, &world.layout.of(kind).enabled, &world.layout.of(kind).markers}) {
            *path = path->substr(world.folder.path().size() + 1);
        }
    }
    world.leave_journal(core::JournalWord::PENDING, {});
    const auto committed = carry_out(world, enable({"top"}));
    REQUIRE(committed);
    CHECK(committed.value().recovered);
    CHECK(committed.value().way == Way::EXCHANGE);
    CHECK(world.tree().at(ENABLED + "top.load") == "link ../mods-available/top.load");
    CHECK(world.tree().contains(MARKERS + "enabled_by_admin/top"));
    CHECK_FALSE(world.tree().contains(journal));
}

namespace {

const std::string TWO_MPMS = "# One of them\n#LoadModule prefork\nLoadModule event\n";
const std::string SWITCHED = "# One of them\nLoadModule prefork\n#LoadModule event\n";

core::Operation edit(const DebianFolder & world, const std::string & name, unsigned line, const std::string & before,
                     const std::string & after) {
    return {.code = OperationCode::EDIT_LINE,
            .path = world.folder.at(ENABLED + name),
            .target = after,
            .replaced_target = before,
            .line = line};
}

/// Switches the MPM in a file of two lines; "more" comes along.
core::Plan switch_lines(const DebianFolder & world, const std::vector<core::Operation> & more = {}) {
    core::Plan plan;
    plan.request.kind = Kind::MODULE;
    core::Step step{.code = StepCode::ENABLE, .name = "mpm_prefork", .cause = {}, .operations = {}};
    step.operations = {edit(world, "00-mpm.conf", 2, "#LoadModule prefork", "LoadModule prefork"),
                       edit(world, "00-mpm.conf", 3, "LoadModule event", "#LoadModule event"),
                       {OperationCode::CREATE_MARKER, world.folder.at(MARKERS + "enabled_by_admin/mpm_prefork")}};
    step.operations.insert(step.operations.end(), more.begin(), more.end());
    plan.texts[world.folder.at(ENABLED + "00-mpm.conf")] = TWO_MPMS;
    plan.steps.push_back(std::move(step));
    return plan;
}

void fill_with_files(const DebianFolder & world) {
    world.folder.add_file(ENABLED + "00-mpm.conf", TWO_MPMS);
    world.folder.add_file(ENABLED + "other.conf", "somebody's work");
    world.add_marker(Kind::MODULE, "enabled_by_admin", "mpm_event");
}

std::vector<std::string> times_and_inode(const std::string & path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return {std::to_string(status.st_ino), std::to_string(status.st_mtim.tv_sec),
            std::to_string(status.st_mtim.tv_nsec)};
}

}  // namespace

TEST_CASE("a file with several lines is replaced once") {
    const DebianFolder world;
    fill_with_files(world);
    const auto other = times_and_inode(world.folder.at(ENABLED + "other.conf"));
    Watch watch;
    watch.add(world.folder.at("conf/mods-enabled"), "mods-enabled");
    watch.add(world.folder.at("conf"), "conf");
    const auto committed = carry_out_unseen(world, switch_lines(world));
    REQUIRE(committed);
    CHECK(committed.value().way == Way::LINKS);
    CHECK(committed.value().operations == 3);
    CHECK(watch.events() == Lines{"+ mods-enabled/.00-mpm.conf.confgraph", "- mods-enabled/.00-mpm.conf.confgraph",
                                  "+ mods-enabled/00-mpm.conf"});
    CHECK(world.tree().at(ENABLED + "00-mpm.conf") == "file " + SWITCHED);
    CHECK(world.tree().contains(MARKERS + "enabled_by_admin/mpm_prefork"));
    CHECK(times_and_inode(world.folder.at(ENABLED + "other.conf")) == other);
    CHECK_FALSE(world.has_journal());
}

TEST_CASE("several files are exchanged together") {
    const DebianFolder world;
    fill_with_files(world);
    const auto other = times_and_inode(world.folder.at(ENABLED + "other.conf"));
    const core::Operation create{.code = OperationCode::CREATE_FILE,
                                 .path = world.folder.at(ENABLED + "10-new.conf"),
                                 .target = "LoadModule new\n"};
    Watch watch;
    watch.add(world.folder.at("conf/mods-enabled"), "mods-enabled");
    const auto committed = carry_out_unseen(world, switch_lines(world, {create}));
    REQUIRE(committed);
    CHECK(committed.value().way == Way::EXCHANGE);
    CHECK(world.tree().at(ENABLED + "00-mpm.conf") == "file " + SWITCHED);
    CHECK(world.tree().at(ENABLED + "10-new.conf") == "file LoadModule new\n");
    CHECK(times_and_inode(world.folder.at(ENABLED + "other.conf")) == other);
    CHECK_FALSE(world.tree().contains("conf/.mods-enabled.confgraph"));
    CHECK_FALSE(world.has_journal());
}

TEST_CASE("what was edited is what it was when something else goes wrong") {
    const DebianFolder world;
    fill_with_files(world);
    const core::Operation remove_file{
        .code = OperationCode::REMOVE_FILE, .path = world.folder.at(ENABLED + "10-own.conf"), .replaced_target = "own"};
    const bool several = GENERATE(false, true);
    const bool folder_inside = GENERATE(false, true);
    core::Plan plan = switch_lines(world);
    if (several) {
        world.folder.add_file(ENABLED + "10-own.conf", "own");
        plan = switch_lines(world, {remove_file});
        plan.texts[remove_file.path] = "own";
    }
    if (folder_inside) {
        world.folder.add_folder(ENABLED + "sub");
    }
    // This is done last, and cannot be.
    world.folder.add_folder(MARKERS + "enabled_by_maint/mpm_event");
    plan.steps.front().operations.push_back(
        {OperationCode::REMOVE_MARKER, world.folder.at(MARKERS + "enabled_by_maint/mpm_event")});
    const auto before = world.tree();
    const auto times = times_and_inode(world.folder.at(ENABLED + "00-mpm.conf"));
    const auto committed = carry_out_unseen(world, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CANNOT_REMOVE_MARKER);
    CHECK(committed.error().not_undone().empty());
    auto now = world.tree();
    now.erase("state/confgraph");
    CHECK(differences(before, now) == Lines{});
    // One that was exchanged is the very same, another one is as good.
    const auto times_now = times_and_inode(world.folder.at(ENABLED + "00-mpm.conf"));
    CHECK((times_now[0] == times[0]) == (several && !folder_inside));
    CHECK(times_now[1] == times[1]);
    CHECK(times_now[2] == times[2]);
}

TEST_CASE("what somebody else edited meanwhile stops the change") {
    const std::string variant = GENERATE(as<std::string>(), "it says something else", "it is gone", "it is a link");
    INFO(variant);
    const DebianFolder world;
    fill_with_files(world);
    const core::Plan plan = switch_lines(world);
    const std::string name = ENABLED + "00-mpm.conf";
    if (variant == "it says something else") {
        world.folder.add_file(name, TWO_MPMS + "# mine\n");
    }
    if (variant == "it is gone") {
        world.folder.erase(name);
    }
    if (variant == "it is a link") {
        world.folder.erase(name);
        world.folder.add_file("mpm", TWO_MPMS);
        world.folder.add_link(name, world.folder.at("mpm"));
    }
    const auto before = world.tree();
    const auto committed = carry_out_unseen(world, plan);
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::CHANGED_MEANWHILE);
    CHECK(committed.error().path() == world.folder.at(name));
    auto now = world.tree();
    now.erase("state/confgraph");
    CHECK(differences(before, now) == Lines{});
}

TEST_CASE("a file that would be too large is not begun") {
    const DebianFolder world;
    fill_with_files(world);
    const core::Operation create{.code = OperationCode::CREATE_FILE,
                                 .path = world.folder.at(ENABLED + "10-new.conf"),
                                 .target = std::string(1024UL * 1024 + 1, 'x')};
    const auto before = world.tree();
    const auto committed = carry_out_unseen(world, switch_lines(world, {create}));
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code() == ErrorCode::FILE_TOO_LARGE);
    CHECK(committed.error().path() == create.path);
    auto now = world.tree();
    now.erase("state/confgraph");
    CHECK(differences(before, now) == Lines{});
}

// SPDX-License-Identifier: Apache-2.0
#include "io/root.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <random>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using io::Resolver;
using io::Root;

namespace {

/// A tree to be taken as a root, and what lies beside it.
struct World {
    World() {
        folder.add_file("outside/secret", "outside");
        folder.add_file("root/etc/apache2/apache2.conf", "inside");
        folder.add_file("root/etc/passwd", "inside");
        folder.add_link("root/absolute", "/etc/apache2");
        folder.add_link("root/relative", "etc/../etc/./apache2//");
        folder.add_link("root/etc/up", "../../../../../../etc/passwd");
        folder.add_link("root/leads-out", folder.at("outside"));
        folder.add_link("root/climbs-out", "../outside/secret");
        folder.add_link("root/dangling", "no/where");
        folder.add_link("root/itself", "itself");
        folder.add_link("root/one", "/two");
        folder.add_link("root/two", "one/x");
        folder.add_link("root/top", "/");
        folder.add_link("root/file-as-folder", "etc/passwd/");
    }

    [[nodiscard]] Root root(Resolver resolver) const {
        auto opened = Root::open(folder.at("root"), resolver);
        REQUIRE(opened);
        return std::move(opened).value();
    }

    test::TemporaryFolder folder;
};

/// What was opened, in a word: the text of a file, the names of a link and of a folder, or the error.
std::string open_word(const Root & root, const std::string & path, int flags) {
    const auto file = root.open(path, flags);
    if (!file) {
        return "errno " + std::to_string(file.error().value);
    }
    struct stat status {};
    REQUIRE(::fstat(file.value().value(), &status) == 0);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string word_of(const std::string & path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string word_of_error(int error) { return "errno " + std::to_string(error); }

std::string canonical(const Root & root, const std::string & path) {
    const auto found = root.canonical_path(path);
    return found ? found.value() : word_of_error(found.error().value);
}

}  // namespace

TEST_CASE("paths and links begin in the root, and none leads above it") {
    const World world;
    const Root root = world.root(GENERATE(Resolver::KERNEL, Resolver::USER));
    struct Case {
        const char * path;
        const char * there;
    };
    constexpr std::array<Case, 17> CASES = {{{"/", "/"},
                                             {".", "/"},
                                             {"..", "/"},
                                             {"/../../..", "/"},
                                             {"top", "/"},
                                             {"top/top/top/etc", "/etc"},
                                             {"/etc/passwd", "/etc/passwd"},
                                             {"etc/passwd", "/etc/passwd"},
                                             {"//etc/.//passwd", "/etc/passwd"},
                                             {"/etc/apache2/../passwd", "/etc/passwd"},
                                             {"/../etc/passwd", "/etc/passwd"},
                                             {"/etc/apache2/", "/etc/apache2"},
                                             {"/absolute", "/etc/apache2"},
                                             {"/absolute/apache2.conf", "/etc/apache2/apache2.conf"},
                                             {"/absolute/../passwd", "/etc/passwd"},
                                             {"/relative/apache2.conf", "/etc/apache2/apache2.conf"},
                                             {"/etc/up", "/etc/passwd"}}};
    for (const auto & [path, there] : CASES) {
        CAPTURE(path);
        CHECK(open_word(root, path, O_PATH) == word_of(world.folder.at("root") + there));
        CHECK(canonical(root, path) == there);
    }
}

TEST_CASE("what leads out leads nowhere, and what leads nowhere says why") {
    const World world;
    const Root root = world.root(GENERATE(Resolver::KERNEL, Resolver::USER));
    struct Case {
        std::string path;
        int error;
    };
    const std::vector<Case> cases = {{"", ENOENT},
                                     {"/nothing", ENOENT},
                                     {"/nothing/x", ENOENT},
                                     {"/leads-out", ENOENT},
                                     {"/leads-out/secret", ENOENT},
                                     {"/climbs-out", ENOENT},
                                     {"/../outside/secret", ENOENT},
                                     {world.folder.at("outside/secret"), ENOENT},
                                     {"/dangling", ENOENT},
                                     {"/dangling/", ENOENT},
                                     {"/itself", ELOOP},
                                     {"/itself/x", ELOOP},
                                     {"/one", ELOOP},
                                     {"/etc/passwd/", ENOTDIR},
                                     {"/etc/passwd/.", ENOTDIR},
                                     {"/etc/passwd/..", ENOTDIR},
                                     {"/etc/passwd/x", ENOTDIR},
                                     {"/file-as-folder", ENOTDIR},
                                     {"/" + std::string(256, 'n'), ENAMETOOLONG},
                                     {"/" + std::string(2048, '/') + "etc" + std::string(2048, '/'), ENAMETOOLONG}};
    for (const auto & [path, error] : cases) {
        CAPTURE(path);
        CHECK(open_word(root, path, O_PATH) == word_of_error(error));
        CHECK(canonical(root, path) == word_of_error(error));
    }
    CHECK(open_word(root, "/etc/passwd", O_RDONLY | O_DIRECTORY) == word_of_error(ENOTDIR));
    CHECK(open_word(root, "/etc/passwd", O_PATH | O_DIRECTORY) == word_of_error(ENOTDIR));
    CHECK(open_word(root, "/absolute", O_RDONLY | O_DIRECTORY | O_NOFOLLOW) == word_of_error(ENOTDIR));
    CHECK(open_word(root, "/absolute", O_RDONLY | O_NOFOLLOW) == word_of_error(ELOOP));
}

TEST_CASE("a link itself can be opened") {
    const World world;
    const Root root = world.root(GENERATE(Resolver::KERNEL, Resolver::USER));
    for (const std::string name : {"/absolute", "/leads-out", "/dangling", "/itself"}) {
        CAPTURE(name);
        CHECK(open_word(root, name, O_PATH | O_NOFOLLOW) == word_of(world.folder.at("root") + name));
    }
    CHECK(open_word(root, "/absolute/", O_PATH | O_NOFOLLOW) == word_of(world.folder.at("root/etc/apache2")));
}

TEST_CASE("as many links are followed as by the kernel, and no more") {
    const World world;
    const Root root = world.root(GENERATE(Resolver::KERNEL, Resolver::USER));
    world.folder.add_file("root/link0", {});
    for (int i = 1; i <= 41; ++i) {
        world.folder.add_link("root/link" + std::to_string(i), "link" + std::to_string(i - 1));
    }
    CHECK(open_word(root, "/link40", O_PATH) == word_of(world.folder.at("root/link0")));
    CHECK(open_word(root, "/link41", O_PATH) == word_of_error(ELOOP));
}

TEST_CASE("links that lead elsewhere by magic lead nowhere") {
    const auto root = Root::open("/", GENERATE(Resolver::KERNEL, Resolver::USER));
    REQUIRE(root);
    const World world;
    REQUIRE(::chdir(world.folder.at("outside").c_str()) == 0);
    const std::string process = "/proc/" + std::to_string(::getpid());
    REQUIRE(std::filesystem::exists(process + "/cwd/secret"));
    for (const char * const path : {"/root", "/root/etc", "/cwd", "/cwd/secret", "/exe", "/fd/0"}) {
        CAPTURE(path);
        CHECK(open_word(root.value(), process + path, O_PATH) == word_of_error(ELOOP));
        CHECK(canonical(root.value(), process + path) == word_of_error(ELOOP));
    }
    CHECK(open_word(root.value(), "/proc/self/root", O_PATH) == word_of_error(ELOOP));
    CHECK(open_word(root.value(), process + "/cwd", O_PATH | O_NOFOLLOW).find(':') != std::string::npos);
    REQUIRE(::chdir("/") == 0);
}

TEST_CASE("the kernel and this program find the same") {
    const test::TemporaryFolder folder;
    std::mt19937 random(20260131);
    const auto below = [&](int count) { return std::uniform_int_distribution<int>(0, count - 1)(random); };
    // A few names, so that paths often lead somewhere.
    constexpr std::array<const char *, 6> NAMES = {"a", "b", "c", "..", ".", ""};
    const auto some_path = [&] {
        std::string path = below(3) == 0 ? "/" : "";
        for (int parts = 1 + below(5); parts > 0; --parts) {
            path += NAMES[static_cast<std::size_t>(below(parts > 1 ? 6 : 4))];
            path += parts > 1 || below(4) == 0 ? "/" : "";
        }
        return path;
    };
    int found = 0;
    for (int tree = 0; tree < 40; ++tree) {
        const std::string name = "root" + std::to_string(tree);
        folder.add_folder(name);
        for (int i = 0; i < 12; ++i) {
            std::string path = folder.at(name);
            for (int depth = below(3); depth >= 0; --depth) {
                path.append("/").append(NAMES[static_cast<std::size_t>(below(3))]);
            }
            std::error_code ignored;
            if (const int what = below(3); what == 0) {
                std::filesystem::create_directories(path, ignored);
            } else if (what == 1) {
                std::filesystem::create_symlink(some_path(), path, ignored);
            } else if (!std::filesystem::exists(path, ignored)) {
                ::close(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
            }
        }
        const auto kernel = Root::open(folder.at(name), Resolver::KERNEL);
        const auto user = Root::open(folder.at(name), Resolver::USER);
        REQUIRE(kernel);
        REQUIRE(user);
        for (int i = 0; i < 60; ++i) {
            const std::string path = some_path();
            CAPTURE(path, tree);
            for (const int flags :
                 {O_PATH, O_PATH | O_NOFOLLOW, O_RDONLY | O_DIRECTORY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, O_RDONLY}) {
                const std::string word = open_word(kernel.value(), path, flags);
                CHECK(open_word(user.value(), path, flags) == word);
                found += word.starts_with("errno") ? 0 : 1;
            }
            // What it leads to has no links in its path.
            if (const auto there = user.value().canonical_path(path)) {
                CHECK(word_of(folder.at(name) + there.value()) == open_word(kernel.value(), path, O_PATH));
            }
        }
    }
    CHECK(found > 1000);
}

TEST_CASE("who exchanges parts of a path meanwhile gets nobody out") {
    const World world;
    const Resolver resolver = GENERATE(Resolver::KERNEL, Resolver::USER);
    const Root root = world.root(resolver);
    const std::string outside = word_of(world.folder.at("outside/secret"));
    struct Attack {
        const char * one;
        const char * other;
        const char * path;
    };
    const Attack attack = GENERATE(
        // A folder and a link that leads out; a folder that is moved out, and "..", which would go on from there.
        Attack{"root/place", "root/link", "/place/secret"}, Attack{"root/a/b", "outside/b", "/a/b/c/../../secret"});
    world.folder.add_file("root/place/secret", "inside");
    world.folder.add_link("root/link", world.folder.at("outside"));
    world.folder.add_folder("root/a/b/c");
    world.folder.add_folder("outside/b/c");
    const std::string one = world.folder.at(attack.one);
    const std::string other = world.folder.at(attack.other);
    std::atomic<bool> ended = false;
    std::atomic<long> exchanges = 0;
    std::thread attacker([&] {
        while (!ended) {
            ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
            ++exchanges;
        }
    });
    int out = 0;
    for (int i = 0; i < 4000 || (exchanges < 100 && i < 10'000'000); ++i) {
        out += open_word(root, attack.path, O_PATH) == outside ? 1 : 0;
        out += canonical(root, attack.path).starts_with(world.folder.path()) ? 1 : 0;
    }
    ended = true;
    attacker.join();
    CHECK(out == 0);
    CHECK(exchanges >= 100);
}

TEST_CASE("without the kernel's help, the same is found") {
    const World world;
    const int answer = GENERATE(ENOSYS, EPERM);
    const Root root = world.root(Resolver::KERNEL);
    const std::string inside = word_of(world.folder.at("root/etc/passwd"));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        // As a container's filter does that does not know the call.
        std::array<sock_filter, 4> program = {
            {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
             {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_openat2},
             {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | static_cast<unsigned>(answer)},
             {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}}};
        const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
            ::_exit(2);
        }
        const bool refused = ::syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0) < 0 && errno == answer;
        const bool right = open_word(root, "/etc/up", O_PATH) == inside &&
                           open_word(root, "/climbs-out", O_PATH) == word_of_error(ENOENT);
        ::_exit(refused && right ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("a root is a folder") {
    const World world;
    CHECK(Root::open(world.folder.at("nothing")).error().value == ENOENT);
    CHECK(Root::open(world.folder.at("root/etc/passwd")).error().value == ENOTDIR);
    CHECK(io::open_below(world.folder.at("nothing"), "/etc", O_PATH).error().value == ENOENT);
}

TEST_CASE("folders are made and removed inside") {
    const World world;
    const std::string root = world.folder.at("root");
    auto wanted = world.folder.tree();
    CHECK(io::make_folder_below(root, "/leads-out/new", 0755).error().value == ENOENT);
    CHECK(io::make_folder_below(root, "/leads-out", 0755).error().value == EEXIST);
    CHECK(io::make_folder_below(root, "/climbs-out/new", 0755).error().value == ENOENT);
    CHECK(io::remove_folder_below(root, "/leads-out").error().value == ENOTDIR);
    CHECK(io::set_mode_below(root, "/leads-out", 0700).error().value == ENOENT);
    CHECK(world.folder.tree() == wanted);
    CHECK(io::make_folder_below(root, "/absolute/new/", 0755));
    wanted["root/etc/apache2/new"] = "folder";
    CHECK(world.folder.tree() == wanted);
    CHECK(io::status_below(root, "/top/absolute/new").value().st_ino ==
          io::link_status_below({}, world.folder.at("root/etc/apache2/new")).value().st_ino);
    CHECK(io::set_mode_below(root, "/absolute/new", 0700));
    CHECK((io::status_below(root, "/absolute/new").value().st_mode & 07777U) == 0700);
    CHECK(S_ISLNK(io::link_status_below(root, "/leads-out").value().st_mode));
    CHECK(io::remove_folder_below(root, "/absolute/new"));
    wanted.erase("root/etc/apache2/new");
    CHECK(world.folder.tree() == wanted);
}

TEST_CASE("without a root, paths are those of this system") {
    const World world;
    const std::string place = world.folder.at("root/leads-out");
    CHECK(io::make_folder_below({}, place + "/new", 0755));
    CHECK(io::set_mode_below({}, place + "/new", 0711));
    CHECK((io::status_below({}, place + "/new").value().st_mode & 07777U) == 0711);
    CHECK(io::open_below({}, place + "/secret", O_RDONLY));
    CHECK(io::remove_folder_below({}, place + "/new"));
    CHECK(io::link_status_below({}, place + "/new").error().value == ENOENT);
}

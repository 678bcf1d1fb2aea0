// SPDX-License-Identifier: Apache-2.0
#include "io/root_file_system.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace confgraph;
using io::FileType;

namespace {

/// A root, links in it, and something beside it.
struct World {
    World() {
        folder.add_file("outside/secret", "outside");
        folder.add_file("root/etc/file", "inside, and more than a piece");
        folder.add_link("root/etc/link", "/etc/file");
        folder.add_link("root/absolute", "/etc");
        folder.add_link("root/leads-out", folder.at("outside"));
        folder.add_link("root/climbs-out", "../outside/secret");
    }
    [[nodiscard]] auto files() const { return io::files_of(folder.at("root")); }

    test::TemporaryFolder folder;
};

template <class T>
int error_of(const io::IoResult<T> & result) {
    return result ? 0 : result.error().value;
}

}  // namespace

TEST_CASE("files of a root are read inside of it") {
    const World world;
    const auto files = world.files();
    std::string text;
    const auto take = [&](std::string_view piece) {
        text.append(piece);
        return true;
    };
    CHECK(files->read("/absolute/link", 4, take).value());
    CHECK(text == "inside, and more than a piece");
    CHECK_FALSE(files->read("/etc/link", 4, [](std::string_view) { return false; }).value());
    CHECK(files->info("/etc/link").value().type == FileType::REGULAR);
    CHECK(files->info("/etc/link").value().size == text.size());
    CHECK(files->link_info("/etc/link").value().type == FileType::LINK);
    CHECK(files->read_link("/etc/link").value() == "/etc/file");
    CHECK(files->canonical_path("/absolute/link").value() == "/etc/file");
    CHECK(files->canonical_path("/absolute").value() == "/etc");
    CHECK(files->working_directory().value() == "/");
    auto names = files->list("/absolute").value();
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"file", "link"});
}

TEST_CASE("what lies outside of a root is not read") {
    const World world;
    const auto files = world.files();
    bool taken = false;
    const auto take = [&](std::string_view) { return taken = true; };
    for (const std::string & path :
         {std::string("/leads-out/secret"), std::string("/climbs-out"), world.folder.at("outside/secret"),
          std::string("../outside/secret"), std::string("/etc/../../outside/secret")}) {
        CAPTURE(path);
        CHECK(error_of(files->info(path)) == ENOENT);
        CHECK(error_of(files->read(path, 64, take)) == ENOENT);
        CHECK(error_of(files->canonical_path(path)) == ENOENT);
        CHECK(error_of(files->list(path)) == ENOENT);
    }
    CHECK_FALSE(taken);
    CHECK(files->link_info("/leads-out").value().type == FileType::LINK);
    CHECK(files->read_link("/climbs-out").value() == "../outside/secret");
}

TEST_CASE("what is no file of a root is not opened") {
    const World world;
    REQUIRE(::mkfifo(world.folder.at("root/fifo").c_str(), 0600) == 0);
    const auto files = world.files();
    const auto nothing = [](std::string_view) { return true; };
    CHECK(files->info("/fifo").value().type == FileType::OTHER);
    CHECK(error_of(files->read("/fifo", 64, nothing)) == ENXIO);
    CHECK(error_of(files->read("/etc", 64, nothing)) == EISDIR);
    CHECK(error_of(files->list("/etc/file")) == ENOTDIR);
    CHECK(error_of(files->read_link("/etc/file")) == EINVAL);
    CHECK(error_of(files->read_link("/etc")) == EINVAL);
    CHECK(error_of(files->read_link("/nothing")) == ENOENT);
    const auto machine = io::files_of("/");
    CHECK(machine->info("/dev/null").value().type == FileType::OTHER);
    CHECK(error_of(machine->read("/dev/null", 64, nothing)) == ENXIO);
}

TEST_CASE("a root that is not there has no files") {
    const World world;
    for (const auto & [root, error] :
         {std::pair(world.folder.at("nothing"), ENOENT), std::pair(world.folder.at("root/etc/file"), ENOTDIR)}) {
        const auto files = io::files_of(root);
        CHECK(error_of(files->info("/")) == error);
        CHECK(error_of(files->list("/")) == error);
        CHECK(error_of(files->canonical_path("/")) == error);
    }
}

TEST_CASE("without a root, the files are those of this system") {
    const World world;
    const auto files = io::files_of({});
    CHECK(files->info(world.folder.at("root/leads-out/secret")).value().type == FileType::REGULAR);
    CHECK(files->canonical_path(world.folder.at("root/leads-out")).value() == world.folder.at("outside"));
}

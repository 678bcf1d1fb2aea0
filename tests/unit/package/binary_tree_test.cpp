// SPDX-License-Identifier: Apache-2.0
#include "io/binary_tree.hpp"

#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace confgraph::package;
using confgraph::test::TemporaryFolder;
using confgraph::test::whole_file;
using io::find_binaries;
using io::resolve_inside;

namespace {

std::string seed(const std::string & name) { return whole_file(CONFGRAPH_CORPUS + name); }

}  // namespace

TEST_CASE("binaries with modules are found below a folder, by path") {
    const TemporaryFolder folder;
    folder.add_file("z/mod_z.so", seed("x86-64"));
    folder.add_file("a/odd name", seed("several"));
    folder.add_file("a/libplain.so", seed("none"));
    folder.add_file("a/libscript.so", "INPUT(-lplain)\n");
    folder.add_file("a/empty.so", "");
    folder.add_file("a/damaged", seed("i386").substr(0, 100));
    folder.add_link("a/link.so", "../z/mod_z.so");
    folder.add_link("a/loop", "../a");
    REQUIRE(::mkfifo(folder.at("a/fifo.so").c_str(), 0600) == 0);
    const auto found = find_binaries(folder.path());
    REQUIRE(found);
    CHECK(found.value().errors.empty());
    REQUIRE(found.value().binaries.size() == 2);
    CHECK(found.value().binaries[0].path == folder.at("a/odd name"));
    CHECK(found.value().binaries[0].modules.size() == 3);
    CHECK(found.value().binaries[1].path == folder.at("z/mod_z.so"));
}

TEST_CASE("a module that is damaged is told of") {
    const TemporaryFolder folder;
    folder.add_file("mod_a.so", seed("x86-64").substr(0, 300));
    folder.add_file("mod_b.so", seed("x86-64"));
    const auto found = find_binaries(folder.path());
    REQUIRE(found);
    CHECK(found.value().binaries.size() == 1);
    REQUIRE(found.value().errors.size() == 1);
    CHECK(found.value().errors.front().path == folder.at("mod_a.so"));
    CHECK(found.value().errors.front().code == ErrorCode::MALFORMED);
}

TEST_CASE("a file that is named itself is read through a link, and has to be one") {
    const TemporaryFolder folder;
    folder.add_file("mod_a.so", seed("x86-64"));
    folder.add_file("text", "hello\n");
    folder.add_link("link", "mod_a.so");
    folder.add_link("nowhere", "gone");
    const auto found = find_binaries(folder.at("link"));
    REQUIRE(found);
    REQUIRE(found.value().binaries.size() == 1);
    CHECK(found.value().binaries.front().path == folder.at("link"));
    const auto text = find_binaries(folder.at("text"));
    REQUIRE_FALSE(text);
    CHECK(text.error().code == ErrorCode::NOT_ELF);
    for (const std::string name : {"nowhere", "gone", "text/x"}) {
        const auto missing = find_binaries(folder.at(name));
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == ErrorCode::CANNOT_READ);
        CHECK(missing.error().system_error == (name == "text/x" ? ENOTDIR : ENOENT));
    }
    REQUIRE(::mkfifo(folder.at("fifo").c_str(), 0600) == 0);
    const auto fifo = find_binaries(folder.at("fifo"));
    REQUIRE_FALSE(fifo);
    CHECK(fifo.error().code == ErrorCode::NOT_A_FILE);
}

TEST_CASE("a file larger than any module is refused, unless it is something else anyway") {
    const TemporaryFolder folder;
    folder.add_file("huge.so", seed("x86-64"));
    folder.add_file("huge.txt", "text");
    for (const char * name : {"huge.so", "huge.txt"}) {
        REQUIRE(::truncate(folder.at(name).c_str(), off_t{1} << 33) == 0);
    }
    CHECK(find_binaries(folder.at("huge.so")).error().code == ErrorCode::TOO_LARGE);
    CHECK(find_binaries(folder.at("huge.txt")).error().code == ErrorCode::NOT_ELF);
}

TEST_CASE("links inside of a tree stay inside of it") {
    const TemporaryFolder folder;
    folder.add_file("usr/lib/real/mod_a.so", "x");
    folder.add_link("usr/lib/apache2", "/usr/lib/real");
    folder.add_link("usr/lib/real/up.so", "../../../../../../usr/lib/real/./mod_a.so");
    folder.add_link("usr/lib/real/loop.so", "loop.so");
    folder.add_link("usr/lib/real/out.so", "/etc/passwd");
    const std::string real = folder.at("usr/lib/real/mod_a.so");
    CHECK(resolve_inside(folder.path(), "/usr/lib/real/mod_a.so") == real);
    CHECK(resolve_inside(folder.path(), "/usr/lib/apache2/mod_a.so") == real);
    CHECK(resolve_inside(folder.path(), "/usr//lib/./apache2/../apache2/up.so") == real);
    CHECK(resolve_inside(folder.path(), "/usr//lib/./real/../apache2/up.so") == real);
    CHECK(resolve_inside(folder.path(), "/../../usr/lib/real/up.so") == real);
    CHECK(resolve_inside(folder.path(), "/usr/lib/real/loop.so").empty());
    CHECK(resolve_inside(folder.path(), "/usr/lib/real/out.so").empty());
    CHECK(resolve_inside(folder.path(), "/usr/lib/real/gone.so").empty());
}

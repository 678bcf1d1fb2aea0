// SPDX-License-Identifier: Apache-2.0
#include "io/read_binary.hpp"

#include "io/posix_file_system.hpp"
#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <string>

using namespace confgraph;
using io::read_binary;
using test::MemoryFileSystem;
using test::TemporaryFolder;

namespace {

constexpr std::size_t MEBIBYTE = 1024UL * 1024;

int error_of(const io::IoResult<std::string> & result) { return result ? 0 : result.error().value; }

}  // namespace

TEST_CASE("binaries are read whole") {
    const io::PosixFileSystem files;
    for (const std::string & path : {test::SERVER_BINARY, test::module_binary("mod_rewrite.so")}) {
        const auto bytes = read_binary(files, path);
        REQUIRE(bytes);
        CHECK(bytes.value() == test::whole_file(path));
    }
}

TEST_CASE("what is no binary is not read beyond its beginning") {
    MemoryFileSystem files;
    files.add_file("/empty");
    files.add_file("/text", std::string(10 * MEBIBYTE, 'x'));
    files.add_file("/short",
                   "\x7F"
                   "ELF");
    files.add_file("/zeros",
                   "\x7F"
                   "ELF" +
                       std::string(10 * MEBIBYTE, '\0'));
    files.add_folder("/folder");
    files.add_other("/fifo");
    for (const char * path : {"/empty", "/text", "/short", "/zeros", "/folder", "/fifo"}) {
        INFO(path);
        CHECK(error_of(read_binary(files, path)) == EINVAL);
    }
    CHECK(files.bytes_read() <= MEBIBYTE);
}

TEST_CASE("what cannot be read says why") {
    MemoryFileSystem files;
    files.add_file("/denied", test::whole_file(test::module_binary("mod_rewrite.so")));
    files.deny("/denied");
    CHECK(error_of(read_binary(files, "/nothing")) == ENOENT);
    CHECK(error_of(read_binary(files, "/denied/x")) == ENOTDIR);
    CHECK(error_of(read_binary(files, "/denied")) == EACCES);
}

TEST_CASE("a huge file is not read, a device not opened") {
    const TemporaryFolder folder;
    const io::PosixFileSystem files;
    folder.add_file("huge.so", test::whole_file(test::module_binary("mod_rewrite.so")));
    std::filesystem::resize_file(folder.at("huge.so"), 1024 * MEBIBYTE);
    CHECK(error_of(read_binary(files, folder.at("huge.so"))) == EINVAL);
    CHECK(error_of(read_binary(files, "/dev/zero")) == EINVAL);
}

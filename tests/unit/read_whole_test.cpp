// SPDX-License-Identifier: Apache-2.0
#include "io/read_whole.hpp"

#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

#include <cerrno>
#include <string>

using namespace confgraph;
using io::read_whole;
using test::MemoryFileSystem;

namespace {

int error_of(const io::IoResult<std::string> & text) { return text ? 0 : text.error().value; }

}  // namespace

TEST_CASE("all of a file is read, in pieces of any size") {
    MemoryFileSystem files;
    const std::string text("some\0words\n", 11);
    files.add_file("/file", text);
    files.add_file("/empty");
    for (const std::size_t piece : {1U, 2U, 11U, 12U, 4096U}) {
        CHECK(read_whole(files, "/file", text.size(), piece).value() == text);
        CHECK(read_whole(files, "/empty", 0, piece).value().empty());
    }
    CHECK(read_whole(files, "/file", text.size()).value() == text);
}

TEST_CASE("a file that is longer than the limit is not read to its end") {
    MemoryFileSystem files;
    files.add_file("/file", std::string(10000, 'x'));
    CHECK(error_of(read_whole(files, "/file", 9999)) == EFBIG);
    files.erase("/file");
    files.add_file("/file", std::string(1000000, 'x'));
    const std::size_t before = files.bytes_read();
    CHECK(error_of(read_whole(files, "/file", 9999, 1000)) == EFBIG);
    CHECK(files.bytes_read() - before == 10000);
}

TEST_CASE("what cannot be read has its own error") {
    MemoryFileSystem files;
    files.add_folder("/folder");
    files.add_file("/secret", "x");
    files.deny("/secret");
    CHECK(error_of(read_whole(files, "/nothing", 10)) == ENOENT);
    CHECK(error_of(read_whole(files, "/folder", 10)) == EISDIR);
    CHECK(error_of(read_whole(files, "/secret", 10)) == EACCES);
}

// SPDX-License-Identifier: Apache-2.0
#include "io/read_facts.hpp"

#include "io/posix_file_system.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/names.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace confgraph;
using core::Depth;
using io::FileType;
using io::IoResult;
using io::read_facts;
using test::MemoryFileSystem;
using test::TemporaryFolder;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t MEBIBYTE = 1024UL * 1024;

Lines diagnostics(const core::FileFacts & facts) {
    Lines lines;
    for (const core::Diagnostic & diagnostic : facts.diagnostics) {
        lines.push_back(test::name_of(diagnostic.code) + (diagnostic.text.empty() ? "" : " " + diagnostic.text));
    }
    return lines;
}

Lines depends(const core::FileFacts & facts) {
    Lines lines;
    for (const core::Reference & reference : facts.depends) {
        lines.push_back(reference.name);
    }
    return lines;
}

/// Every path is a file that never ends. Counts what is taken of it.
class EndlessReader final : public io::FileReader {
public:
    explicit EndlessReader(std::string pattern) : pattern_(std::move(pattern)) {}

    IoResult<io::FileInfo> info(const std::string &) const override { return io::FileInfo{FileType::REGULAR, 1, 1}; }
    IoResult<io::FileInfo> link_info(const std::string & path) const override { return info(path); }
    IoResult<std::string> read_link(const std::string &) const override { return io::Errno{EINVAL}; }
    IoResult<std::vector<std::string>> list(const std::string &) const override { return io::Errno{ENOTDIR}; }
    IoResult<std::string> canonical_path(const std::string & path) const override { return path; }
    IoResult<std::string> working_directory() const override { return std::string("/"); }
    IoResult<bool> read(const std::string &, std::size_t piece_bytes,
                        const std::function<bool(std::string_view)> & take) const override {
        std::string piece;
        do {
            piece.clear();
            while (piece.size() < piece_bytes) {
                piece += pattern_[position_++ % pattern_.size()];
            }
            bytes += piece.size();
            REQUIRE(bytes < 100 * MEBIBYTE);
        } while (take(piece));
        return false;
    }

    mutable std::size_t bytes = 0;

private:
    std::string pattern_;
    mutable std::size_t position_ = 0;
};

}  // namespace

TEST_CASE("what a file says is read") {
    MemoryFileSystem files;
    files.add_file("/a/x.load", "# Depends: b\nLoadModule x_module x.so\n");
    files.add_link("/b", "a/x.load");
    for (const Depth depth : {Depth::HEADER, Depth::WHOLE}) {
        CHECK(depends(read_facts(files, "/a/x.load", "x", depth)) == Lines{"b"});
        CHECK(depends(read_facts(files, "/b", "x", depth)) == Lines{"b"});
        CHECK(read_facts(files, "/b", FileType::REGULAR, "x", depth) == read_facts(files, "/b", "x", depth));
    }
    CHECK(diagnostics(read_facts(files, "/b", "b", Depth::HEADER)) == Lines{"SELF_REFERENCE b"});
}

TEST_CASE("a header is read to its end, wherever the pieces end, and no further than that") {
    for (std::size_t padding = 4000; padding < 4200; ++padding) {
        MemoryFileSystem files;
        files.add_file("/x", "#" + std::string(padding, 'x') +
                                 "\n# Depends: a\nLoadModule x_module x.so\n# Depends: b\n" +
                                 std::string(3 * MEBIBYTE, '\n'));
        const core::FileFacts facts = read_facts(files, "/x", "x", Depth::HEADER);
        INFO(padding);
        CHECK(depends(facts) == Lines{"a"});
        CHECK(files.bytes_read() <= 3 * 4096);
    }
}

TEST_CASE("what cannot be read says why") {
    MemoryFileSystem files;
    files.add_file("/denied", "# Depends: a\n");
    files.deny("/denied");
    files.add_link("/loop", "loop");
    CHECK(diagnostics(read_facts(files, "/nothing", "x", Depth::WHOLE)) ==
          Lines{std::string("UNREADABLE ") + std::strerror(ENOENT)});
    CHECK(diagnostics(read_facts(files, "/denied", "x", Depth::WHOLE)) ==
          Lines{std::string("UNREADABLE ") + std::strerror(EACCES)});
    CHECK(diagnostics(read_facts(files, "/denied/x", "x", Depth::WHOLE)) ==
          Lines{std::string("UNREADABLE ") + std::strerror(ENOTDIR)});
    CHECK(diagnostics(read_facts(files, "/loop", "x", Depth::WHOLE)) ==
          Lines{std::string("UNREADABLE ") + std::strerror(ELOOP)});
}

TEST_CASE("what is no file is not opened") {
    MemoryFileSystem files;
    files.add_folder("/folder");
    files.add_other("/fifo");
    CHECK(diagnostics(read_facts(files, "/folder", "x", Depth::WHOLE)) == Lines{"NOT_A_FILE Is a directory"});
    CHECK(diagnostics(read_facts(files, "/fifo", "x", Depth::WHOLE)) == Lines{"NOT_A_FILE Not a regular file"});
    CHECK(files.log() == Lines{"info /folder", "info /fifo"});
}

TEST_CASE("a real FIFO is not waited for") {
    const TemporaryFolder folder;
    REQUIRE(::mkfifo(folder.at("fifo").c_str(), 0666) == 0);
    const io::PosixFileSystem files;
    CHECK(diagnostics(read_facts(files, folder.at("fifo"), "x", Depth::WHOLE)) ==
          Lines{"NOT_A_FILE Not a regular file"});
    // Though it took the place of a file after that was looked at.
    CHECK(read_facts(files, folder.at("fifo"), FileType::REGULAR, "x", Depth::WHOLE) == core::FileFacts{});
    CHECK(diagnostics(read_facts(files, folder.path(), FileType::REGULAR, "x", Depth::WHOLE)) ==
          Lines{std::string("UNREADABLE ") + std::strerror(EISDIR)});
    CHECK(diagnostics(read_facts(files, "/dev/zero", "x", Depth::WHOLE)) == Lines{"NOT_A_FILE Not a regular file"});
}

TEST_CASE("of a file that never ends, no more than a mebibyte is read") {
    const Depth depth = GENERATE(Depth::HEADER, Depth::WHOLE);
    // An endless line, endless short lines, endless directives, an endless continued line, endless containers.
    const std::string pattern =
        GENERATE(std::string(1, '\0'), std::string("x"), std::string("\n"), std::string("# Depends: a b c\n"),
                 std::string("# x\n"), std::string("LoadModule a a.so\n"), std::string("x\\\n"),
                 std::string("<If a>\n"), std::string("#"), std::string("\xEF\xBB\xBF"));
    INFO(pattern);
    const EndlessReader files(pattern);
    const core::FileFacts facts = read_facts(files, "/x", "x", depth);
    CHECK(files.bytes <= MEBIBYTE + 4096);
    if (depth == Depth::WHOLE) {
        REQUIRE(facts.diagnostics.size() >= 1);
        const DiagnosticCode code = facts.diagnostics.back().code;
        CHECK((code == DiagnosticCode::FILE_TOO_LARGE || code == DiagnosticCode::LINE_TOO_LONG));
    }
}

TEST_CASE("a file is too large beyond one mebibyte, and not before") {
    const auto file_of = [](std::size_t size) {
        const std::string end = "\nLoadModule z_module z.so";
        std::string text;
        while (text.size() + 64 + end.size() < size) {
            text += std::string(63, ' ') + "\n";
        }
        return text + std::string(size - text.size() - end.size(), ' ') + end;
    };
    for (const std::size_t size : {MEBIBYTE - 1, MEBIBYTE}) {
        MemoryFileSystem files;
        files.add_file("/x", file_of(size));
        const core::FileFacts facts = read_facts(files, "/x", "x", Depth::WHOLE);
        INFO(size);
        CHECK(diagnostics(facts).empty());
        CHECK(facts.load_modules.size() == 1);
    }
    MemoryFileSystem files;
    files.add_file("/x", "# Depends: a\n" + file_of(MEBIBYTE + 1));
    const core::FileFacts facts = read_facts(files, "/x", "x", Depth::WHOLE);
    CHECK(diagnostics(facts) == Lines{"FILE_TOO_LARGE"});
    CHECK(depends(facts) == Lines{"a"});
}

TEST_CASE("a huge sparse file takes no time and no memory") {
    const TemporaryFolder folder;
    folder.add_file("x.load", "# Depends: a\n");
    std::filesystem::resize_file(folder.at("x.load"), 1024UL * MEBIBYTE);
    const io::PosixFileSystem files;
    const core::FileFacts facts = read_facts(files, folder.at("x.load"), "x", Depth::WHOLE);
    CHECK(depends(facts) == Lines{"a"});
    CHECK(diagnostics(facts) == Lines{"LINE_TOO_LONG"});
    CHECK(depends(read_facts(files, folder.at("x.load"), "x", Depth::HEADER)) == Lines{"a"});
}

TEST_CASE("a text says what a file with it would") {
    const core::FileFacts facts = io::parse_facts("# Depends: ssl x\nLoadModule x_module x.so", "x");
    CHECK(depends(facts) == Lines{"ssl"});
    CHECK(diagnostics(facts) == Lines{"SELF_REFERENCE x"});
    REQUIRE(facts.load_modules.size() == 1);
    CHECK(facts.load_modules.front().file == "x.so");
    CHECK(facts.load_modules.front().line == 2);
    const std::string line =
        "# a comment of a hundred bytes or so, which is repeated until there is more than a mebibyte\n";
    std::string large;
    while (large.size() <= MEBIBYTE) {
        large += line;
    }
    CHECK(diagnostics(io::parse_facts(large, "x")) == Lines{"FILE_TOO_LARGE"});
    CHECK(diagnostics(io::parse_facts("", "x")).empty());
}

// SPDX-License-Identifier: Apache-2.0
#include "core/module_records.hpp"

#include "support/binaries.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <random>
#include <string>
#include <vector>

using namespace confgraph::package;
using confgraph::test::module_binary;
using confgraph::test::whole_file;

namespace {

const std::vector<std::string> SEEDS = {
    "x86-64", "i386", "arm",    "aarch64", "s390x",    "ppc64le",           "mips64el", "mips",    "riscv64",   "hash",
    "relr",   "none", "relr32", "several", "symbolic", "symbolic-mips64el", "program",  "outside", "s390x-hash"};

std::string seed(const std::string & name) { return whole_file(CONFGRAPH_CORPUS + name); }

core::Result<core::Binary> parse(const std::string & bytes) { return core::parse_binary(bytes, "file"); }

core::Error error_of(const std::string & bytes) {
    const auto binary = parse(bytes);
    REQUIRE_FALSE(binary);
    return binary.error();
}

const std::vector<core::Directive> EXAMPLE_DIRECTIVES = {
    {"ExampleEngine", ALLOWED_SERVER | ALLOWED_DIRECTORY, Arguments::FLAG, "On or Off"},
    {"<IfExample",
     ALLOWED_EXEC_ON_READ | ALLOWED_SERVER | ALLOWED_DIRECTORY | ALLOWED_LIMIT | ALLOWED_OPTIONS | ALLOWED_FILE_INFO |
         ALLOWED_AUTH_CONFIG | ALLOWED_INDEXES,
     Arguments::RAW_ARGS, "a container"},
    {"ExampleBare", ALLOWED_FILE_INFO, Arguments::NO_ARGS, ""},
};

/// Puts a number of 64 bits into a little-endian file.
void put(std::string & bytes, std::size_t at, std::uint64_t value) {
    REQUIRE(at + 8 <= bytes.size());
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::uint64_t get(const std::string & bytes, std::size_t at) {
    std::uint64_t value = 0;
    REQUIRE(at + 8 <= bytes.size());
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// Where the value of an entry of the dynamic section lies, which is at the end of each seed.
std::size_t dynamic_entry(const std::string & bytes, std::uint64_t tag) {
    for (std::size_t at = bytes.size() - 16; at > 0x40; at -= 16) {
        if (get(bytes, at) == tag) {
            return at + 8;
        }
    }
    FAIL("no such entry");
    return 0;
}

constexpr std::uint64_t BASE = 0x10000;
constexpr std::size_t FIRST_SEGMENT = sizeof(Elf64_Ehdr);
constexpr std::size_t SECOND_SEGMENT = FIRST_SEGMENT + sizeof(Elf64_Phdr);

/// Where the record of a 64-bit little-endian seed lies.
std::size_t record_of(const std::string & bytes) {
    const auto cookie = bytes.find("42PA");
    REQUIRE(cookie != std::string::npos);
    return cookie - 40;
}

}  // namespace

TEST_CASE("a record is read whatever the machine, its byte order, and its way to write pointers") {
    struct Case {
        std::string seed;
        std::string_view machine;
        int bits;
        bool big;
        std::string rpm;
    };
    const std::vector<Case> cases = {{"x86-64", "x86-64", 64, false, "x8664"},
                                     {"hash", "x86-64", 64, false, "x8664"},
                                     {"relr", "x86-64", 64, false, "x8664"},
                                     {"symbolic", "x86-64", 64, false, "x8664"},
                                     {"program", "x86-64", 64, false, "x8664"},
                                     {"i386", "i386", 32, false, "x8632"},
                                     {"arm", "arm", 32, false, ""},
                                     {"relr32", "arm", 32, false, ""},
                                     {"aarch64", "aarch64", 64, false, "aarch64"},
                                     {"s390x", "s390", 64, true, "s39064"},
                                     {"s390x-hash", "s390", 64, true, "s39064"},
                                     {"ppc64le", "ppc64", 64, false, "ppc64"},
                                     {"mips64el", "mips", 64, false, "mips64"},
                                     {"symbolic-mips64el", "mips", 64, false, "mips64"},
                                     {"mips", "mips", 32, true, "mips32"},
                                     {"riscv64", "riscv", 64, false, "riscv64"}};
    for (const Case & item : cases) {
        INFO(item.seed);
        const auto binary = parse(seed(item.seed));
        REQUIRE(binary);
        CHECK(binary.value().path == "file");
        CHECK(binary.value().machine->name == item.machine);
        CHECK(binary.value().bits == item.bits);
        CHECK(binary.value().big_endian == item.big);
        CHECK(binary.value().rpm_isa == item.rpm);
        REQUIRE(binary.value().modules.size() == 1);
        const core::Module expected{"example_module", "mod_example.c", 20120211, 142, "AP24", EXAMPLE_DIRECTIVES, true};
        CHECK(binary.value().modules.front() == expected);
    }
}

TEST_CASE("a file may hold several records, of symbols that are called as they like") {
    const auto binary = parse(seed("several"));
    REQUIRE(binary);
    const std::vector<core::Module> expected = {
        {"mod_example", "mod_example.cpp", 20120211, 142, "AP24", {}, true},
        {"old_module", "mod_old.c", 20051115, 40, "AP22", {}, true},
        {"next_module", "mod_next.c", 20211221, 30, "AP25", EXAMPLE_DIRECTIVES, true}};
    CHECK(binary.value().modules == expected);
}

TEST_CASE("a binary without records has none, and a table elsewhere is not known") {
    const auto none = parse(seed("none"));
    REQUIRE(none);
    CHECK(none.value().modules.empty());
    const auto outside = parse(seed("outside"));
    REQUIRE(outside);
    REQUIRE(outside.value().modules.size() == 1);
    CHECK_FALSE(outside.value().modules.front().directives_known);
    CHECK(outside.value().modules.front().directives.empty());
    // The first symbol of the C library comes before anything that looks like a record.
    const auto library = parse(whole_file("/proc/self/exe"));
    REQUIRE(library);
    CHECK(library.value().modules.empty());
}

TEST_CASE("the server and its modules are read") {
    const auto rewrite = parse(whole_file(module_binary("mod_rewrite.so")));
    REQUIRE(rewrite);
    REQUIRE(rewrite.value().modules.size() == 1);
    const core::Module & module = rewrite.value().modules.front();
    CHECK(module.identifier == "rewrite_module");
    CHECK(module.source == "mod_rewrite.c");
    CHECK(module.mmn_major == 20120211);
    CHECK(module.mmn_minor > 100);
    CHECK(module.cookie == "AP24");
    const auto engine = std::find_if(module.directives.begin(), module.directives.end(),
                                     [](const core::Directive & item) { return item.name == "RewriteEngine"; });
    REQUIRE(engine != module.directives.end());
    CHECK(engine->allowed == ALLOWED_FILE_INFO);
    CHECK(engine->arguments == Arguments::FLAG);
    CHECK(engine->help == "On or Off to enable or disable (default) the whole rewriting engine");
    const auto server = parse(whole_file(confgraph::test::SERVER_BINARY));
    REQUIRE(server);
    const auto core = std::find_if(server.value().modules.begin(), server.value().modules.end(),
                                   [](const core::Module & item) { return item.identifier == "core_module"; });
    REQUIRE(core != server.value().modules.end());
    CHECK(core->directives.size() > 80);
}

TEST_CASE("what cannot be loaded is told apart") {
    CHECK(error_of("").code == ErrorCode::NOT_ELF);
    CHECK(error_of("\x7F"
                   "EL")
              .code == ErrorCode::NOT_ELF);
    CHECK(error_of("#!/bin/sh\n" + std::string(1000, 'x')).code == ErrorCode::NOT_ELF);
    CHECK(error_of("!<arch>\n" + std::string(1000, 'x')).code == ErrorCode::NOT_ELF);
    const std::string good = seed("x86-64");
    std::string bytes = good;
    bytes[offsetof(Elf64_Ehdr, e_type)] = ET_REL;
    CHECK(error_of(bytes).code == ErrorCode::NOT_LOADABLE);
    bytes = good;
    bytes[offsetof(Elf64_Ehdr, e_machine) + 1] = 0x12;
    CHECK(error_of(bytes).code == ErrorCode::UNKNOWN_MACHINE);
    CHECK(error_of(bytes).number == 0x1200 + EM_X86_64);
    // As what objcopy --only-keep-debug makes.
    bytes = good;
    put(bytes, SECOND_SEGMENT + offsetof(Elf64_Phdr, p_filesz), 0);
    CHECK(error_of(bytes).code == ErrorCode::NOT_LOADABLE);
    CHECK(error_of(bytes).part == Part::DYNAMIC);
    for (const int byte : {EI_CLASS, EI_DATA, EI_VERSION}) {
        bytes = good;
        bytes[static_cast<std::size_t>(byte)] = 3;
        INFO(byte);
        CHECK(error_of(bytes).code == ErrorCode::MALFORMED);
        CHECK(error_of(bytes).part == Part::HEADER);
    }
}

TEST_CASE("section headers play no part") {
    const std::string good = seed("x86-64");
    std::string bytes = good;
    put(bytes, offsetof(Elf64_Ehdr, e_shoff), 0xFFFFFFFFFFFFFF00);
    bytes[offsetof(Elf64_Ehdr, e_shnum)] = '\xFF';
    bytes[offsetof(Elf64_Ehdr, e_shstrndx)] = '\xFF';
    const auto binary = parse(bytes);
    REQUIRE(binary);
    CHECK(binary.value().modules.size() == 1);
}

TEST_CASE("a damaged record is an error that says where it lies") {
    const std::string good = seed("x86-64");
    const std::size_t record = record_of(good);
    std::string bytes = good;
    bytes[record] = bytes[record + 1] = bytes[record + 2] = bytes[record + 3] = '\0';
    CHECK(error_of(bytes) == core::Error{ErrorCode::MALFORMED, "file", 0, Part::MODULE, record, 0});
    bytes = good;
    bytes[record + 7] = '\x80';  // a negative minor number
    CHECK(error_of(bytes) == core::Error{ErrorCode::MALFORMED, "file", 0, Part::MODULE, record, 0});
    // Another cookie: no record.
    bytes = good;
    bytes[record + 40] = '9';
    const auto other = parse(bytes);
    REQUIRE(other);
    CHECK(other.value().modules.empty());
    // Without relocations, pointers are numbers that lead nowhere.
    bytes = good;
    put(bytes, dynamic_entry(bytes, DT_RELASZ), 0);
    put(bytes, record + 16, BASE + 200);
    CHECK(error_of(bytes).part == Part::MODULE);
    CHECK(error_of(bytes).offset == record + 16);
    bytes = good;
    put(bytes, dynamic_entry(bytes, DT_RELASZ), 0);
    CHECK(error_of(bytes).offset == record);
}

TEST_CASE("a table of directives that does not end, or leads outside, is an error") {
    const std::string good = seed("x86-64");
    const std::uint64_t rela = get(good, dynamic_entry(good, DT_RELA)) - BASE;
    const std::uint64_t count = get(good, dynamic_entry(good, DT_RELASZ)) / sizeof(Elf64_Rela);
    std::size_t directive_errors = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        for (const std::uint64_t target : {BASE + good.size(), BASE - 1, std::uint64_t{0} - 1}) {
            std::string bytes = good;
            put(bytes, rela + i * sizeof(Elf64_Rela) + offsetof(Elf64_Rela, r_addend), target);
            const core::Error error = error_of(bytes);
            CHECK(error.code == ErrorCode::MALFORMED);
            CHECK((error.part == Part::MODULE || error.part == Part::DIRECTIVES));
            directive_errors += error.part == Part::DIRECTIVES;
        }
    }
    CHECK(directive_errors > 6);
}

TEST_CASE("absurd sizes are refused before anything is read") {
    const std::string gnu = seed("x86-64");
    const std::string sysv = seed("hash");
    const std::string relr = seed("relr");
    struct Case {
        std::string bytes;
        std::uint64_t tag;
        Part part;
    };
    const std::vector<Case> cases = {
        {gnu, DT_RELA, Part::RELOCATIONS}, {gnu, DT_RELASZ, Part::RELOCATIONS}, {relr, 35, Part::RELOCATIONS},
        {relr, 36, Part::RELOCATIONS},     {gnu, DT_SYMTAB, Part::SYMBOLS},     {gnu, DT_STRTAB, Part::SYMBOLS},
        {gnu, DT_STRSZ, Part::SYMBOLS},    {gnu, DT_GNU_HASH, Part::SYMBOLS},   {sysv, DT_HASH, Part::SYMBOLS}};
    for (const Case & item : cases) {
        for (const std::uint64_t value : {std::uint64_t{0} - 1, std::uint64_t{0} - 8, std::uint64_t{1} << 63U,
                                          std::uint64_t{1} << 32U, BASE + gnu.size(), BASE + gnu.size() - 1}) {
            INFO(item.tag << " " << value);
            std::string bytes = item.bytes;
            put(bytes, dynamic_entry(bytes, item.tag), value);
            const core::Error error = error_of(bytes);
            CHECK((error.code == ErrorCode::MALFORMED || error.code == ErrorCode::TOO_MUCH));
            CHECK(error.part == item.part);
        }
    }
    // The number of symbols.
    std::string bytes = sysv;
    put(bytes, get(bytes, dynamic_entry(bytes, DT_HASH)) - BASE, 0xFFFFFFFF00000001);
    CHECK(error_of(bytes).code == ErrorCode::TOO_MUCH);
    // The number of segments, and their places.
    bytes = gnu;
    bytes[offsetof(Elf64_Ehdr, e_phnum) + 1] = '\x7F';
    CHECK(error_of(bytes).part == Part::SEGMENTS);
    for (const std::size_t member : {offsetof(Elf64_Phdr, p_offset), offsetof(Elf64_Phdr, p_filesz)}) {
        bytes = gnu;
        put(bytes, FIRST_SEGMENT + member, std::uint64_t{0} - 16);
        CHECK(error_of(bytes).part == Part::SEGMENTS);
    }
}

TEST_CASE("a file that is cut off at any length is an error") {
    for (const std::string & name : SEEDS) {
        const std::string bytes = seed(name);
        INFO(name);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            // A copy of exactly this size, so that reading beyond it is noticed.
            const core::Error error = error_of(bytes.substr(0, length));
            const bool right =
                error.code == ErrorCode::MALFORMED || (length < EI_NIDENT && error.code == ErrorCode::NOT_ELF);
            if (!right || error.offset > bytes.size()) {
                FAIL_CHECK("length " << length);
            }
        }
        CHECK(parse(bytes));
    }
    const std::string real = whole_file(module_binary("mod_rewrite.so"));
    std::size_t read = 0;
    for (std::size_t length = 0; length < real.size(); length += length < 4096 ? 7 : 499) {
        read += parse(real.substr(0, length)).ok();
    }
    // What follows the last segment are the section headers alone.
    CHECK(read < real.size() / 499 / 4);
}

TEST_CASE("a file with any bit turned over goes wrong nowhere") {
    std::size_t read = 0;
    std::size_t refused = 0;
    for (const std::string & name : SEEDS) {
        std::string bytes = seed(name);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            const auto turn = [&] { bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8)); };
            turn();
            (parse(bytes) ? read : refused) += 1;
            turn();
        }
    }
    CHECK(read > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("a real module with other bytes in it goes wrong nowhere") {
    const std::string good = whole_file(module_binary("mod_alias.so"));
    std::mt19937 random(4);
    std::size_t read = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string bytes = good;
        for (auto changes = 1 + random() % 40; changes > 0; --changes) {
            // Half of them where the numbers are that say where other things are.
            const std::size_t range = random() % 2 == 0 ? bytes.size() : 8192;
            bytes[random() % range] = static_cast<char>(random());
        }
        (parse(bytes) ? read : refused) += 1;
    }
    CHECK(read > 0);
    CHECK(refused > 0);
}

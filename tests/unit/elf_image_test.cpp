// SPDX-License-Identifier: Apache-2.0
#include "core/elf_image.hpp"

#include "support/binaries.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using core::ElfImage;
using test::module_binary;
using test::SERVER_BINARY;
using test::whole_file;

namespace {

/// Uses everything that an image offers, in whatever state the file is; what matters is that nothing goes wrong.
std::size_t use(const std::string & bytes) {
    // A copy of exactly this size, so that reading beyond it is noticed.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const auto image = ElfImage::parse({exact.data(), exact.size()});
    if (!image) {
        return 0;
    }
    std::size_t seen =
        image->names(true).size() + image->names(false).size() + (image->imports("ap_hook_mpm") ? 1U : 0U);
    for (const std::string_view name : image->names(true)) {
        seen += name.size();
    }
    for (const char * symbol : {"core_module", "rewrite_module", "nothing"}) {
        if (const auto data = image->data_of(symbol)) {
            seen += static_cast<std::size_t>(std::count(data->begin(), data->end(), '\0'));
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("the server defines its core module and imports nothing of itself") {
    const std::string bytes = whole_file(SERVER_BINARY);
    const auto image = ElfImage::parse(bytes);
    REQUIRE(image);
    const auto record = image->data_of("core_module");
    REQUIRE(record);
    CHECK(record->size() >= 2 * sizeof(int));
    CHECK_FALSE(image->imports("core_module"));
    const auto defined = image->names(true);
    CHECK(std::find(defined.begin(), defined.end(), "core_module") != defined.end());
    const auto imported = image->names(false);
    CHECK(std::find(imported.begin(), imported.end(), "core_module") == imported.end());
    CHECK_FALSE(image->data_of("no_such_symbol"));
    CHECK_FALSE(image->data_of(""));
}

TEST_CASE("a module's imports and exports are seen") {
    const std::string event = whole_file(module_binary("mod_mpm_event.so"));
    const auto mpm = ElfImage::parse(event);
    REQUIRE(mpm);
    CHECK(mpm->imports("ap_hook_mpm"));
    CHECK(mpm->data_of("mpm_event_module"));

    const std::string rewrite = whole_file(module_binary("mod_rewrite.so"));
    const auto module = ElfImage::parse(rewrite);
    REQUIRE(module);
    CHECK_FALSE(module->imports("ap_hook_mpm"));
    CHECK(module->imports("ap_hook_fixups"));
    const auto record = module->data_of("rewrite_module");
    REQUIRE(record);
    int major = 0;
    std::memcpy(&major, record->data(), sizeof major);
    CHECK(major == 20120211);
}

TEST_CASE("what is no image of this machine's kind is none") {
    CHECK_FALSE(ElfImage::parse(""));
    CHECK_FALSE(
        ElfImage::parse("\x7F"
                        "ELF"));
    CHECK_FALSE(ElfImage::parse("#!/bin/sh\n" + std::string(10000, 'x')));
    CHECK_FALSE(ElfImage::parse(std::string(100000, '\0')));
    const std::string good = whole_file(module_binary("mod_rewrite.so"));
    for (const std::size_t at : {EI_MAG0, EI_MAG1, EI_MAG2, EI_MAG3, EI_CLASS, EI_DATA}) {
        std::string bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ 3);
        INFO(at);
        CHECK_FALSE(ElfImage::parse(bytes));
    }
}

TEST_CASE("a truncated file goes wrong nowhere") {
    const std::string bytes = whole_file(module_binary("mod_rewrite.so"));
    REQUIRE(use(bytes) > 100);
    std::size_t images = 0;
    // Each length up to a page, where the headers are, then in uneven steps.
    for (std::size_t length = 0; length < bytes.size(); length += length < 4096 ? 1 : 997) {
        images += use(bytes.substr(0, length)) > 0;
    }
    // The section headers are at the end, so next to none of them is an image.
    CHECK(images < 10);
    CHECK(use(bytes.substr(0, bytes.size() - 1)) == 0);
    const std::string server = whole_file(SERVER_BINARY);
    for (std::size_t length = 0; length < server.size(); length += 4999) {
        CHECK(use(server.substr(0, length)) == 0);
    }
}

TEST_CASE("a file with other bytes in it goes wrong nowhere") {
    const std::string good = whole_file(module_binary("mod_rewrite.so"));
    ElfW(Ehdr) header;
    std::memcpy(&header, good.data(), sizeof header);
    std::mt19937 random(9);
    // Where the numbers are that say where other things are.
    struct Range {
        std::size_t start;
        std::size_t size;
    };
    const std::vector<Range> tables{{0, sizeof header},
                                    {static_cast<std::size_t>(header.e_phoff), header.e_phnum * sizeof(ElfW(Phdr))},
                                    {static_cast<std::size_t>(header.e_shoff), header.e_shnum * sizeof(ElfW(Shdr))}};
    std::size_t images = 0;
    std::size_t tried = 0;
    for (const Range & table : tables) {
        REQUIRE(table.start + table.size <= good.size());
        for (std::size_t at = table.start; at < table.start + table.size; ++at) {
            for (const int value : {0x00, 0xFF, 0x7F, 0x80}) {
                std::string bytes = good;
                bytes[at] = static_cast<char>(value);
                images += use(bytes) > 0;
                ++tried;
            }
        }
    }
    for (int round = 0; round < 1500; ++round) {
        std::string bytes = good;
        for (auto flips = 1 + random() % 50; flips > 0; --flips) {
            bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        images += use(bytes) > 0;
        ++tried;
    }
    // Most bytes make no difference to what is looked at, some do.
    CHECK(images > 0);
    CHECK(images < tried);
}

TEST_CASE("offsets and sizes near the end of the number range are not followed") {
    const std::string good = whole_file(module_binary("mod_rewrite.so"));
    ElfW(Ehdr) header;
    std::memcpy(&header, good.data(), sizeof header);
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        const std::size_t at = static_cast<std::size_t>(header.e_shoff) + i * sizeof(ElfW(Shdr));
        ElfW(Shdr) section;
        std::memcpy(&section, good.data() + at, sizeof section);
        if (section.sh_type != SHT_DYNSYM) {
            continue;
        }
        using Offset = decltype(section.sh_offset);
        for (const Offset value : {static_cast<Offset>(-1), static_cast<Offset>(-24), static_cast<Offset>(good.size()),
                                   static_cast<Offset>(good.size() - 1)}) {
            ElfW(Shdr) changed = section;
            std::string bytes = good;
            changed.sh_offset = value;
            std::memcpy(bytes.data() + at, &changed, sizeof changed);
            CHECK(use(bytes) == 0);
            changed = section;
            changed.sh_size = value;
            std::memcpy(bytes.data() + at, &changed, sizeof changed);
            CHECK(use(bytes) == 0);
            changed = section;
            changed.sh_link = static_cast<decltype(section.sh_link)>(value);
            std::memcpy(bytes.data() + at, &changed, sizeof changed);
            CHECK(use(bytes) == 0);
        }
        // A name at the end of the table of names that does not end.
        ElfW(Shdr) names;
        std::memcpy(&names, good.data() + header.e_shoff + section.sh_link * sizeof names, sizeof names);
        std::string bytes = good;
        bytes[static_cast<std::size_t>(names.sh_offset + names.sh_size) - 1] = 'x';
        CHECK(use(bytes) == 0);
    }
}

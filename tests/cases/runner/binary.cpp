// SPDX-License-Identifier: Apache-2.0
#include "binary.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <type_traits>

namespace confgraph::cases {

namespace {

template <class T>
void append(std::string & bytes, const T & value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::array<char, sizeof(T)> raw{};
    std::memcpy(raw.data(), &value, sizeof(T));
    bytes.append(raw.data(), raw.size());
}

std::string make_binary(const std::vector<std::string> & symbols, bool defined) {
    std::string names(1, '\0');
    std::string table;
    append(table, ElfW(Sym){});
    for (const std::string & symbol : symbols) {
        ElfW(Sym) entry{};
        entry.st_name = static_cast<ElfW(Word)>(names.size());
        entry.st_shndx = defined ? SHN_ABS : SHN_UNDEF;
        append(table, entry);
        names.append(symbol).append(1, '\0');
    }
    ElfW(Ehdr) header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    header.e_ident[EI_DATA] = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_DYN;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(ElfW(Phdr));
    header.e_shentsize = sizeof(ElfW(Shdr));
    header.e_shnum = 3;
    header.e_shoff = sizeof header;
    const auto data = sizeof header + 3 * sizeof(ElfW(Shdr));

    ElfW(Shdr) dynsym{};
    dynsym.sh_type = SHT_DYNSYM;
    dynsym.sh_link = 2;
    dynsym.sh_offset = data;
    dynsym.sh_size = table.size();
    ElfW(Shdr) dynstr{};
    dynstr.sh_type = SHT_STRTAB;
    dynstr.sh_offset = data + table.size();
    dynstr.sh_size = names.size();

    std::string bytes;
    append(bytes, header);
    append(bytes, ElfW(Shdr){});
    append(bytes, dynsym);
    append(bytes, dynstr);
    return bytes + table + names;
}

}  // namespace

std::string binary_that_imports(const std::vector<std::string> & symbols) { return make_binary(symbols, false); }

std::string binary_that_defines(const std::vector<std::string> & symbols) { return make_binary(symbols, true); }

}  // namespace confgraph::cases

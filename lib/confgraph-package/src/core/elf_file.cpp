// SPDX-License-Identifier: Apache-2.0
#include "core/elf_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <utility>

namespace confgraph::package::core {

namespace {

// Far beyond any module, and small enough for memory and time to stay bounded.
constexpr std::size_t MAX_SEGMENTS = 64;
constexpr std::size_t MAX_DYNAMIC_ENTRIES = 4096;
constexpr std::uint64_t MAX_SYMBOLS = 2UL * 1024 * 1024;
constexpr std::size_t MAX_RELOCATIONS = 4UL * 1024 * 1024;
// Longer than any name: symbols that all point into one huge text must not make reading them all take for ever.
constexpr std::size_t MAX_NAME_BYTES = 4096;

constexpr std::int64_t TAG_MIPS_SYMTABNO = 0x70000011;
constexpr std::int64_t TAG_RELRSZ = 35;
constexpr std::int64_t TAG_RELR = 36;

struct Segment {
    std::uint64_t address = 0;
    std::uint64_t memory_size = 0;
    std::uint64_t offset = 0;
    std::uint64_t file_size = 0;
};

struct Relocation {
    std::uint64_t address = 0;
    Pointer target;
};

/// A table that the dynamic section names: its address and size in bytes.
struct Table {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
};

struct Dynamic {
    Table symbols;
    Table strings;
    Table rela;
    Table rel;
    Table relr;
    std::uint64_t hash = 0;
    std::uint64_t gnu_hash = 0;
    std::uint64_t mips_symbols = 0;
};

struct ElfEnd {
    void operator()(Elf * elf) const { elf_end(elf); }
};

}  // namespace

struct ElfFile::Impl {
    std::string bytes;
    std::unique_ptr<Elf, ElfEnd> elf;
    GElf_Ehdr header{};
    const Machine * machine = nullptr;
    std::vector<Segment> segments;
    Dynamic dynamic;
    std::string_view strings;
    Elf_Data * symbols = nullptr;
    std::uint64_t symbol_count = 0;
    std::vector<Relocation> relocations;        // by address
    std::vector<std::uint64_t> relr_addresses;  // sorted

    [[nodiscard]] bool wide() const { return header.e_ident[EI_CLASS] == ELFCLASS64; }
    [[nodiscard]] bool big() const { return header.e_ident[EI_DATA] == ELFDATA2MSB; }
    [[nodiscard]] unsigned word() const { return wide() ? 8 : 4; }
    [[nodiscard]] std::uint64_t wrapped(std::uint64_t value) const { return wide() ? value : value & 0xFFFFFFFFU; }

    std::optional<Error> open();
    std::optional<Error> read_segments();
    std::optional<Error> read_dynamic(const GElf_Phdr & segment);
    std::optional<Error> read_symbols();
    std::optional<Error> read_relocations();
    std::optional<Error> read_table(const Table & table, bool with_addend);
    std::optional<Error> read_relr();
    void take(std::uint64_t address, std::uint64_t info, std::optional<std::int64_t> addend);

    [[nodiscard]] const Segment * segment_of(std::uint64_t address) const;
    /// The bytes of the file at an address; nothing when they are not all in one segment.
    [[nodiscard]] std::optional<std::string_view> slice(std::uint64_t address, std::uint64_t size) const;
    [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t address, unsigned size) const;
    [[nodiscard]] std::uint64_t offset_of(std::uint64_t address) const;
    /// A table, translated by libelf; nullptr when it does not lie inside.
    [[nodiscard]] Elf_Data * translated(const Table & table, Elf_Type type) const;
    [[nodiscard]] std::optional<std::uint64_t> count_symbols() const;
    [[nodiscard]] std::optional<std::uint64_t> count_by_gnu_hash() const;
};

std::optional<Error> ElfFile::Impl::open() {
    if (bytes.size() < EI_NIDENT || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0) {
        return Error{ErrorCode::NOT_ELF, {}, 0, Part::NONE, 0, 0};
    }
    const bool is_wide = bytes[EI_CLASS] == ELFCLASS64;
    if (bytes.size() < (is_wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr))) {
        return malformed(Part::HEADER, bytes.size());
    }
    // The number of section headers decides how much memory libelf asks for. A dynamic linker does without them.
    const auto hide = [&](std::size_t offset, std::size_t size) { std::memset(bytes.data() + offset, 0, size); };
    if (is_wide) {
        hide(offsetof(Elf64_Ehdr, e_shoff), sizeof(Elf64_Off));
        hide(offsetof(Elf64_Ehdr, e_shnum), sizeof(Elf64_Half) * 2);
    } else {
        hide(offsetof(Elf32_Ehdr, e_shoff), sizeof(Elf32_Off));
        hide(offsetof(Elf32_Ehdr, e_shnum), sizeof(Elf32_Half) * 2);
    }
    static_cast<void>(elf_version(EV_CURRENT));
    elf.reset(elf_memory(bytes.data(), bytes.size()));
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr) {
        return malformed(Part::HEADER, 0);
    }
    if (header.e_type != ET_DYN && header.e_type != ET_EXEC) {
        return Error{ErrorCode::NOT_LOADABLE, {}, 0, Part::HEADER, 0, 0};
    }
    machine = find_machine(header.e_machine);
    if (machine == nullptr) {
        return Error{ErrorCode::UNKNOWN_MACHINE, {}, 0, Part::HEADER, 0, header.e_machine};
    }
    for (const auto step : {&Impl::read_segments, &Impl::read_symbols, &Impl::read_relocations}) {
        if (auto error = (this->*step)()) {
            return error;
        }
    }
    return std::nullopt;
}

std::optional<Error> ElfFile::Impl::read_segments() {
    const std::size_t count = header.e_phnum;
    if (count > MAX_SEGMENTS) {
        return too_much(Part::SEGMENTS, header.e_phoff);
    }
    // libelf makes do with those that fit.
    const std::size_t entry = wide() ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    if (header.e_phoff > bytes.size() || count * entry > bytes.size() - header.e_phoff) {
        return malformed(Part::SEGMENTS, header.e_phoff);
    }
    std::optional<GElf_Phdr> dynamic_segment;
    for (std::size_t i = 0; i < count; ++i) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf.get(), static_cast<int>(i), &segment) == nullptr) {
            return malformed(Part::SEGMENTS, header.e_phoff);
        }
        if (segment.p_type == PT_DYNAMIC) {
            dynamic_segment = segment;
        }
        if (segment.p_type != PT_LOAD) {
            continue;
        }
        const bool inside = segment.p_offset <= bytes.size() && segment.p_filesz <= bytes.size() - segment.p_offset;
        if (!inside || segment.p_memsz < segment.p_filesz || segment.p_vaddr + segment.p_memsz < segment.p_vaddr) {
            return malformed(Part::SEGMENTS, segment.p_offset);
        }
        segments.push_back({segment.p_vaddr, segment.p_memsz, segment.p_offset, segment.p_filesz});
    }
    // What a debugger gets is a binary without its contents.
    if (!dynamic_segment || dynamic_segment->p_filesz == 0) {
        return Error{ErrorCode::NOT_LOADABLE, {}, 0, Part::DYNAMIC, 0, 0};
    }
    return read_dynamic(*dynamic_segment);
}

std::optional<Error> ElfFile::Impl::read_dynamic(const GElf_Phdr & segment) {
    const std::size_t entry = wide() ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
    const std::uint64_t count = segment.p_filesz / entry;
    if (count > MAX_DYNAMIC_ENTRIES) {
        return too_much(Part::DYNAMIC, segment.p_offset);
    }
    // The linker finds it by its address.
    Elf_Data * data = translated({segment.p_vaddr, count * entry}, ELF_T_DYN);
    if (data == nullptr) {
        return malformed(Part::DYNAMIC, segment.p_offset);
    }
    for (int i = 0; std::cmp_less(i, count); ++i) {
        GElf_Dyn item;
        if (gelf_getdyn(data, i, &item) == nullptr) {
            return malformed(Part::DYNAMIC, segment.p_offset);
        }
        const std::uint64_t value = item.d_un.d_val;
        switch (item.d_tag) {
            case DT_NULL:
                return std::nullopt;
            case DT_SYMTAB:
                dynamic.symbols.address = value;
                break;
            case DT_STRTAB:
                dynamic.strings.address = value;
                break;
            case DT_STRSZ:
                dynamic.strings.size = value;
                break;
            case DT_RELA:
                dynamic.rela.address = value;
                break;
            case DT_RELASZ:
                dynamic.rela.size = value;
                break;
            case DT_REL:
                dynamic.rel.address = value;
                break;
            case DT_RELSZ:
                dynamic.rel.size = value;
                break;
            case TAG_RELR:
                dynamic.relr.address = value;
                break;
            case TAG_RELRSZ:
                dynamic.relr.size = value;
                break;
            case DT_HASH:
                dynamic.hash = value;
                break;
            case DT_GNU_HASH:
                dynamic.gnu_hash = value;
                break;
            case TAG_MIPS_SYMTABNO:
                dynamic.mips_symbols = machine->number == EM_MIPS ? value : 0;
                break;
            default:
                break;
        }
    }
    return std::nullopt;
}

const Segment * ElfFile::Impl::segment_of(std::uint64_t address) const {
    const auto found = std::find_if(segments.begin(), segments.end(), [&](const Segment & segment) {
        return address >= segment.address && address - segment.address < segment.memory_size;
    });
    return found == segments.end() ? nullptr : &*found;
}

std::optional<std::string_view> ElfFile::Impl::slice(std::uint64_t address, std::uint64_t size) const {
    const Segment * segment = segment_of(address);
    if (segment == nullptr) {
        return std::nullopt;
    }
    const std::uint64_t inside = address - segment->address;
    if (inside > segment->file_size || size > segment->file_size - inside) {
        return std::nullopt;
    }
    return std::string_view(bytes).substr(static_cast<std::size_t>(segment->offset + inside),
                                          static_cast<std::size_t>(size));
}

std::optional<std::uint64_t> ElfFile::Impl::number(std::uint64_t address, unsigned size) const {
    const auto part = slice(address, size);
    if (!part) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>((*part)[big() ? i : size - 1 - i]);
        value = value << 8U | byte;
    }
    return value;
}

std::uint64_t ElfFile::Impl::offset_of(std::uint64_t address) const {
    const auto part = slice(address, 0);
    return part ? static_cast<std::uint64_t>(part->data() - bytes.data()) : 0;
}

Elf_Data * ElfFile::Impl::translated(const Table & table, Elf_Type type) const {
    const auto part = slice(table.address, table.size);
    if (!part) {
        return nullptr;
    }
    const auto offset = static_cast<std::int64_t>(part->data() - bytes.data());
    return elf_getdata_rawchunk(elf.get(), offset, part->size(), type);
}

std::optional<std::uint64_t> ElfFile::Impl::count_by_gnu_hash() const {
    const auto buckets = number(dynamic.gnu_hash, 4);
    const auto first = number(dynamic.gnu_hash + 4, 4);
    const auto bloom = number(dynamic.gnu_hash + 8, 4);
    if (!buckets || !first || !bloom) {
        return std::nullopt;
    }
    const std::uint64_t buckets_at = dynamic.gnu_hash + 16 + *bloom * word();
    const std::uint64_t chain_at = buckets_at + *buckets * 4;
    if (!slice(buckets_at, *buckets * 4)) {
        return std::nullopt;
    }
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < *buckets; ++i) {
        last = std::max(last, number(buckets_at + i * 4, 4).value_or(0));
    }
    if (last < *first) {
        return *first;
    }
    // The last chain ends where the lowest bit is set.
    for (; last <= MAX_SYMBOLS; ++last) {
        const auto hash = number(chain_at + (last - *first) * 4, 4);
        if (!hash) {
            return std::nullopt;
        }
        if ((*hash & 1U) != 0) {
            break;
        }
    }
    return last + 1;
}

std::optional<std::uint64_t> ElfFile::Impl::count_symbols() const {
    if (dynamic.hash != 0) {
        // Two architectures of 64 bits took "a word" at its word.
        const bool long_words = wide() && (machine->number == EM_S390 || machine->number == EM_ALPHA);
        const unsigned size = long_words ? 8 : 4;
        return number(dynamic.hash + size, size);
    }
    if (dynamic.gnu_hash != 0) {
        return count_by_gnu_hash();
    }
    return dynamic.mips_symbols;
}

std::optional<Error> ElfFile::Impl::read_symbols() {
    const auto count = count_symbols();
    if (!count) {
        return malformed(Part::SYMBOLS, offset_of(dynamic.hash != 0 ? dynamic.hash : dynamic.gnu_hash));
    }
    if (*count > MAX_SYMBOLS) {
        return too_much(Part::SYMBOLS, offset_of(dynamic.symbols.address));
    }
    if (*count == 0) {
        return std::nullopt;
    }
    const auto names = slice(dynamic.strings.address, dynamic.strings.size);
    if (!names || names->empty() || names->back() != '\0') {
        return malformed(Part::SYMBOLS, offset_of(dynamic.strings.address));
    }
    strings = *names;
    dynamic.symbols.size = *count * (wide() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
    symbols = translated(dynamic.symbols, ELF_T_SYM);
    if (symbols == nullptr) {
        return malformed(Part::SYMBOLS, offset_of(dynamic.symbols.address));
    }
    symbol_count = *count;
    return std::nullopt;
}

/// The symbol and the type of a relocation.
std::pair<std::uint64_t, unsigned> parts_of(std::uint64_t info, bool wide, bool mips, bool big) {
    if (!wide || !mips) {
        // libelf gives 32-bit relocations in the form of 64-bit ones.
        return {GELF_R_SYM(info), static_cast<unsigned>(GELF_R_TYPE(info))};
    }
    // There the symbol is a number of its own, followed by four bytes, of which the last is the first type.
    return big ? std::pair(info >> 32U, static_cast<unsigned>(info & 0xFFU))
               : std::pair(info & 0xFFFFFFFFU, static_cast<unsigned>(info >> 56U));
}

void ElfFile::Impl::take(std::uint64_t address, std::uint64_t info, std::optional<std::int64_t> addend) {
    const auto [symbol, type] = parts_of(info, wide(), machine->number == EM_MIPS, big());
    const unsigned symbolic = wide() ? machine->symbolic64 : machine->symbolic32;
    if (type == 0 || (type != machine->relative && type != symbolic)) {
        return;
    }
    std::optional<std::uint64_t> value =
        addend ? std::optional(static_cast<std::uint64_t>(*addend)) : number(address, word());
    Pointer target{Pointer::Kind::INVALID, 0};
    if (value && symbol == 0) {
        target = {Pointer::Kind::INSIDE, wrapped(*value)};
    } else if (value && type == symbolic) {
        GElf_Sym found;
        if (symbol < symbol_count && gelf_getsym(symbols, static_cast<int>(symbol), &found) != nullptr) {
            target = found.st_shndx == SHN_UNDEF ? Pointer{Pointer::Kind::OUTSIDE, 0}
                                                 : Pointer{Pointer::Kind::INSIDE, wrapped(found.st_value + *value)};
        }
    }
    relocations.push_back({address, target});
}

std::optional<Error> ElfFile::Impl::read_table(const Table & table, bool with_addend) {
    if (table.size == 0) {
        return std::nullopt;
    }
    const std::size_t entry = with_addend ? (wide() ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela))
                                          : (wide() ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel));
    const std::uint64_t count = table.size / entry;
    if (count > MAX_RELOCATIONS) {
        return too_much(Part::RELOCATIONS, offset_of(table.address));
    }
    Elf_Data * data = translated({table.address, count * entry}, with_addend ? ELF_T_RELA : ELF_T_REL);
    if (data == nullptr) {
        return malformed(Part::RELOCATIONS, offset_of(table.address));
    }
    relocations.reserve(relocations.size() + static_cast<std::size_t>(count));
    for (int i = 0; std::cmp_less(i, count); ++i) {
        if (with_addend) {
            GElf_Rela item;
            if (gelf_getrela(data, i, &item) == nullptr) {
                return malformed(Part::RELOCATIONS, offset_of(table.address));
            }
            take(item.r_offset, item.r_info, item.r_addend);
        } else {
            GElf_Rel item;
            if (gelf_getrel(data, i, &item) == nullptr) {
                return malformed(Part::RELOCATIONS, offset_of(table.address));
            }
            take(item.r_offset, item.r_info, std::nullopt);
        }
    }
    return std::nullopt;
}

/// The compact form of relative relocations: an even word is an address, an odd one says which of the words after the
/// last are relocated as well, a bit for each.
std::optional<Error> ElfFile::Impl::read_relr() {
    const std::uint64_t count = dynamic.relr.size / word();
    if (!slice(dynamic.relr.address, count * word())) {
        return count == 0 ? std::nullopt : std::optional(malformed(Part::RELOCATIONS, offset_of(dynamic.relr.address)));
    }
    std::uint64_t next = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t value = number(dynamic.relr.address + i * word(), word()).value_or(0);
        if ((value & 1U) == 0) {
            relr_addresses.push_back(value);
            next = value + word();
        } else {
            for (std::uint64_t bits = value >> 1U, at = next; bits != 0; bits >>= 1U, at += word()) {
                if ((bits & 1U) != 0) {
                    relr_addresses.push_back(at);
                }
            }
            next += std::uint64_t{word()} * (std::uint64_t{word()} * 8 - 1);
        }
        if (relr_addresses.size() > MAX_RELOCATIONS) {
            return too_much(Part::RELOCATIONS, offset_of(dynamic.relr.address));
        }
    }
    std::sort(relr_addresses.begin(), relr_addresses.end());
    return std::nullopt;
}

std::optional<Error> ElfFile::Impl::read_relocations() {
    if (auto error = read_table(dynamic.rela, true)) {
        return error;
    }
    if (auto error = read_table(dynamic.rel, false)) {
        return error;
    }
    std::stable_sort(relocations.begin(), relocations.end(),
                     [](const Relocation & left, const Relocation & right) { return left.address < right.address; });
    return read_relr();
}

ElfFile::ElfFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ElfFile::ElfFile(ElfFile && other) noexcept = default;
ElfFile & ElfFile::operator=(ElfFile && other) noexcept = default;
ElfFile::~ElfFile() = default;

Result<ElfFile> ElfFile::parse(std::string bytes) {
    auto impl = std::make_unique<Impl>();
    impl->bytes = std::move(bytes);
    if (auto error = impl->open()) {
        return *error;
    }
    return ElfFile(std::move(impl));
}

const Machine & ElfFile::machine() const { return *impl_->machine; }
int ElfFile::bits() const { return impl_->wide() ? 64 : 32; }
bool ElfFile::big_endian() const { return impl_->big(); }
std::uint32_t ElfFile::flags() const { return impl_->header.e_flags; }

void ElfFile::for_each_object(const std::function<bool(const Symbol &)> & take) const {
    for (int i = 0; std::cmp_less(i, impl_->symbol_count); ++i) {
        GElf_Sym raw;
        if (gelf_getsym(impl_->symbols, i, &raw) == nullptr || raw.st_shndx == SHN_UNDEF ||
            GELF_ST_BIND(raw.st_info) == STB_LOCAL || raw.st_name >= impl_->strings.size()) {
            continue;
        }
        const auto type = GELF_ST_TYPE(raw.st_info);
        if (type != STT_OBJECT && type != STT_NOTYPE) {
            continue;
        }
        const std::string_view rest = impl_->strings.substr(raw.st_name, MAX_NAME_BYTES);
        const std::string_view name = rest.substr(0, rest.find('\0'));
        if (!name.empty() && !take({name, raw.st_value, raw.st_size})) {
            return;
        }
    }
}

bool ElfFile::imports(std::string_view name) const {
    for (int i = 0; std::cmp_less(i, impl_->symbol_count); ++i) {
        GElf_Sym raw;
        if (gelf_getsym(impl_->symbols, i, &raw) == nullptr || raw.st_shndx != SHN_UNDEF ||
            raw.st_name >= impl_->strings.size()) {
            continue;
        }
        const std::string_view found = impl_->strings.substr(raw.st_name);
        if (found.starts_with(name) && found.size() > name.size() && found[name.size()] == '\0') {
            return true;
        }
    }
    return false;
}

bool ElfFile::holds_text(std::string_view text) const {
    std::string whole(1, '\0');
    whole.append(text).push_back('\0');
    return std::string_view(impl_->bytes).find(whole) != std::string_view::npos;
}

std::optional<std::uint64_t> ElfFile::number(std::uint64_t address, unsigned bytes) const {
    return impl_->number(address, bytes);
}

Pointer ElfFile::pointer(std::uint64_t address) const {
    const auto found = std::upper_bound(
        impl_->relocations.begin(), impl_->relocations.end(), address,
        [](std::uint64_t wanted, const Relocation & relocation) { return wanted < relocation.address; });
    // Of several for one place the last one stays.
    if (found != impl_->relocations.begin() && std::prev(found)->address == address) {
        return std::prev(found)->target;
    }
    const auto value = impl_->number(address, impl_->word());
    if (!value) {
        return {Pointer::Kind::INVALID, 0};
    }
    const bool relocated = std::binary_search(impl_->relr_addresses.begin(), impl_->relr_addresses.end(), address);
    if (relocated || (*value != 0 && impl_->header.e_type == ET_EXEC)) {
        return {Pointer::Kind::INSIDE, *value};
    }
    // A number that nothing adds the load address to is no pointer.
    return {*value == 0 ? Pointer::Kind::NONE : Pointer::Kind::INVALID, 0};
}

std::optional<std::string_view> ElfFile::text(std::uint64_t address, std::size_t limit) const {
    const Segment * segment = impl_->segment_of(address);
    if (segment == nullptr) {
        return std::nullopt;
    }
    const std::uint64_t inside = address - segment->address;
    if (inside >= segment->file_size) {
        return std::string_view();  // what is not in the file is zero
    }
    const std::string_view rest = std::string_view(impl_->bytes)
                                      .substr(static_cast<std::size_t>(segment->offset + inside),
                                              static_cast<std::size_t>(segment->file_size - inside))
                                      .substr(0, limit);
    const auto end = rest.find('\0');
    return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
}

std::uint64_t ElfFile::offset_of(std::uint64_t address) const { return impl_->offset_of(address); }

}  // namespace confgraph::package::core

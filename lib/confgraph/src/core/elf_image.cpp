// SPDX-License-Identifier: Apache-2.0
#include "core/elf_image.hpp"

#include <bit>
#include <cstring>
#include <elf.h>
#include <link.h>

namespace confgraph::core {

namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Segment = ElfW(Phdr);
using RawSymbol = ElfW(Sym);

constexpr unsigned char OWN_CLASS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char OWN_ORDER = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

std::optional<std::string_view> slice(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) {
        return std::nullopt;
    }
    return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

template <class T>
std::optional<T> record(std::string_view bytes, std::uint64_t offset) {
    const auto part = slice(bytes, offset, sizeof(T));
    if (!part) {
        return std::nullopt;
    }
    T value;
    std::memcpy(&value, part->data(), sizeof(T));
    return value;
}

}  // namespace

bool ElfImage::plausible(std::string_view beginning, std::uint64_t size) {
    const auto header = record<Header>(beginning, 0);
    return header && std::memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == OWN_CLASS &&
           header->e_ident[EI_DATA] == OWN_ORDER && header->e_shentsize == sizeof(Section) &&
           header->e_phentsize == sizeof(Segment) && header->e_shoff <= size &&
           size - header->e_shoff >= std::uint64_t{header->e_shnum} * sizeof(Section);
}

std::optional<ElfImage> ElfImage::parse(std::string_view bytes) {
    ElfImage image(bytes);
    return image.find_tables() ? std::optional(image) : std::nullopt;
}

bool ElfImage::find_tables() {
    const auto header = record<Header>(bytes_, 0);
    if (!header || !plausible(bytes_, bytes_.size())) {
        return false;
    }
    const auto segments = slice(bytes_, header->e_phoff, std::uint64_t{header->e_phnum} * sizeof(Segment));
    const auto sections = slice(bytes_, header->e_shoff, std::uint64_t{header->e_shnum} * sizeof(Section));
    if (!segments || !sections) {
        return false;
    }
    segments_ = *segments;
    for (std::size_t i = 0; i < header->e_shnum; ++i) {
        const auto section = record<Section>(*sections, i * sizeof(Section));
        if (!section || section->sh_type != SHT_DYNSYM) {
            continue;
        }
        const auto names = record<Section>(*sections, std::uint64_t{section->sh_link} * sizeof(Section));
        const auto symbols = slice(bytes_, section->sh_offset, section->sh_size);
        const auto strings = names ? slice(bytes_, names->sh_offset, names->sh_size) : std::nullopt;
        if (!symbols || !strings || strings->empty() || strings->back() != '\0') {
            return false;
        }
        symbols_ = *symbols;
        names_ = *strings;
        return true;
    }
    return false;
}

std::optional<ElfImage::Symbol> ElfImage::symbol(std::size_t index) const {
    // Longer than any name: symbols that all point into one huge text must not make reading them all take for ever.
    constexpr std::size_t MAX_NAME_BYTES = 4096;
    const auto raw = record<RawSymbol>(symbols_, std::uint64_t{index} * sizeof(RawSymbol));
    if (!raw || raw->st_name >= names_.size()) {
        return std::nullopt;
    }
    const std::string_view rest = names_.substr(raw->st_name, MAX_NAME_BYTES);
    return Symbol{rest.substr(0, rest.find('\0')), raw->st_value, raw->st_size, raw->st_shndx != SHN_UNDEF};
}

bool ElfImage::imports(std::string_view name) const {
    for (std::size_t i = 0; i < symbols_.size() / sizeof(RawSymbol); ++i) {
        if (const auto found = symbol(i); found && !found->defined && found->name == name) {
            return true;
        }
    }
    return false;
}

std::vector<std::string_view> ElfImage::names(bool defined) const {
    std::vector<std::string_view> list;
    for (std::size_t i = 0; i < symbols_.size() / sizeof(RawSymbol); ++i) {
        if (const auto found = symbol(i); found && found->defined == defined && !found->name.empty()) {
            list.push_back(found->name);
        }
    }
    return list;
}

std::optional<std::string_view> ElfImage::data_of(std::string_view name) const {
    for (std::size_t i = 0; i < symbols_.size() / sizeof(RawSymbol); ++i) {
        const auto found = symbol(i);
        if (!found || !found->defined || found->name != name) {
            continue;
        }
        for (std::size_t s = 0; s < segments_.size() / sizeof(Segment); ++s) {
            const auto segment = record<Segment>(segments_, s * sizeof(Segment));
            if (segment && segment->p_type == PT_LOAD && found->address >= segment->p_vaddr &&
                found->address - segment->p_vaddr < segment->p_filesz) {
                return slice(bytes_, segment->p_offset + (found->address - segment->p_vaddr), found->size);
            }
        }
    }
    return std::nullopt;
}

}  // namespace confgraph::core

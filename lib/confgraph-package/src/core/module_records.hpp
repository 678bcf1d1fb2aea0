// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/elf_file.hpp"
#include "core/error.hpp"

#include <confgraph-package/binary.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

struct Directive {
    std::string name;
    std::uint32_t allowed = 0;
    Arguments arguments = Arguments::OTHER;
    std::string help;

    friend bool operator==(const Directive &, const Directive &) = default;
};

struct Module {
    std::string identifier;
    std::string source;
    int mmn_major = 0;
    int mmn_minor = 0;
    std::string_view cookie;
    std::vector<Directive> directives;
    bool directives_known = true;

    friend bool operator==(const Module &, const Module &) = default;
};

struct Binary {
    std::string path;
    std::vector<Module> modules;
    const Machine * machine = nullptr;
    int bits = 0;
    bool big_endian = false;
    std::string rpm_isa;
    bool uses_openssl = false;
};

/// The module records of a binary, each found by its symbol and its cookie.
Result<std::vector<Module>> find_modules(const ElfFile & file);

/// Reads a binary; path goes into it and into the error.
Result<Binary> parse_binary(std::string bytes, const std::string & path);

}  // namespace confgraph::package::core

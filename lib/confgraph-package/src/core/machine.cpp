// SPDX-License-Identifier: Apache-2.0
#include "core/machine.hpp"

#include <algorithm>
#include <array>
#include <elf.h>

namespace confgraph::package::core {

namespace {

constexpr unsigned R_LOONGARCH_32 = 1;
constexpr unsigned R_LOONGARCH_64 = 2;
constexpr unsigned R_LOONGARCH_RELATIVE = 3;
constexpr unsigned LOONGARCH = 258;

// Debian's architectures, and those of its ports.
constexpr std::array<Machine, 18> MACHINES = {{
    {EM_X86_64, "x86-64", R_X86_64_RELATIVE, R_X86_64_32, R_X86_64_64, "x86"},
    {EM_386, "i386", R_386_RELATIVE, R_386_32, 0, "x86"},
    // Which of its many ARMs rpm was configured for, no binary says.
    {EM_ARM, "arm", R_ARM_RELATIVE, R_ARM_ABS32, 0, ""},
    {EM_AARCH64, "aarch64", R_AARCH64_RELATIVE, 0, R_AARCH64_ABS64, "aarch"},
    {EM_S390, "s390", R_390_RELATIVE, R_390_32, R_390_64, "s390"},
    {EM_PPC64, "ppc64", R_PPC64_RELATIVE, 0, R_PPC64_ADDR64, "ppc"},
    {EM_PPC, "ppc", R_PPC_RELATIVE, R_PPC_ADDR32, 0, "ppc"},
    // One relocation for both: with symbol 0 it is relative.
    {EM_MIPS, "mips", R_MIPS_REL32, R_MIPS_REL32, R_MIPS_REL32, "mips"},
    {EM_RISCV, "riscv", R_RISCV_RELATIVE, R_RISCV_32, R_RISCV_64, "riscv"},
    {LOONGARCH, "loongarch", R_LOONGARCH_RELATIVE, R_LOONGARCH_32, R_LOONGARCH_64, "loongarch64"},
    {EM_ALPHA, "alpha", R_ALPHA_RELATIVE, R_ALPHA_REFLONG, R_ALPHA_REFQUAD, "alpha"},
    {EM_SPARC, "sparc", R_SPARC_RELATIVE, R_SPARC_32, 0, "sparc"},
    {EM_SPARC32PLUS, "sparc", R_SPARC_RELATIVE, R_SPARC_32, 0, "sparc"},
    {EM_SPARCV9, "sparc64", R_SPARC_RELATIVE, R_SPARC_32, R_SPARC_64, "sparc"},
    // Relative is a symbolic one with symbol 0.
    {EM_PARISC, "hppa", R_PARISC_DIR32, R_PARISC_DIR32, R_PARISC_DIR64, ""},
    {EM_68K, "m68k", R_68K_RELATIVE, R_68K_32, 0, "m68k"},
    {EM_SH, "sh", R_SH_RELATIVE, R_SH_DIR32, 0, "sh"},
    {EM_IA_64, "ia64", R_IA64_REL64LSB, R_IA64_DIR32LSB, R_IA64_DIR64LSB, "ia"},
}};

}  // namespace

const Machine * find_machine(unsigned number) {
    const auto * found = std::find_if(MACHINES.begin(), MACHINES.end(),
                                      [&](const Machine & machine) { return machine.number == number; });
    return found == MACHINES.end() ? nullptr : found;
}

const Machine * native_machine() {
#if defined(__x86_64__)
    return find_machine(EM_X86_64);
#elif defined(__i386__)
    return find_machine(EM_386);
#elif defined(__aarch64__)
    return find_machine(EM_AARCH64);
#elif defined(__arm__)
    return find_machine(EM_ARM);
#elif defined(__s390__)
    return find_machine(EM_S390);
#elif defined(__powerpc64__)
    return find_machine(EM_PPC64);
#elif defined(__powerpc__)
    return find_machine(EM_PPC);
#elif defined(__mips__)
    return find_machine(EM_MIPS);
#elif defined(__riscv)
    return find_machine(EM_RISCV);
#elif defined(__loongarch__)
    return find_machine(LOONGARCH);
#elif defined(__alpha__)
    return find_machine(EM_ALPHA);
#elif defined(__sparc__) && defined(__arch64__)
    return find_machine(EM_SPARCV9);
#elif defined(__sparc__)
    return find_machine(EM_SPARC);
#elif defined(__m68k__)
    return find_machine(EM_68K);
#elif defined(__sh__)
    return find_machine(EM_SH);
#else
    return nullptr;
#endif
}

std::string rpm_isa(const Machine & machine, int bits, std::uint32_t flags) {
    if (machine.rpm_name.empty()) {
        return {};
    }
    std::string text(machine.rpm_name);
    const std::uint32_t level = flags & EF_MIPS_ARCH;
    constexpr std::uint32_t MIPS_32_R6 = 0x90000000;
    constexpr std::uint32_t MIPS_64_R6 = 0xA0000000;
    if (machine.number == EM_MIPS && (level == MIPS_32_R6 || level == MIPS_64_R6)) {
        text += "r6";
    }
    return text + std::to_string(bits);
}

}  // namespace confgraph::package::core

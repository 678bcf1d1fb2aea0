// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace confgraph::package::core {

/// What has to be known about a machine to follow the pointers in its binaries, and its names.
struct Machine {
    unsigned number;        ///< e_machine
    std::string_view name;  ///< as binutils call it
    /// The relocation that adds the load address to a pointer; 0 where there is none.
    unsigned relative;
    /// Those that make a pointer to a symbol, of 32 and of 64 bits; 0 where there is none.
    unsigned symbolic32;
    unsigned symbolic64;
    /// %{__isa_name} of rpm; empty where the binary does not tell which it is.
    std::string_view rpm_name;
};

/// The machine of a number; nullptr when it is not known.
const Machine * find_machine(unsigned number);

/// The machine that this runs on; nullptr when it is not known.
const Machine * native_machine();

/// %{__isa_name}%{__isa_bits} of rpm; flags are e_flags.
std::string rpm_isa(const Machine & machine, int bits, std::uint32_t flags);

}  // namespace confgraph::package::core

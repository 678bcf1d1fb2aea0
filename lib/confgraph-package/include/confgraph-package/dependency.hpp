// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package {

/// The distributions that tie a module to its server in a way of their own.
enum class Flavour : std::uint8_t {
    DEB,   ///< Debian and its derivatives
    RPM,   ///< Fedora, RHEL and their derivatives
    SUSE,  ///< openSUSE and SLE
    PLD,
    ALT,
};

/// The dependency of a package with modules of a module magic number. rpm_isa is for RPM alone:
/// ModuleBinary::rpm_isa().
CONFGRAPH_API std::string dependency(Flavour flavour, int mmn_major, std::string_view rpm_isa);

/// The variant of the DEB dependency for modules that use the OpenSSL interface of mod_ssl: as the installed package
/// apache2-bin provides it, says dpkg's database, with a root the one below it; else as confgraph was built for.
CONFGRAPH_API std::string openssl_dependency(int mmn_major, const std::string & root = {});

/// What the package of a server with a module magic number provides, so that dependency() of each module for it is met.
/// rpm_isa is for RPM alone: ModuleBinary::rpm_isa() of the server's binary.
CONFGRAPH_API std::vector<std::string> provisions(Flavour flavour, int mmn_major, std::string_view rpm_isa);

}  // namespace confgraph::package

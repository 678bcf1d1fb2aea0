// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/package.hpp"

#include <confgraph-package/dependency.hpp>

#include <optional>
#include <string>
#include <vector>

namespace confgraph::package::core {

struct PackageProblem {
    PackageProblemCode code{};
    std::string file{};
    std::string other{};
    std::string declared{};
    std::string expected{};
    int mmn = 0;
    int other_mmn = 0;
    std::size_t error = 0;

    friend bool operator==(const PackageProblem &, const PackageProblem &) = default;
};

/// A name that stands for a module magic number.
struct Declaration {
    std::string text;       ///< as it is written
    Flavour flavour{};      ///< the distribution's way
    int mmn = 0;            ///< 0 when its number cannot be understood
    std::string rpm_isa{};  ///< what follows the number in RPM
    std::string openssl{};  ///< the OpenSSL of the variant for it; empty when it is not that
    bool alternative = false;
};

/// The relation as one with a module magic number; nothing when it is another one.
std::optional<Declaration> declaration_of(const Relation & relation, PackageKind kind);

/// Compares what a package declares with the module binaries in it; mmn as in check_package().
std::vector<PackageProblem> check_package(const Package & package, int mmn);

}  // namespace confgraph::package::core

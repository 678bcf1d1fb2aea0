// SPDX-License-Identifier: Apache-2.0
#include "core/package_check.hpp"

#include <confgraph-package/dependency.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace confgraph::package::core {

namespace {

constexpr std::string_view API = "apache2-api-";
constexpr std::string_view SUSE = "apache_mmn_";

/// The number that a text begins with, and what follows.
std::pair<int, std::string_view> leading_number(std::string_view text) {
    int number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = end.ec == std::errc() && number > 0;
    return {good ? number : 0, text.substr(static_cast<std::size_t>(end.ptr - text.data()))};
}

std::optional<Flavour> flavour_of(std::string_view name) {
    constexpr std::pair<std::string_view, Flavour> NAMES[] = {
        {"httpd-mmn", Flavour::RPM}, {"apache(modules-api)", Flavour::PLD}, {"apache2-mmn", Flavour::ALT}};
    const auto * found =
        std::find_if(std::begin(NAMES), std::end(NAMES), [&](const auto & item) { return item.first == name; });
    return found == std::end(NAMES) ? std::nullopt : std::optional(found->second);
}

std::vector<Declaration> declarations(const std::vector<Relation> & relations, PackageKind kind) {
    std::vector<Declaration> found;
    for (const Relation & relation : relations) {
        if (auto declaration = declaration_of(relation, kind)) {
            found.push_back(std::move(*declaration));
        }
    }
    return found;
}

/// What the modules of a binary are for.
struct Need {
    const Binary * binary = nullptr;
    int mmn = 0;
};

class Check {
public:
    Check(const Package & package, int mmn)
        : package_(package),
          requires_(declarations(package.depends, package.kind)),
          provides_(declarations(package.provides, package.kind)),
          mmn_(mmn) {}

    std::vector<PackageProblem> run() {
        for (std::size_t i = 0; i < package_.errors.size(); ++i) {
            PackageProblem & problem = add(PackageProblemCode::UNREADABLE_BINARY);
            problem.file = package_.errors[i].path;
            problem.error = i;
        }
        find_needs();
        check_declared();
        if (package_.kind == PackageKind::DEB) {
            check_openssl();
        }
        return std::move(problems_);
    }

private:
    PackageProblem & add(PackageProblemCode code) { return problems_.emplace_back(PackageProblem{code}); }

    void find_needs() {
        for (const Binary & binary : package_.binaries) {
            for (const Module & module : binary.modules) {
                const Need here{&binary, module.mmn_major};
                if (needs_.empty()) {
                    needs_.push_back(here);
                } else if (std::none_of(needs_.begin(), needs_.end(),
                                        [&](const Need & need) { return need.mmn == here.mmn; })) {
                    PackageProblem & problem = add(PackageProblemCode::MIXED_MMN);
                    problem.file = binary.path;
                    problem.mmn = here.mmn;
                    problem.other = needs_.front().binary->path;
                    problem.other_mmn = needs_.front().mmn;
                    needs_.push_back(here);
                }
            }
        }
    }

    /// What a package of this kind would depend on for a binary, in the way of one that it has.
    [[nodiscard]] std::string expected(const Need & need, const Declaration * like) const {
        const bool deb = package_.kind == PackageKind::DEB;
        const Flavour flavour = like != nullptr ? like->flavour : deb ? Flavour::DEB : Flavour::RPM;
        return dependency(flavour, need.mmn, need.binary->rpm_isa);
    }

    [[nodiscard]] static bool satisfies(const Declaration & declared, const Need & need) {
        return declared.mmn == need.mmn && (declared.rpm_isa.empty() || declared.rpm_isa == need.binary->rpm_isa);
    }

    void check_declared() {
        // The server is for what it provides, and depends on nothing of the kind.
        const bool server = !provides_.empty();
        const std::vector<Declaration> & declared = server ? provides_ : requires_;
        if (needs_.empty()) {
            if (!server && package_.errors.empty()) {
                for (const Declaration & superfluous : requires_) {
                    add(PackageProblemCode::SUPERFLUOUS_DEPENDENCY).declared = superfluous.text;
                }
            }
            return;
        }
        std::vector<Need> needs = needs_;
        if (mmn_ != 0) {
            needs = {{needs_.front().binary, mmn_}};
            check_asked();
        }
        for (const Need & need : needs) {
            if (std::none_of(declared.begin(), declared.end(),
                             [](const Declaration & one) { return one.openssl.empty(); })) {
                PackageProblem & problem = add(PackageProblemCode::MISSING_DEPENDENCY);
                problem.file = need.binary->path;
                problem.expected = expected(need, nullptr);
                break;
            }
        }
        for (const Declaration & one : declared) {
            const bool right =
                std::any_of(needs.begin(), needs.end(), [&](const Need & need) { return satisfies(one, need); });
            // A server may provide the numbers of others that it is compatible with, too: one right one will do.
            const bool elsewhere =
                server && std::any_of(declared.begin(), declared.end(),
                                      [&](const Declaration & other) { return satisfies(other, needs.front()); });
            if (!right && !elsewhere && !one.alternative) {
                PackageProblem & problem =
                    add(server ? PackageProblemCode::WRONG_PROVISION : PackageProblemCode::WRONG_DEPENDENCY);
                problem.file = needs.front().binary->path;
                problem.declared = one.text;
                problem.expected = expected(needs.front(), &one) + (one.openssl.empty() ? "" : "-" + one.openssl);
            }
        }
    }

    /// Whether all binaries have the number that was asked for.
    void check_asked() {
        for (const Need & need : needs_) {
            if (need.mmn != mmn_) {
                PackageProblem & problem = add(PackageProblemCode::MIXED_MMN);
                problem.file = need.binary->path;
                problem.mmn = need.mmn;
                problem.other_mmn = mmn_;
            }
        }
    }

    void check_openssl() {
        const auto declared = std::find_if(requires_.begin(), requires_.end(),
                                           [](const Declaration & one) { return !one.openssl.empty(); });
        const auto user = std::find_if(package_.binaries.begin(), package_.binaries.end(),
                                       [](const Binary & binary) { return binary.uses_openssl; });
        // A server's own modules are built together.
        if (user != package_.binaries.end() && declared == requires_.end() && provides_.empty()) {
            PackageProblem & problem = add(PackageProblemCode::MISSING_OPENSSL);
            problem.file = user->path;
            problem.expected = std::string(API) + std::to_string(user->modules.front().mmn_major) + "-opensslX";
        } else if (user == package_.binaries.end() && declared != requires_.end() && !needs_.empty()) {
            add(PackageProblemCode::SUPERFLUOUS_OPENSSL).declared = declared->text;
        }
    }

    const Package & package_;
    std::vector<Declaration> requires_;
    std::vector<Declaration> provides_;
    int mmn_;
    /// The first binary for each number.
    std::vector<Need> needs_;
    std::vector<PackageProblem> problems_;
};

}  // namespace

std::optional<Declaration> declaration_of(const Relation & relation, PackageKind kind) {
    const std::string_view name = relation.name;
    Declaration declaration{text_of(relation, kind == PackageKind::DEB)};
    declaration.alternative = relation.alternative;
    if (kind == PackageKind::DEB) {
        if (!name.starts_with(API)) {
            return std::nullopt;
        }
        const auto [number, rest] = leading_number(name.substr(API.size()));
        declaration.flavour = Flavour::DEB;
        if (rest.starts_with("-openssl")) {
            declaration.openssl = rest.substr(1);
        }
        declaration.mmn = rest.empty() || !declaration.openssl.empty() ? number : 0;
        return declaration;
    }
    if (name.starts_with(SUSE)) {
        const auto [number, rest] = leading_number(name.substr(SUSE.size()));
        declaration.flavour = Flavour::SUSE;
        declaration.mmn = rest.empty() ? number : 0;
        return declaration;
    }
    const auto flavour = flavour_of(name);
    // Without a number anything would do: that does not tie the two together.
    if (!flavour) {
        return std::nullopt;
    }
    const auto [number, rest] = leading_number(relation.version);
    declaration.flavour = *flavour;
    declaration.mmn = relation.relation == "=" && (rest.empty() || *flavour == Flavour::RPM) ? number : 0;
    declaration.rpm_isa = rest;
    return declaration;
}

std::vector<PackageProblem> check_package(const Package & package, int mmn) { return Check(package, mmn).run(); }

}  // namespace confgraph::package::core

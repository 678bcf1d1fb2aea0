// SPDX-License-Identifier: Apache-2.0
#include "core/control.hpp"

#include <confgraph-package/dependency.hpp>
#include <confgraph/dpkg.hpp>

namespace confgraph::package {

std::string dependency(Flavour flavour, int mmn_major, std::string_view rpm_isa) {
    const std::string number = std::to_string(mmn_major);
    switch (flavour) {
        case Flavour::DEB:
            return "apache2-api-" + number;
        case Flavour::RPM:
            return "httpd-mmn = " + number + std::string(rpm_isa);
        case Flavour::SUSE:
            return "apache_mmn_" + number;
        case Flavour::PLD:
            return "apache(modules-api) = " + number;
        case Flavour::ALT:
            return "apache2-mmn = " + number;
    }
    return {};
}

std::string openssl_dependency(int mmn_major, const std::string & root) {
    const auto server = DpkgPackage::find(dpkg_admin_folder(), "apache2-bin", root);
    if (server && server.value() && server.value()->configured()) {
        std::string name = core::openssl_variant(core::package_names(server.value()->provides()), mmn_major);
        if (!name.empty()) {
            return name;
        }
    }
    return dependency(Flavour::DEB, mmn_major, {}) + "-" CONFGRAPH_OPENSSL;
}

std::vector<std::string> provisions(Flavour flavour, int mmn_major, std::string_view rpm_isa) {
    std::vector<std::string> names = {dependency(flavour, mmn_major, {})};
    // Packages that name no machine ask for the bare number.
    if (flavour == Flavour::RPM && !rpm_isa.empty()) {
        names.push_back(dependency(flavour, mmn_major, rpm_isa));
    }
    return names;
}

}  // namespace confgraph::package

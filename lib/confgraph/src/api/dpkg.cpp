// SPDX-License-Identifier: Apache-2.0
#include "io/dpkg_database.hpp"
#include "io/environment.hpp"
#include "io/root_file_system.hpp"

#include <confgraph/dpkg.hpp>

#include <utility>

namespace confgraph {

DpkgPackage::DpkgPackage(std::shared_ptr<const core::DpkgPackage> impl) : impl_(std::move(impl)) {}

Result<std::optional<DpkgPackage>> DpkgPackage::find(const std::string & admin_folder, std::string_view package,
                                                     const std::string & root) {
    auto found = io::find_package(*io::files_of(root), admin_folder, package);
    if (!found) {
        return found.error();
    }
    std::optional<DpkgPackage> result;
    if (found.value()) {
        result = DpkgPackage(std::make_shared<const core::DpkgPackage>(*std::move(found).value()));
    }
    return result;
}

bool DpkgPackage::configured() const { return impl_->configured(); }
const std::string & DpkgPackage::state() const { return impl_->state; }
const std::string & DpkgPackage::provides() const { return impl_->provides; }

std::string dpkg_admin_folder() {
    const auto folder = io::environment_variable("DPKG_ADMINDIR");
    return folder && !folder->empty() ? *folder : "/var/lib/dpkg";
}

}  // namespace confgraph

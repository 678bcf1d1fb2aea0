// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/result.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph {

namespace core {
struct DpkgPackage;
}

/// What dpkg's database says of a package.
class CONFGRAPH_API DpkgPackage {
public:
    /// Reads the database in a folder, without the help of another process: the file "status" and, newer than that,
    /// the files in "updates" that dpkg writes while it runs. Nothing when the package is unknown. Fails with
    /// CANNOT_READ; system_error() is ENOENT where dpkg has no database. With a root, the folder lies below it: see
    /// LayoutOptions::with_root().
    static Result<std::optional<DpkgPackage>> find(const std::string & admin_folder, std::string_view package,
                                                   const std::string & root = {});

    /// Whether it is installed and configured, triggers that are still to run aside.
    [[nodiscard]] bool configured() const;
    /// The state as dpkg names it: "installed", "half-configured", "config-files", ...
    [[nodiscard]] const std::string & state() const;
    /// The field Provides as it is written; empty when there is none.
    [[nodiscard]] const std::string & provides() const;

private:
    explicit DpkgPackage(std::shared_ptr<const core::DpkgPackage> impl);

    std::shared_ptr<const core::DpkgPackage> impl_;
};

/// The folder of dpkg's database: DPKG_ADMINDIR, which dpkg sets for maintainer scripts, else its usual place.
CONFGRAPH_API std::string dpkg_admin_folder();

}  // namespace confgraph

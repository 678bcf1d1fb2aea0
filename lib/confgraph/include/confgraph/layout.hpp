// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>
#include <confgraph/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace confgraph {

namespace core {
struct Layout;
}

/// Where a configuration of the server lies: Debian's layout.
class CONFGRAPH_API Layout {
public:
    explicit Layout(std::shared_ptr<const core::Layout> impl);

    /// Finds the folders the way Debian's tools do: from APACHE_ENVVARS, APACHE_CONFDIR, the instance's name and, where
    /// its answer can matter, the envvars file, which is evaluated by sh in an empty environment.
    /// instance is what follows the dash in a2enmod-NAME; empty for the default configuration.
    /// Fails with ENVVARS_FAILED or ENVVARS_MALFORMED.
    static Result<Layout> from_environment(std::string_view instance);

    /// The same without looking at the envvars file, for questions that want an answer though that file fails.
    static Layout without_envvars(std::string_view instance);

    /// The usual folders below another root, such as the build tree of a package; no variable of the environment plays
    /// a part.
    static Layout below(std::string_view root);

    [[nodiscard]] const std::string & config_folder() const;
    [[nodiscard]] const std::string & available_folder(Kind kind) const;
    [[nodiscard]] const std::string & enabled_folder(Kind kind) const;
    /// The state directory, which holds the markers.
    [[nodiscard]] const std::string & state_folder() const;
    [[nodiscard]] const std::string & instance() const;
    /// The folder of the module binaries, ending in '/'.
    [[nodiscard]] const std::string & module_folder() const;

    [[nodiscard]] const core::Layout & impl() const { return *impl_; }

private:
    std::shared_ptr<const core::Layout> impl_;
};

}  // namespace confgraph

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>
#include <confgraph/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph {

namespace core {
struct Layout;
struct LayoutOptions;
}  // namespace core

/// The ways in which distributions lay a configuration of the server out.
enum class LayoutName : std::uint8_t {
    DEBIAN,  ///< folders of links: mods-enabled beside mods-available
    FEDORA,  ///< LoadModule lines, active or commented, in the files of conf.modules.d
    SUSE,    ///< the names of modules in a variable of a sysconfig file
    ALT,     ///< folders of links, and MPMs as binaries of their own
};

/// The word for a layout, as --layout has it: "fedora".
CONFGRAPH_API std::string_view word(LayoutName name);
/// The layout of a word; nothing when it is none.
CONFGRAPH_API std::optional<LayoutName> layout_from_word(std::string_view word);

/// Whether a text can be the name of an instance: one part of a path, without control characters and "..", that does
/// not begin with a dash.
CONFGRAPH_API bool is_instance_name(std::string_view name);

/// Which configuration is meant.
class CONFGRAPH_API LayoutOptions {
public:
    /// The default configuration of this system.
    LayoutOptions();

    /// The instance of a name: what follows the dash in a2enmod-NAME; empty for the default configuration.
    [[nodiscard]] LayoutOptions with_instance(std::string_view name) const;
    /// A system that lies below a folder and does not run. Nothing in it is executed, links in it are followed as if
    /// the folder were the root, and paths are those of that system. Empty for the system that runs.
    [[nodiscard]] LayoutOptions with_root(std::string_view folder) const;
    /// This layout, whatever there is on disk.
    [[nodiscard]] LayoutOptions with_name(LayoutName name) const;
    /// No variable of this process's environment plays a part: for what is no system, but the build tree of a package.
    [[nodiscard]] LayoutOptions without_environment() const;

    /// As given to with_instance().
    [[nodiscard]] const std::string & instance() const;
    /// As given to with_root().
    [[nodiscard]] const std::string & root() const;
    /// As given to with_name().
    [[nodiscard]] const std::optional<LayoutName> & name() const;

    [[nodiscard]] const core::LayoutOptions & impl() const { return *impl_; }

private:
    explicit LayoutOptions(std::shared_ptr<const core::LayoutOptions> impl);

    std::shared_ptr<const core::LayoutOptions> impl_;
};

/// Where a configuration of the server lies, and by which mechanism things are enabled in it.
class CONFGRAPH_API Layout {
public:
    explicit Layout(std::shared_ptr<const core::Layout> impl);

    /// Finds out which layout there is and where its folders are: confgraph-layouts(7) says how. In Debian's layout
    /// that is the way Debian's tools do it: from APACHE_ENVVARS, APACHE_CONFDIR, the instance's name and, where its
    /// answer can matter, the envvars file, which is evaluated by sh in an empty environment. With a root, the
    /// variables name folders below it, and of the envvars file only plain assignments are understood. Fails with
    /// ENVVARS_FAILED, ENVVARS_MALFORMED or, with a root, ENVVARS_NOT_PLAIN, LAYOUT_MALFORMED, NO_INSTANCES or
    /// CANNOT_READ.
    static Result<Layout> from_environment(const LayoutOptions & options);

    /// The same without looking at the envvars file, for questions that want an answer though that file fails.
    static Layout without_envvars(const LayoutOptions & options);

    /// The way in which this configuration is laid out.
    [[nodiscard]] LayoutName name() const;
    /// The folder below which it lies, as LayoutOptions has it; the paths below do not begin with it.
    [[nodiscard]] const std::string & root() const;
    /// The folder of the configuration: "/etc/apache2".
    [[nodiscard]] const std::string & config_folder() const;
    /// Where entries of a kind can be chosen from: "/etc/apache2/mods-available".
    [[nodiscard]] const std::string & available_folder(Kind kind) const;
    /// What the server reads of them: "/etc/apache2/mods-enabled".
    [[nodiscard]] const std::string & enabled_folder(Kind kind) const;
    /// The state directory, which holds the markers.
    [[nodiscard]] const std::string & state_folder() const;
    /// The instance's name; empty for the default configuration.
    [[nodiscard]] const std::string & instance() const;
    /// The folder of the module binaries, ending in '/'.
    [[nodiscard]] const std::string & module_folder() const;
    /// The server's binary, or the link to one.
    [[nodiscard]] const std::string & server() const;

    [[nodiscard]] const core::Layout & impl() const { return *impl_; }

private:
    std::shared_ptr<const core::Layout> impl_;
};

}  // namespace confgraph

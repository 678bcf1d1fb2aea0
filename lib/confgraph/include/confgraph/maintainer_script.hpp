// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>
#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph {

namespace core {
struct MaintainerScript;
}

/// The scripts of a package that dpkg runs.
enum class Script : std::uint8_t { PREINST, POSTINST, PRERM, POSTRM };

/// What the policy for maintainer scripts says to a script that wants an entry enabled, disabled or switched to.
enum class Decision : std::uint8_t {
    ENABLE,          ///< enable it, or switch to it, as a maintainer script does
    ENABLED,         ///< it is enabled already
    KEEP_DISABLED,   ///< the administrator disabled it, and it stays so
    DISABLE,         ///< disable it and what depends on it, as a maintainer script does
    PURGE,           ///< the same, and leave no marker
    PURGE_STATE,     ///< it is not enabled; remove its markers
    NOT_ENABLED,     ///< it is to be disabled, and is not enabled
    NOT_IN_UPGRADE,  ///< it is to be disabled, but the package stays
};

/// A maintainer script that is running, and why dpkg runs it: what the policy of Debian's guidelines for packages of
/// the server (PACKAGING, section 4) depends on.
class CONFGRAPH_API MaintainerScript {
public:
    /// Reads the script's name and its arguments: "postinst configure", "postinst configure 1.0-2", "prerm remove".
    /// Nothing when dpkg has no such script, or no such method.
    static std::optional<MaintainerScript> parse(std::string_view words);

    /// Which script it is.
    [[nodiscard]] Script script() const;
    /// "preinst", "postinst", "prerm" or "postrm".
    [[nodiscard]] std::string_view name() const;
    /// The first argument: "configure", "remove", ...
    [[nodiscard]] const std::string & method() const;
    /// The second argument; empty when there is none, as in the first installation of a package.
    [[nodiscard]] const std::string & argument() const;

    /// What is to be done about an entry; there is none where nothing was found under its name.
    [[nodiscard]] Decision decide(Action action, const std::optional<Entry> & entry) const;
    /// Whether the server has to learn of what the script did; asked says that something was done which it should know.
    [[nodiscard]] bool needs_action(bool asked) const;

private:
    explicit MaintainerScript(std::shared_ptr<const core::MaintainerScript> impl);

    std::shared_ptr<const core::MaintainerScript> impl_;
};

}  // namespace confgraph

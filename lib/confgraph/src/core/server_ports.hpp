// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// An address of a Listen, VirtualHost or NameVirtualHost directive.
struct PortUse {
    bool listens = false;   ///< of a Listen
    bool secure = false;    ///< for TLS, as far as one can see
    std::string address{};  ///< as written, with its port
    /// Nothing where the directive names none, or not as a number.
    std::optional<std::uint16_t> port{};
    unsigned line = 0;
    std::size_t offset = 0;  ///< of the port's digits in the text
    std::size_t length = 0;
    /// The IfModule sections that it is in, as written: "ssl_module", "!mod_ssl.c".
    std::vector<std::string> conditions{};

    friend bool operator==(const PortUse &, const PortUse &) = default;
};

/// The addresses in a configuration file.
std::vector<PortUse> find_ports(std::string_view text);

using PortMap = std::map<std::uint16_t, std::uint16_t>;

/// A configuration file with other ports in those directives.
std::string replace_ports(std::string_view text, const PortMap & ports);

/// The module that an IfModule section is about, by the usual names: "ssl" for ssl_module and mod_ssl.c.
std::string_view module_of_condition(std::string_view condition);

/// Paths as a text has them, and what is to be in their place.
using PathMap = std::vector<std::pair<std::string, std::string>>;

/// A file with other paths, where they are whole parts of a path, and not in a comment: with /a in the map, /a and /a/b
/// are replaced, /ab, /a-b and /x/a are not.
std::string replace_paths(std::string_view text, const PathMap & paths);

/// A text in which a shell exports a value; it stands in the place of the only plain export of that variable, or at the
/// end.
std::string with_export(std::string_view text, std::string_view variable, std::string_view value);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/layout.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

/// A setting of a layout, and the variable of the environment that says the same, if there is one.
struct LayoutSetting {
    std::string_view name;
    std::string_view variable;
};

constexpr std::array<LayoutSetting, 11> LAYOUT_SETTINGS = {{{"config", "APACHE_CONFDIR"},
                                                            {"state", "APACHE_STATE_DIRECTORY"},
                                                            {"modules-available", "APACHE_MODS_AVAILABLE"},
                                                            {"modules-enabled", "APACHE_MODS_ENABLED"},
                                                            {"confs-available", "APACHE_CONF_AVAILABLE"},
                                                            {"confs-enabled", "APACHE_CONF_ENABLED"},
                                                            {"sites-available", "APACHE_SITES_AVAILABLE"},
                                                            {"sites-enabled", "APACHE_SITES_ENABLED"},
                                                            {"server", ""},
                                                            {"module-folder", ""},
                                                            {"sysconfig", ""}}};

/// Paths by the names of settings.
using LayoutValues = std::map<std::string, std::string, std::less<>>;

/// What a configuration file says.
struct LayoutSettings {
    std::optional<LayoutName> name{};
    LayoutValues values{};
    /// The first line that makes no sense, counted from 1, and what it says.
    unsigned bad_line = 0;
    std::string bad_text{};
};

/// Reads lines like "layout = fedora" and "config = /etc/httpd". Empty lines, and those that begin with #, say nothing.
/// Each setting is given once at most, and a value is never empty. A path is absolute, or relative to the folder of the
/// configuration; that folder's own path is absolute.
LayoutSettings parse_layout_settings(std::string_view text);

/// The word for a layout: "fedora".
std::string_view layout_word(LayoutName name);
std::optional<LayoutName> layout_from_word(std::string_view word);

}  // namespace confgraph::core

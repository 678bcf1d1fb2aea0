// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace confgraph::core {

/// The variables that say where the configuration lies.
constexpr std::array<std::string_view, 8> LAYOUT_VARIABLES = {
    "APACHE_CONFDIR",      "APACHE_MODS_AVAILABLE",  "APACHE_MODS_ENABLED",  "APACHE_CONF_AVAILABLE",
    "APACHE_CONF_ENABLED", "APACHE_SITES_AVAILABLE", "APACHE_SITES_ENABLED", "APACHE_STATE_DIRECTORY"};

/// Whether evaluating an envvars file could set one of LAYOUT_VARIABLES, or fail.
///
/// envvars is a shell script. This recognizes a small part of the language, which the files of distributions keep to:
/// assignments, export, unset, and if [ ... ]; then ... else ... fi. When a file holds nothing else and assigns none of
/// the variables, a shell need not be started to know its answer. Any doubt is a yes.
bool envvars_can_matter(std::string_view text);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace confgraph::core {

/// The variables that say where the configuration lies.
constexpr std::array<std::string_view, 8> LAYOUT_VARIABLES = {
    "APACHE_CONFDIR",      "APACHE_MODS_AVAILABLE",  "APACHE_MODS_ENABLED",  "APACHE_CONF_AVAILABLE",
    "APACHE_CONF_ENABLED", "APACHE_SITES_AVAILABLE", "APACHE_SITES_ENABLED", "APACHE_STATE_DIRECTORY"};

/// Variables that say how a server runs, and not where its configuration lies.
constexpr std::array<std::string_view, 4> SERVER_VARIABLES = {"APACHE_RUN_USER", "APACHE_RUN_GROUP", "APACHE_PID_FILE",
                                                              "APACHE_LOG_DIR"};

/// Whether evaluating an envvars file could set one of LAYOUT_VARIABLES, or fail.
///
/// envvars is a shell script. This recognizes a small part of the language, which the files of distributions keep to:
/// assignments, export, unset, and if [ ... ]; then ... else ... fi. When a file holds nothing else and assigns none of
/// the variables, a shell need not be started to know its answer. Any doubt is a yes.
bool envvars_can_matter(std::string_view text);

/// What of an envvars file can be told without a shell.
struct PlainEnvvars {
    std::map<std::string, std::string> variables{};  ///< of LAYOUT_VARIABLES, those that it exports
    std::map<std::string, std::string> server{};     ///< of SERVER_VARIABLES, those of which the value can be told
    unsigned doubtful_line = 0;                      ///< the first of which that cannot be told; 0 if there is none
    std::string doubtful_text{};
};

/// Reads an envvars file for a system that does not run, of which nothing is executed. In the same small part of the
/// language, one of LAYOUT_VARIABLES may be assigned a text without expansions outside of an if. umask and ulimit are
/// known to be harmless too.
PlainEnvvars read_plain_envvars(std::string_view text);

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

/// The value of a field in a paragraph of Debian's control format, continued lines joined by blanks; nothing when there
/// is none. The field's case does not matter.
std::optional<std::string> control_field(std::string_view paragraph, std::string_view name);

/// The names of the packages in a list of dependencies or provides: without versions, architectures and alternatives'
/// bars.
std::vector<std::string> package_names(std::string_view list);

/// The module magic numbers that names such as apache2-api-20120211 stand for, each once.
std::vector<int> api_numbers(const std::vector<std::string> & names);

/// Whether such a name is among names, the variants for an OpenSSL left aside.
bool depends_on_api(const std::vector<std::string> & names);

/// The name of the variant of such a name for an OpenSSL, among names; empty when there is none.
std::string openssl_variant(const std::vector<std::string> & names, int mmn_major);

}  // namespace confgraph::package::core

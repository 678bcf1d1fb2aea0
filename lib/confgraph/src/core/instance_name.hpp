// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace confgraph::core {

/// Whether a text can be the name of an instance. A name becomes part of paths.
bool is_instance_name(std::string_view name);

/// The name of the instance whose configuration lies in a folder, by the folder's path alone; empty for any other
/// folder. default_config is the folder of the default configuration: "/etc/apache2" and "/etc/apache2-web" are "web".
std::string_view instance_of(std::string_view config, std::string_view default_config);

/// A path that belongs to the default configuration, as an instance has it: "/var/lib/apache2-web".
std::string instance_path(std::string_view path, std::string_view instance);

/// What a2instance writes down about an instance that it makes.
std::string instance_record_path(std::string_view state);
/// Where the record is written before it gets its name.
std::string new_instance_record_path(std::string_view state);

}  // namespace confgraph::core

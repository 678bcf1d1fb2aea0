// SPDX-License-Identifier: Apache-2.0
#include "core/instance_name.hpp"

#include "core/name.hpp"

namespace confgraph::core {

bool is_instance_name(std::string_view name) {
    return check_name(name) == NameProblem::NONE && name.find("..") == std::string_view::npos;
}

std::string_view instance_of(std::string_view config, std::string_view default_config) {
    while (config.size() > 1 && config.ends_with('/')) {
        config.remove_suffix(1);
    }
    if (!config.starts_with(default_config) || config.size() == default_config.size() ||
        config[default_config.size()] != '-') {
        return {};
    }
    const std::string_view name = config.substr(default_config.size() + 1);
    return is_instance_name(name) ? name : std::string_view();
}

std::string instance_path(std::string_view path, std::string_view instance) {
    std::string own(path);
    if (!instance.empty()) {
        own.append(1, '-').append(instance);
    }
    return own;
}

std::string instance_record_path(std::string_view state) { return std::string(state) + "/instance"; }

std::string new_instance_record_path(std::string_view state) { return instance_record_path(state) + ".new"; }

}  // namespace confgraph::core

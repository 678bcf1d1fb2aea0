// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::package::core {

/// The settings that apxs reads: lines NAME = VALUE of config_vars.mk. Of several for a name the last one counts.
class BuildSettings {
public:
    static BuildSettings parse(std::string_view text);

    /// A value, with the others that it refers to as ${NAME} or $(NAME) filled in; one that there is not is empty.
    /// Nothing without such a setting, and where a value refers to itself or has no end.
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;

private:
    struct Expansion;
    bool append(std::string_view name, unsigned depth, Expansion & expansion) const;

    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace confgraph::package::core

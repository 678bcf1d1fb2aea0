// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>

#include <string>
#include <vector>

namespace confgraph::core {

struct Request {
    Action action = Action::ENABLE;
    Kind kind = Kind::MODULE;
    std::vector<std::string> arguments;
    bool force = false;
    bool maintmode = false;
    bool purge = false;

    friend bool operator==(const Request &, const Request &) = default;
};

}  // namespace confgraph::core

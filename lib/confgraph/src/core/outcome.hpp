// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace confgraph::core {

struct Outcome {
    std::size_t operations = 0;
};

}  // namespace confgraph::core

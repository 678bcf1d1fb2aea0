// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace confgraph::core {

/// A place in a file. Lines count from 1; line 0 means the file as a whole.
struct Location {
    std::string file;
    unsigned line = 0;

    friend bool operator==(const Location &, const Location &) = default;
};

}  // namespace confgraph::core

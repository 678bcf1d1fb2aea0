// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>

#include <memory>
#include <string>

namespace confgraph {

namespace core {
struct Location;
}

/// A place in a file.
class CONFGRAPH_API Location {
public:
    explicit Location(std::shared_ptr<const core::Location> impl);

    /// The path, as the tools print it.
    [[nodiscard]] const std::string & file() const;
    /// Counts from 1; 0 means the file as a whole.
    [[nodiscard]] unsigned line() const;

private:
    std::shared_ptr<const core::Location> impl_;
};

}  // namespace confgraph

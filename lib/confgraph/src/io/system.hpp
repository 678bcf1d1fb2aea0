// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/root_file_system.hpp"

#include <memory>
#include <string>
#include <utility>

namespace confgraph::io {

/// A system with its files: the one that runs, or one that lies in a folder and does not.
class System {
public:
    /// An empty root is that of the system that runs.
    explicit System(std::string root) : root_(std::move(root)), files_(files_of(root_)) {}

    [[nodiscard]] const std::string & root() const { return root_; }
    [[nodiscard]] bool offline() const { return !root_.empty(); }
    [[nodiscard]] const FileReader & files() const { return *files_; }

private:
    std::string root_;
    std::unique_ptr<const FileReader> files_;
};

}  // namespace confgraph::io

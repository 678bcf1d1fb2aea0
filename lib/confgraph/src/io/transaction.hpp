// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/outcome.hpp"
#include "io/file_system.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace confgraph::io {

/// How a plan is carried out; see CommitOptions.
struct CommitSettings {
    bool locked = false;  ///< the lock is held, and has been since before the plan's catalog was read
    bool sync = true;
    bool test = false;
    std::chrono::milliseconds wait_limit = std::chrono::seconds(60);
    std::function<void(const std::string &)> waiting{};
    std::function<void(std::size_t, std::size_t)> progress{};
    std::function<bool(const std::shared_ptr<const core::Plan> &)> accept{};
};

/// Carries a plan out, all of it or nothing; see confgraph::commit.
Result<core::Outcome> commit(const FileReader & files, const core::Layout & layout,
                             std::shared_ptr<const core::Plan> plan, const CommitSettings & settings);

}  // namespace confgraph::io

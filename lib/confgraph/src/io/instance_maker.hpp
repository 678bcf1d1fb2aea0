// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/instance.hpp"
#include "io/system.hpp"

#include <confgraph/result.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace confgraph::io {

/// How long to wait for another command, and whom to tell of it.
struct LockWait {
    std::chrono::milliseconds limit{};
    std::function<void(const std::string &)> waiting{};
};

/// See confgraph::create_instance() and confgraph::remove_instance().
Result<core::InstancePlan> create_instance(const System & system, const core::InstanceRequest & request,
                                           const LockWait & wait);
Result<std::vector<std::string>> remove_instance(const System & system, const std::string & name, bool purge,
                                                 const LockWait & wait);

}  // namespace confgraph::io

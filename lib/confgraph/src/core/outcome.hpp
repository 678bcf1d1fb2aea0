// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan.hpp"

#include <confgraph/transaction.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace confgraph::core {

struct Outcome {
    std::shared_ptr<const Plan> plan{};
    std::size_t operations = 0;
    Way way = Way::NONE;
    confgraph::Obstacle obstacle = confgraph::Obstacle::NONE;
    bool recovered = false;
    TestResult test = TestResult::NOT_ASKED;
    std::string test_output{};
    std::vector<confgraph::Error> problems{};
};

}  // namespace confgraph::core

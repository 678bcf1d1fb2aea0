// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/location.hpp"
#include "core/request.hpp"

#include <confgraph/plan.hpp>

#include <map>
#include <string>
#include <vector>

namespace confgraph::core {

struct Operation {
    OperationCode code{};
    std::string path;
    std::string target{};
    std::string replaced_path{};
    std::string replaced_target{};
    unsigned line = 0;
    bool list = false;  ///< EDIT_LINE: the file is one of Folders::start_lists

    friend bool operator==(const Operation &, const Operation &) = default;
};

/// Why a step is needed.
struct Cause {
    Reason reason = Reason::REQUESTED;
    std::string because;
    std::vector<Location> where;

    friend bool operator==(const Cause &, const Cause &) = default;
};

struct Step {
    StepCode code{};
    std::string name;
    Cause cause;
    std::vector<Operation> operations;

    friend bool operator==(const Step &, const Step &) = default;
};

struct Notice {
    NoticeCode code{};
    Severity severity{};  ///< follows from the code; the builder fills it in
    std::string subject{};
    std::string object{};
    std::string path{};
    std::vector<std::string> names{};
    std::vector<Location> where{};

    friend bool operator==(const Notice &, const Notice &) = default;
};

struct Unit {
    std::string name;
    UnitState state{};

    friend bool operator==(const Unit &, const Unit &) = default;
};

struct Plan {
    Request request;
    std::vector<Notice> notices;
    std::vector<Step> steps;
    std::vector<Unit> units;
    /// What the files to be edited said when they were read, by path.
    std::map<std::string, std::string> texts{};
    std::vector<std::string> confirmations;
    std::vector<std::string> services;
    bool refused = false;
    bool needs_reload = false;

    friend bool operator==(const Plan &, const Plan &) = default;
};

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/result.hpp>

#include <memory>

namespace confgraph {

namespace core {
struct Outcome;
struct Plan;
}  // namespace core

/// What a commit did.
class CONFGRAPH_API Outcome {
public:
    explicit Outcome(std::shared_ptr<const core::Outcome> impl);

    /// The number of operations carried out.
    [[nodiscard]] std::size_t operations() const;

private:
    std::shared_ptr<const core::Outcome> impl_;
};

/// Carries a plan out: all of it or, after an error, nothing.
///
/// Links are written one by one in the order of the plan: dependencies before dependents, a module before its
/// configuration; new markers before all links, and old markers go after them. An error undoes what was done.
class CONFGRAPH_API Transaction {
public:
    explicit Transaction(const Plan & plan);

    /// Carries the plan out. Fails with CHANGED_MEANWHILE when a link is not what the plan was made for, else with
    /// CANNOT_CREATE_LINK, CANNOT_REMOVE_LINK, CANNOT_WRITE_MARKER or CANNOT_REMOVE_MARKER.
    Result<Outcome> commit();

private:
    std::shared_ptr<const core::Plan> impl_;
};

}  // namespace confgraph

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/instance.hpp"
#include "io/system.hpp"

#include <optional>
#include <string>
#include <vector>

namespace confgraph::io {

/// The users and groups of a system. Those of one that does not run are what its own files say, read as data: what this
/// machine knows plays no part.
class Accounts {
public:
    explicit Accounts(const System & system) : system_(system) {}

    std::optional<core::KnownUser> user(const std::string & name);
    std::optional<core::KnownGroup> group(const std::string & name);

    /// What was in the way of an answer.
    [[nodiscard]] const std::vector<core::InstanceIssue> & problems() const { return problems_; }

private:
    const std::string & text_of(const std::string & path, std::optional<std::string> & text);

    const System & system_;
    std::optional<std::string> users_;
    std::optional<std::string> groups_;
    std::vector<core::InstanceIssue> problems_;
};

}  // namespace confgraph::io

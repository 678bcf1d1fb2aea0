// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <confgraph-package/tree_check.hpp>
#include <confgraph/catalog.hpp>

#include <optional>
#include <string>
#include <vector>

namespace confgraph::package::core {

struct TreeProblem {
    TreeProblemCode code{};
    std::string file;
    unsigned line = 0;
    std::string text{};
    std::string object{};
    std::vector<std::string> others{};
    int mmn = 0;
    int declared_mmn = 0;
    DiagnosticCode diagnostic{};
    std::optional<Error> error{};
};

}  // namespace confgraph::package::core

namespace confgraph::package::io {

struct Expectations {
    std::optional<int> mmn;
    std::vector<std::string> other_trees;
    std::string root{};  ///< of the system on which packages are installed; empty for this one
};

core::Result<std::vector<core::TreeProblem>> check_tree(const std::string & tree, const Expectations & expectations);

}  // namespace confgraph::package::io

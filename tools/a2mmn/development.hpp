// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

#include <confgraph-package/headers.hpp>

#include <string>
#include <vector>

namespace a2mmn {

/// The headers that the options name, else those that are installed.
confgraph::package::Result<confgraph::package::DevelopmentTree> read_development_tree(const Options & options);

/// What of a development tree does not agree with its headers: a line for each, fit to be printed.
std::vector<std::string> contradictions_in(const confgraph::package::DevelopmentTree & tree);

}  // namespace a2mmn

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/check.hpp>
#include <confgraph/layout.hpp>

#include <string>

namespace a2query {

/// The program that switches MPMs: "a2mpm", in an instance "a2mpm-NAME".
std::string mpm_program(const confgraph::Layout & layout);

/// A finding in one line: what, where, what to do.
std::string finding_text(const confgraph::Layout & layout, const confgraph::Finding & finding);

}  // namespace a2query

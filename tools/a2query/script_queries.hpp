// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"
#include "common/script_call.hpp"

#include <confgraph/layout.hpp>

#include <string>

namespace a2query {

/// Answers whether dpkg has configured a package, and prints dpkg's word for its state, if that can be told. Where
/// there is no dpkg, it is installed. With a root, dpkg's database is the one below it. Returns the exit status.
int answer_configured(const std::string & package, const std::string & root, bool quiet, tool::Output & output);

/// Answers the shell library of maintainer scripts: whether the server has to learn of what the script did, or, where
/// the call names an action, whether the server may do that now. Returns the exit status.
int answer_script(const tool::ScriptOptions & options, const confgraph::LayoutOptions & place, tool::Output & output);

}  // namespace a2query

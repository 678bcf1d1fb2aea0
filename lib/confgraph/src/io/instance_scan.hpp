// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/instance.hpp"
#include "io/system.hpp"

#include <optional>
#include <string>
#include <vector>

namespace confgraph::io {

/// The default configuration's folders in a system; the environment plays no part.
core::Layout default_layout(const std::string & root);

/// Reads what planning an instance needs.
core::InstanceFacts read_instance_facts(const System & system, const core::InstanceRequest & request);

/// Whether a state folder holds nothing, or nothing but a record that was not finished: what a crash leaves that came
/// before all else.
bool is_empty_state(const FileReader & files, const std::string & state);

/// The names of all instances, the default one's, which is empty, first.
std::vector<std::string> instance_names(const System & system);

/// Whether there is an instance of that name, or something left of one.
bool instance_exists(const System & system, const std::string & name);

/// Reads what an instance is and, of the system that runs, whether its server does.
core::Instance read_instance(const System & system, const std::string & name);

/// What a2instance wrote down about an instance, if it did. One whose configuration got its name is made.
std::optional<core::InstanceRecord> read_record(const System & system, const std::string & name);

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/instance.hpp"
#include "io/file_system.hpp"

#include <optional>
#include <string>
#include <vector>

namespace confgraph::io {

/// The default configuration's folders; the environment plays no part.
core::Layout default_layout();

/// Reads what planning an instance needs.
core::InstanceFacts read_instance_facts(const FileReader & files, const core::InstanceRequest & request);

/// Whether a state folder holds nothing, or nothing but a record that was not finished: what a crash leaves that came
/// before all else.
bool is_empty_state(const FileReader & files, const std::string & state);

/// The names of all instances, the default one's, which is empty, first.
std::vector<std::string> instance_names(const FileReader & files);

/// Whether there is an instance of that name, or something left of one.
bool instance_exists(const FileReader & files, const std::string & name);

/// Reads what an instance is and whether its server runs.
core::Instance read_instance(const FileReader & files, const std::string & name);

/// What a2instance wrote down about an instance, if it did. One whose configuration got its name is made.
std::optional<core::InstanceRecord> read_record(const FileReader & files, const std::string & name);

}  // namespace confgraph::io

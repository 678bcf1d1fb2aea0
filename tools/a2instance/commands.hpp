// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"
#include "common/output.hpp"
#include "options.hpp"

#include <optional>
#include <string>

namespace a2instance {

/// Each does what its command says, and returns the exit status.
int list(const Options & options, tool::Output & output);
int show(const Options & options, tool::Output & output);
int create(const Options & options, tool::Output & output);
int remove(const Options & options, tool::Output & output);

/// Says so where the layout is one without instances. The exit status, unless it has some.
std::optional<int> refuse_layout(const Options & options, tool::Output & output);

/// The root of a document.
tool::Json root_json(const Options & options);

/// " (in the root DIR)", or nothing on the system that runs.
std::string in_root(const Options & options);

/// The command that does something to the service of an instance, fit to be printed.
std::string service_command(const std::string & verb, const std::string & name, bool systemd);

}  // namespace a2instance

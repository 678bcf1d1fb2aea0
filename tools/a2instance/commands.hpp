// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"
#include "options.hpp"

#include <string>

namespace a2instance {

/// Each does what its command says, and returns the exit status.
int list(const Options & options, tool::Output & output);
int show(const Options & options, tool::Output & output);
int create(const Options & options, tool::Output & output);
int remove(const Options & options, tool::Output & output);

/// The command that does something to the service of an instance, fit to be printed.
std::string service_command(const std::string & verb, const std::string & name, bool systemd);

}  // namespace a2instance

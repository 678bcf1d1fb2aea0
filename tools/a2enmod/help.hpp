// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/output.hpp"

namespace a2enmod {

void print_help(const tool::CallName & call, tool::Output & output);

}  // namespace a2enmod

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/error.hpp>

#include <string>

namespace a2enmod {

/// An error in one line: what, where, what to do.
std::string error_text(const confgraph::Error & error);

}  // namespace a2enmod

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>

#include <string>

namespace a2mmn {

/// What is wrong with a file and where in it, without the file's name.
std::string reason_text(const confgraph::package::Error & error);

/// The same with the file's name in front, fit to be printed.
std::string error_text(const confgraph::package::Error & error);

}  // namespace a2mmn

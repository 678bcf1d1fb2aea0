// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>

#include <string>

namespace a2mmn {

/// Whether an error is worth a word when the file comes from a list: a list has whatever a package holds.
bool matters_in_list(const confgraph::package::Error & error);

/// What is wrong with a file and where in it, without the file's name.
std::string reason_text(const confgraph::package::Error & error);

/// The same with the file's name in front, fit to be printed.
std::string error_text(const confgraph::package::Error & error);

}  // namespace a2mmn

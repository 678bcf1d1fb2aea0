// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/file_system.hpp"

#include <string>

namespace confgraph::io {

/// The bytes of a server or module binary of this machine's kind. EINVAL for what is no regular file, is larger than
/// any such binary, or does not begin like one: then no more than its beginning is read.
IoResult<std::string> read_binary(const FileReader & files, const std::string & path);

}  // namespace confgraph::io

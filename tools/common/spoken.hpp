// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>

#include <string>

namespace tool {

// Words that are parts of sentences, in the user's language. A document and a command have the words of the library.

/// "module", "conf" or "site".
std::string spoken(confgraph::Kind kind);
/// The same at the beginning of a sentence: "Module", "Conf" or "Site".
std::string spoken_title(confgraph::Kind kind);
/// "enable", "disable" or "switch".
std::string spoken(confgraph::Action action);
/// Who enabled or disabled something: "site administrator", "maintainer script" or "unknown".
std::string spoken(confgraph::Actor actor);

}  // namespace tool

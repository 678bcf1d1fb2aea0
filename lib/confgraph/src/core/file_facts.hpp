// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>

#include <string>
#include <vector>

namespace confgraph::core {

/// A name in a magic comment, and the line it stands on.
struct Reference {
    std::string name;
    unsigned line = 0;

    friend bool operator==(const Reference &, const Reference &) = default;
};

/// A LoadModule directive as written.
struct LoadModule {
    std::string identifier;
    std::string file;
    unsigned line = 0;
    /// The containers around it, outermost first, as written: "IfModule !mod_foo.c".
    std::vector<std::string> guards;
    /// The binary's path, made absolute, and whether it is there; where that was asked for.
    std::string path;
    Presence presence = Presence::UNKNOWN;

    friend bool operator==(const LoadModule &, const LoadModule &) = default;
};

/// Something in a file that is not as it should be.
struct Diagnostic {
    DiagnosticCode code{};
    unsigned line = 0;
    /// The name or word concerned, if any.
    std::string text;

    friend bool operator==(const Diagnostic &, const Diagnostic &) = default;
};

/// What a .load or .conf file says about itself.
struct FileFacts {
    std::vector<Reference> depends;
    std::vector<Reference> conflicts;
    std::vector<LoadModule> load_modules;
    /// The files that Include and IncludeOptional directives name, as written.
    std::vector<std::string> includes;
    std::vector<Diagnostic> diagnostics;

    friend bool operator==(const FileFacts &, const FileFacts &) = default;
};

}  // namespace confgraph::core

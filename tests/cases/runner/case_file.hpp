// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/request.hpp"
#include "support/memory_file_system.hpp"

#include <string>
#include <vector>

namespace confgraph::cases {

/// One call of a tool.
struct Command {
    std::string line;  ///< as written
    core::Request request;
};

/// A case as read from its file; README.md describes the format.
struct Case {
    test::MemoryFileSystem files;
    std::vector<Command> commands;
    /// Each command with what is expected of it, and the changes at the end; comments and empty lines left out.
    std::vector<std::string> expected;
};

/// Reads a case and makes its tree. Throws MalformedCase.
void read_case(const std::string & path, Case & into);

/// Something in a case file that is not as README.md says.
class MalformedCase : public std::exception {
public:
    MalformedCase(const std::string & file, std::size_t line, const std::string & what)
        : text_(file + ":" + std::to_string(line) + ": " + what) {}
    const char * what() const noexcept override { return text_.c_str(); }

private:
    std::string text_;
};

}  // namespace confgraph::cases

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file_facts.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace confgraph::core {

/// How much of a file is wanted.
enum class Depth {
    HEADER,  ///< the magic comments; what else is known is what lies in the pieces read for them
    WHOLE,   ///< LoadModule directives and misplaced magic comments to the end of the file
};

/// The one parser of .load and .conf files. It is fed a file piece by piece and keeps no more than one line of it.
///
/// Magic comments are what Debian's a2enmod reads: lines that begin exactly with "# Depends:" or "# Conflicts:",
/// followed by blanks and names, before the first line that is neither empty nor a comment. Unlike there, several lines
/// of a kind add up. LoadModule is read as httpd reads its configuration: case does not matter, arguments may be
/// quoted, a backslash at the end of a line continues it.
class FactsParser {
public:
    /// own_name is the entry's name: a dependency on it is reported and dropped.
    FactsParser(std::string_view own_name, Depth depth);

    /// Takes the next piece. Returns whether more is wanted.
    bool feed(std::string_view piece);

    /// Ends the parse. at_end says whether the last piece was the end of the file; if not, an unfinished line is not
    /// looked at.
    FileFacts finish(bool at_end);

private:
    void take_line(std::string_view line);
    void take_header_line(std::string_view line);
    void take_body_line(std::string_view line);
    void take_directive(std::string_view line);
    void take_names(std::string_view rest, std::vector<Reference> & list, std::unordered_set<std::string> & seen);
    void diagnose(DiagnosticCode code, std::string text = {});

    std::string own_name_;
    Depth depth_;
    FileFacts facts_;
    std::unordered_set<std::string> seen_depends_;
    std::unordered_set<std::string> seen_conflicts_;
    std::string pending_;  // an unfinished line
    std::string logical_;  // a directive continued over several lines
    bool continued_ = false;
    bool in_header_ = true;
    bool stopped_ = false;
    unsigned line_ = 0;
    unsigned logical_line_ = 0;
    std::vector<std::string> guards_;
};

}  // namespace confgraph::core

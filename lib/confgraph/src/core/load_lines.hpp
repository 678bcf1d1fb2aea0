// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file_facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace confgraph::core {

/// A LoadModule directive in a file of several, active or made a comment.
struct LoadLine {
    std::string identifier;
    std::string file;   ///< the binary as written
    unsigned line = 0;  ///< the first one, where a backslash continues it
    bool active = false;
    /// Whether the server carries it out: it is active, and all containers around it hold as far as that can be told.
    bool effective = false;
    /// The containers around it, outermost first, as written.
    std::vector<std::string> guards{};
    /// What its first line says as it is, and what it would have to say to be a comment or active instead. Without the
    /// newline; other bytes of the line's end belong to it.
    std::string text{};
    std::string other{};
    /// Whether the line can be switched, recognised, and switched back to what it is. Not so where the comment sign is
    /// not the first character, or where the line would be taken for words about LoadModule once it is a comment.
    bool reversible = true;
    /// The magic comments directly above it.
    std::vector<Reference> depends{};
    std::vector<Reference> conflicts{};

    friend bool operator==(const LoadLine &, const LoadLine &) = default;
};

/// What a file says about the modules to be loaded.
struct LoadFile {
    std::vector<LoadLine> lines;
    /// The magic comments at its head, which hold for all of its lines.
    std::vector<Reference> depends;
    std::vector<Reference> conflicts;
    /// Where a comment at its head says that it is made by a program, and in which words.
    unsigned generated_line = 0;
    std::string generated;
    std::vector<Diagnostic> diagnostics;
};

/// Reads the files of a folder in the order in which the server reads them. What was loaded or defined by one decides
/// about the containers of the next.
///
/// Lines are taken the way httpd takes them: a backslash at the end continues a line, a comment too; case does not
/// matter; arguments may be quoted. A comment is a LoadModule directive only if it is nothing else: one comment sign,
/// the word, an identifier, a file, and no word more.
class LoadReader {
public:
    LoadFile read(std::string_view text);

private:
    struct Container {
        std::string text;
        bool holds = true;
    };

    struct Current {
        LoadFile file;
        std::string block{};      // the comments directly above, as they are
        unsigned block_line = 0;  // where they begin
        bool at_head = true;      // nothing but comments so far
        std::vector<Container> containers{};
    };

    static void take_head(Current & current);
    void take(std::string_view directive, std::string_view first_line, unsigned line, Current & current);
    static void take_comment(std::string_view directive, std::string_view raw, std::string_view first_line,
                             unsigned line, Current & current);
    static void take_load_line(LoadLine load, Current & current);
    bool holds(std::string_view container) const;
    bool is_loaded(std::string_view name) const;

    std::unordered_set<std::string> loaded_;
    std::unordered_set<std::string> defined_;
};

}  // namespace confgraph::core

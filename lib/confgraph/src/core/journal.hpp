// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/change.hpp"
#include "core/layout.hpp"

#include <confgraph/error.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// What is to be done with the changes of a journal that somebody left behind. Each word is as long as the others, so
/// that one can be written over another in place.
enum class JournalWord : std::uint8_t {
    PENDING,  ///< they were being prepared, none was made: what was prepared goes
    FORWARD,  ///< they are decided: those that are not made yet are made
    REVERSE,  ///< they are taken back
};

/// The folders a journal is about, absolute; empty where the layout has none of that kind. They are compared and never
/// followed.
struct JournalFolders {
    std::string config;
    std::array<std::string, 3> enabled;
    std::string state;

    friend bool operator==(const JournalFolders &, const JournalFolders &) = default;
};

struct Journal {
    JournalWord word{};
    JournalFolders folders;
    std::vector<Change> changes;

    friend bool operator==(const Journal &, const Journal &) = default;
};

/// Where in a journal its word is, in bytes from the start.
std::size_t journal_word_offset();
std::string_view text_of(JournalWord word);

/// The name of a configuration's journal: its folder made fit for a file name ("etc-apache2.journal").
std::string journal_name(std::string_view config_folder);

std::string write_journal(const Journal & journal);

/// What a journal's file says.
struct JournalText {
    /// The journal; nothing when it was cut off while it was written, so that nothing of it was done.
    std::optional<Journal> journal{};
    /// Set when it is not understood: why, in which line, and text as Error has it.
    std::optional<ErrorCode> problem{};
    unsigned line = 0;
    std::string text{};
};

/// Reads a journal made for these folders.
JournalText parse_journal(std::string_view text, const JournalFolders & folders);

}  // namespace confgraph::core

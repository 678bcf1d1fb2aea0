// SPDX-License-Identifier: Apache-2.0

// A journal is taken for what its writer would write, and for nothing else. The first byte of the input says how it is
// given to the parser: as it is, or as lines of a journal that is whole, check sum and all. The rest is edited text,
// too: what is done to a line or a word can be undone.

#include "core/error.hpp"
#include "core/journal.hpp"
#include "core/name.hpp"
#include "core/text_edit.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

// What is compiled along can make errors, of which the rest of the library is not needed.
confgraph::Error::Error(std::shared_ptr<const core::Error> impl) : impl_(std::move(impl)) {}

using confgraph::core::Change;
using confgraph::core::ChangeCode;
using confgraph::core::Journal;
using confgraph::core::JournalFolders;
using confgraph::core::JournalText;
using confgraph::core::JournalWord;

namespace {

const JournalFolders FOLDERS{.config = "/c", .enabled = {"/c/m", "/c/c", ""}, .state = "/s"};

/// A journal with these lines, whose last line says that it is whole.
std::string sealed(std::string_view lines) {
    std::string text =
        confgraph::core::write_journal({.word = JournalWord::FORWARD, .folders = FOLDERS, .changes = {}});
    text.resize(text.rfind("end "));
    text += lines;
    text += lines.ends_with('\n') ? "" : "\n";
    const std::size_t word = confgraph::core::journal_word_offset();
    const std::size_t word_end = word + confgraph::core::text_of(JournalWord::FORWARD).size();
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i < word || i >= word_end) {
            hash = (hash ^ static_cast<unsigned char>(text[i])) * 0x100000001b3ULL;
        }
    }
    constexpr std::string_view HEX = "0123456789abcdef";
    std::string sum(16, '0');
    for (std::size_t i = sum.size(); i-- > 0; hash >>= 4U) {
        sum[i] = HEX[hash & 0xFU];
    }
    return text + "end " + sum + "\n";
}

/// No change leads out of its folder, or says nothing.
void check_change(const Change & change) {
    REQUIRE_INVARIANT(!change.name.empty() && change.name.find('/') == std::string::npos);
    REQUIRE_INVARIANT(change.name != "." && change.name != "..");
    REQUIRE_INVARIANT(change.replaced.find('/') == std::string::npos && change.replaced != "..");
    REQUIRE_INVARIANT(confgraph::core::reversed(confgraph::core::reversed(change)) == change);
    if (confgraph::core::is_file(change)) {
        REQUIRE_INVARIANT(confgraph::core::is_file_name(change.name));
        REQUIRE_INVARIANT(change.code == ChangeCode::RENAME ? change.name != change.replaced
                                                            : change.before != change.after);
        for (const auto & image : {change.before, change.after}) {
            REQUIRE_INVARIANT(!image || image->size() <= confgraph::core::MAX_TEXT_BYTES);
        }
    }
}

void check_journal(const std::string & text) {
    const JournalText parsed = confgraph::core::parse_journal(text, FOLDERS);
    REQUIRE_INVARIANT(!parsed.problem || !parsed.journal);
    if (!parsed.journal) {
        return;
    }
    for (const Change & change : parsed.journal->changes) {
        check_change(change);
    }
    const JournalText again = confgraph::core::parse_journal(write_journal(*parsed.journal), FOLDERS);
    REQUIRE_INVARIANT(again.journal && *again.journal == *parsed.journal);
}

void check_edits(std::string_view text, unsigned line) {
    if (const auto more = confgraph::core::add_word(text, line, "fuzz-word")) {
        const auto less = confgraph::core::remove_word(*more, line, "fuzz-word");
        REQUIRE_INVARIANT(less);
        // Only quotes that were needed stay, and a word that was there before goes, too.
        const bool had = confgraph::core::remove_word(text, line, "fuzz-word").has_value();
        REQUIRE_INVARIANT(had || *less == text || less->size() == text.size() + 2);
    }
    const auto end = std::min(text.find('\n'), text.size());
    const std::string first(text.substr(0, end));
    if (const auto edited = confgraph::core::edit_line(text, 1, first, "#" + first)) {
        REQUIRE_INVARIANT(*edited == "#" + std::string(text));
        REQUIRE_INVARIANT(confgraph::core::edit_line(*edited, 1, "#" + first, first) == std::string(text));
    } else {
        REQUIRE_INVARIANT(text.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string text(reinterpret_cast<const char *>(data) + 1, size - 1);
    check_journal(data[0] % 2 == 0 ? text : sealed(text));
    check_edits(text, data[0] / 2U);
    return 0;
}

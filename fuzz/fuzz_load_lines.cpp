// SPDX-License-Identifier: Apache-2.0

// Every line that is said to be reversible can be switched, is found again as the same line, and switched back to the
// very bytes; no other line becomes another one by that. What is said of a file lies inside it.

#include "core/load_lines.hpp"
#include "core/text_edit.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using confgraph::core::edit_line;
using confgraph::core::LoadFile;
using confgraph::core::LoadLine;
using confgraph::core::LoadReader;
using confgraph::core::MAX_TEXT_BYTES;

namespace {

// Each line costs a parse or two of the whole file.
constexpr std::size_t MAX_SWITCHED = 16;

void check(const LoadFile & file, std::string_view text) {
    const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 1;
    unsigned before = 0;
    for (const LoadLine & line : file.lines) {
        REQUIRE_INVARIANT(line.line > before && line.line <= lines);
        REQUIRE_INVARIANT(!line.identifier.empty() && !line.file.empty());
        REQUIRE_INVARIANT(line.active || !line.effective);
        REQUIRE_INVARIANT(!line.guards.empty() || line.active == line.effective);
        REQUIRE_INVARIANT(text.find(line.text) != std::string_view::npos);
        REQUIRE_INVARIANT(line.text.find('\n') == std::string::npos);
        before = line.line;
    }
    REQUIRE_INVARIANT(file.generated_line <= lines);
    for (const auto & diagnostic : file.diagnostics) {
        REQUIRE_INVARIANT(diagnostic.line >= 1 && diagnostic.line <= lines);
    }
}

void check_switch(const LoadFile & file, std::size_t index, const std::string & text) {
    const LoadLine & line = file.lines[index];
    const auto after = edit_line(text, line.line, line.text, line.other);
    REQUIRE_INVARIANT(after);
    const LoadFile again = LoadReader().read(*after);
    REQUIRE_INVARIANT(again.lines.size() == file.lines.size());
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        REQUIRE_INVARIANT(again.lines[i].identifier == file.lines[i].identifier);
        REQUIRE_INVARIANT(again.lines[i].file == file.lines[i].file);
        REQUIRE_INVARIANT(again.lines[i].line == file.lines[i].line);
        REQUIRE_INVARIANT(again.lines[i].active == (i == index ? !file.lines[i].active : file.lines[i].active));
    }
    const LoadLine & same = again.lines[index];
    REQUIRE_INVARIANT(same.reversible);
    const auto back = edit_line(*after, same.line, same.text, same.other);
    REQUIRE_INVARIANT(back && *back == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string text(reinterpret_cast<const char *>(data), std::min(size, MAX_TEXT_BYTES));
    const LoadFile file = LoadReader().read(text);
    check(file, text);
    std::size_t switched = 0;
    for (std::size_t i = 0; i < file.lines.size() && switched < MAX_SWITCHED; ++i) {
        if (file.lines[i].reversible) {
            check_switch(file, i, text);
            ++switched;
        }
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0

// A .load or .conf file says the same however it is cut into pieces, and what is said about it lies inside it.
// The last bytes of the input say where to cut: each is the length of a piece, in turn, less one.

#include "core/facts_parser.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using confgraph::DiagnosticCode;
using confgraph::core::Depth;
using confgraph::core::FactsParser;
using confgraph::core::FileFacts;
using confgraph::core::Reference;

namespace {

constexpr std::size_t CUT_BYTES = 8;
constexpr std::size_t MAX_GUARDS = 32;
constexpr std::string_view OWN_NAME = "own";

FileFacts parse_at_once(std::string_view text, Depth depth) {
    FactsParser parser(OWN_NAME, depth);
    parser.feed(text);
    return parser.finish(true);
}

/// Feeds pieces until the parser wants no more, as the reader of files does.
FileFacts parse_in_pieces(std::string_view text, std::string_view cuts, Depth depth) {
    FactsParser parser(OWN_NAME, depth);
    bool wants_more = true;
    for (std::size_t i = 0; wants_more && !text.empty(); ++i) {
        const std::size_t length =
            std::min(text.size(), std::size_t{1} + static_cast<unsigned char>(cuts[i % cuts.size()]));
        wants_more = parser.feed(text.substr(0, length));
        text.remove_prefix(length);
    }
    return parser.finish(text.empty());
}

template <class T>
bool is_prefix(const std::vector<T> & part, const std::vector<T> & whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

void check_references(const std::vector<Reference> & list, unsigned lines) {
    std::set<std::string_view> names;
    unsigned before = 1;
    for (const Reference & reference : list) {
        REQUIRE_INVARIANT(!reference.name.empty());
        REQUIRE_INVARIANT(reference.name != OWN_NAME);
        REQUIRE_INVARIANT(reference.name.find_first_of(" \t\r\n\f\v") == std::string::npos);
        REQUIRE_INVARIANT(names.insert(reference.name).second);
        REQUIRE_INVARIANT(reference.line >= before && reference.line <= lines);
        before = reference.line;
    }
}

void check_facts(const FileFacts & facts, std::string_view text) {
    const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 1;
    check_references(facts.depends, lines);
    check_references(facts.conflicts, lines);
    for (const auto & load : facts.load_modules) {
        REQUIRE_INVARIANT(!load.identifier.empty());
        REQUIRE_INVARIANT(!load.file.empty());
        REQUIRE_INVARIANT(load.line >= 1 && load.line <= lines);
        REQUIRE_INVARIANT(load.guards.size() <= MAX_GUARDS);
    }
    for (const auto & diagnostic : facts.diagnostics) {
        REQUIRE_INVARIANT(diagnostic.line >= 1 && diagnostic.line <= lines);
        REQUIRE_INVARIANT(diagnostic.code != DiagnosticCode::BYTE_ORDER_MARK || diagnostic.line == 1);
        REQUIRE_INVARIANT(diagnostic.code != DiagnosticCode::SELF_REFERENCE || diagnostic.text == OWN_NAME);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char *>(data), size);
    const std::size_t cut_bytes = std::min(size, CUT_BYTES);
    const std::string_view text = input.substr(0, size - cut_bytes);
    const std::string cuts = cut_bytes == 0 ? std::string(1, '\0') : std::string(input.substr(size - cut_bytes));

    const FileFacts whole = parse_at_once(text, Depth::WHOLE);
    check_facts(whole, text);
    const FileFacts header = parse_at_once(text, Depth::HEADER);
    check_facts(header, text);
    REQUIRE_INVARIANT(header.depends == whole.depends);
    REQUIRE_INVARIANT(header.conflicts == whole.conflicts);

    for (const std::string & lengths : {cuts, std::string(1, '\0')}) {
        REQUIRE_INVARIANT(parse_in_pieces(text, lengths, Depth::WHOLE) == whole);
        // Of what is not in the header, a parse that ends with the header gives as much as it came across.
        const FileFacts part = parse_in_pieces(text, lengths, Depth::HEADER);
        REQUIRE_INVARIANT(part.depends == whole.depends);
        REQUIRE_INVARIANT(part.conflicts == whole.conflicts);
        REQUIRE_INVARIANT(is_prefix(part.load_modules, whole.load_modules));
        REQUIRE_INVARIANT(is_prefix(part.includes, whole.includes));
        REQUIRE_INVARIANT(is_prefix(part.diagnostics, whole.diagnostics));
    }
    return 0;
}

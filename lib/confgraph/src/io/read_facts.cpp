// SPDX-License-Identifier: Apache-2.0
#include "io/read_facts.hpp"

#include <cstring>

namespace confgraph::io {

namespace {

constexpr std::size_t PIECE_BYTES = 4096;
// The largest configuration file in Debian's archive has some 100 KiB; nothing useful comes after this.
constexpr std::size_t MAX_BYTES = 1024UL * 1024;

core::FileFacts failed(DiagnosticCode code, std::string text) {
    core::FileFacts facts;
    facts.diagnostics.push_back({code, 0, std::move(text)});
    return facts;
}

}  // namespace

core::FileFacts read_facts(const FileReader & files, const std::string & path, std::string_view own_name,
                           core::Depth depth) {
    const auto info = files.info(path);
    if (!info) {
        return failed(DiagnosticCode::UNREADABLE, std::strerror(info.error().value));
    }
    return read_facts(files, path, info.value().type, own_name, depth);
}

core::FileFacts read_facts(const FileReader & files, const std::string & path, FileType type, std::string_view own_name,
                           core::Depth depth) {
    if (type != FileType::REGULAR) {
        return failed(DiagnosticCode::NOT_A_FILE, type == FileType::FOLDER ? "Is a directory" : "Not a regular file");
    }
    core::FactsParser parser(own_name, depth);
    std::size_t bytes = 0;
    bool too_large = false;
    const auto read = files.read(path, PIECE_BYTES, [&](std::string_view piece) {
        bytes += piece.size();
        if (!parser.feed(piece)) {
            return false;
        }
        too_large = bytes > MAX_BYTES;
        return !too_large;
    });
    if (!read) {
        return failed(DiagnosticCode::UNREADABLE, std::strerror(read.error().value));
    }
    // A piece that is not full was the last one, whether or not the parser wanted another.
    core::FileFacts facts = parser.finish(read.value() || bytes % PIECE_BYTES != 0);
    if (too_large) {
        facts.diagnostics.push_back({DiagnosticCode::FILE_TOO_LARGE, 0, {}});
    }
    return facts;
}

core::FileFacts parse_facts(std::string_view text, std::string_view own_name) {
    core::FactsParser parser(own_name, core::Depth::WHOLE);
    parser.feed(text.substr(0, MAX_BYTES));
    core::FileFacts facts = parser.finish(text.size() <= MAX_BYTES);
    if (text.size() > MAX_BYTES) {
        facts.diagnostics.push_back({DiagnosticCode::FILE_TOO_LARGE, 0, {}});
    }
    return facts;
}

}  // namespace confgraph::io

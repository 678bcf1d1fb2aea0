// SPDX-License-Identifier: Apache-2.0
#include "error_text.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

#include <cstring>
#include <string_view>

namespace a2mmn {

using confgraph::package::ErrorCode;
using confgraph::package::Part;

namespace {

std::string_view part_word(Part part) {
    switch (part) {
        case Part::NONE:
            return "the file";
        case Part::HEADER:
            return "the ELF header";
        case Part::SEGMENTS:
            return "the segments";
        case Part::DYNAMIC:
            return "the dynamic section";
        case Part::SYMBOLS:
            return "the symbols";
        case Part::RELOCATIONS:
            return "the relocations";
        case Part::MODULE:
            return "a module record";
        case Part::DIRECTIVES:
            return "a table of directives";
    }
    return "";
}

}  // namespace

std::string reason_text(const confgraph::package::Error & error) {
    switch (error.code()) {
        case ErrorCode::CANNOT_READ:
            return fmt::format("cannot be read: {}", std::strerror(error.system_error()));
        case ErrorCode::NOT_A_FILE:
            return "is no regular file and no folder";
        case ErrorCode::TOO_LARGE:
            return "is too large to be a module";
        case ErrorCode::NOT_ELF:
            return "is no binary (ELF), and no folder";
        case ErrorCode::NOT_LOADABLE:
            return "is no binary that can be loaded: an object file, or debugging information";
        case ErrorCode::UNKNOWN_MACHINE:
            return fmt::format("is a binary of an unknown machine (e_machine {})", error.number());
        case ErrorCode::MALFORMED:
            return fmt::format("is truncated or damaged: {} (offset {})", part_word(error.part()), error.offset());
        case ErrorCode::TOO_MUCH:
            return fmt::format("holds more than any module: {} (offset {})", part_word(error.part()), error.offset());
        case ErrorCode::NO_MMN:
            return "does not define the module magic number";
    }
    return "";
}

std::string error_text(const confgraph::package::Error & error) {
    return fmt::format("{}: {}", confgraph::escape(error.path()), reason_text(error));
}

}  // namespace a2mmn

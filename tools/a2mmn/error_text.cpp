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
        case Part::ARCHIVE:
            return "the archive";
        case Part::MEMBER:
            return "a member";
        case Part::RPM_HEADER:
            return "the header";
        case Part::UNPACKED:
            return "the unpacked files";
    }
    return "";
}

/// The part concerned, a member of a package by its name.
std::string place(const confgraph::package::Error & error) {
    if (error.member().empty()) {
        return std::string(part_word(error.part()));
    }
    std::string text = fmt::format("member {}", confgraph::escape(error.member()));
    if (!error.detail().empty()) {
        text += fmt::format(", {}", confgraph::escape(error.detail()));
    }
    return text;
}

}  // namespace

bool matters_in_list(const confgraph::package::Error & error) {
    return error.code() != ErrorCode::NOT_A_FILE && error.code() != ErrorCode::NOT_ELF &&
           error.code() != ErrorCode::NOT_LOADABLE && error.code() != ErrorCode::TOO_LARGE;
}

std::string reason_text(const confgraph::package::Error & error) {
    switch (error.code()) {
        case ErrorCode::CANNOT_READ:
            return fmt::format("cannot be read: {}", std::strerror(error.system_error()));
        case ErrorCode::NOT_A_FILE:
            return "is no regular file and no folder";
        case ErrorCode::TOO_LARGE:
            return error.member().empty()
                       ? "is too large to be a module"
                       : fmt::format("holds a binary that is too large to be a module ({})", place(error));
        case ErrorCode::NOT_ELF:
            return "is no binary (ELF), and no folder";
        case ErrorCode::NOT_LOADABLE:
            return "is no binary that can be loaded: an object file, or debugging information";
        case ErrorCode::UNKNOWN_MACHINE:
            return fmt::format("is a binary of an unknown machine (e_machine {})", error.number());
        case ErrorCode::MALFORMED:
            return fmt::format("is truncated or damaged: {} (offset {})", place(error), error.offset());
        case ErrorCode::TOO_MUCH:
            if (error.part() >= Part::ARCHIVE) {
                return fmt::format("holds more than any package: {} (offset {})", place(error), error.offset());
            }
            return fmt::format("holds more than any module: {} (offset {})", part_word(error.part()), error.offset());
        case ErrorCode::NO_MMN:
            return "does not define the module magic number";
        case ErrorCode::NOT_A_PACKAGE:
            return "is no package (.deb, .rpm)";
        case ErrorCode::BAD_MEMBER_NAME:
            return fmt::format("holds a file whose name leads out of the package ({})", place(error));
        case ErrorCode::UNKNOWN_FORMAT:
            return fmt::format("is packed in a way that is not known ({})", place(error));
        case ErrorCode::NO_LIBRARY:
            return fmt::format("cannot be read without a library: {}", confgraph::escape(error.detail()));
    }
    return "";
}

std::string error_text(const confgraph::package::Error & error) {
    return fmt::format("{}: {}", confgraph::escape(error.path()), reason_text(error));
}

}  // namespace a2mmn

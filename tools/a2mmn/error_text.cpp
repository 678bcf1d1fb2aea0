// SPDX-License-Identifier: Apache-2.0
#include "error_text.hpp"

#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

#include <string_view>

namespace a2mmn {

using confgraph::package::ErrorCode;
using confgraph::package::Part;

namespace {

std::string part_word(Part part) {
    switch (part) {
        case Part::NONE:
            return tool::phrase("the file");
        case Part::HEADER:
            return tool::phrase("the ELF header");
        case Part::SEGMENTS:
            return tool::phrase("the segments");
        case Part::DYNAMIC:
            return tool::phrase("the dynamic section");
        case Part::SYMBOLS:
            return tool::phrase("the symbols");
        case Part::RELOCATIONS:
            return tool::phrase("the relocations");
        case Part::MODULE:
            return tool::phrase("a module record");
        case Part::DIRECTIVES:
            return tool::phrase("a table of directives");
        case Part::ARCHIVE:
            return tool::phrase("the archive");
        case Part::MEMBER:
            return tool::phrase("a member");
        case Part::RPM_HEADER:
            return tool::phrase("the header");
        case Part::UNPACKED:
            return tool::phrase("the unpacked files");
    }
    return {};
}

/// The part concerned, a member of a package by its name.
std::string place(const confgraph::package::Error & error) {
    if (error.member().empty()) {
        return part_word(error.part());
    }
    std::string text = tool::phrase("member {}", confgraph::escape(error.member()));
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
            return tool::phrase("cannot be read: {}", tool::system_text(error.system_error()));
        case ErrorCode::NOT_A_FILE:
            return tool::phrase("is no regular file and no folder");
        case ErrorCode::TOO_LARGE:
            return error.member().empty()
                       ? tool::phrase("is too large to be a module")
                       : tool::phrase("holds a binary that is too large to be a module ({})", place(error));
        case ErrorCode::NOT_ELF:
            return tool::phrase("is no binary (ELF), and no folder");
        case ErrorCode::NOT_LOADABLE:
            return tool::phrase("is no binary that can be loaded: an object file, or debugging information");
        case ErrorCode::UNKNOWN_MACHINE:
            return tool::phrase("is a binary of an unknown machine (e_machine {})", error.number());
        case ErrorCode::MALFORMED:
            return tool::phrase("is truncated or damaged: {} (offset {})", place(error), error.offset());
        case ErrorCode::TOO_MUCH:
            if (error.part() >= Part::ARCHIVE) {
                return tool::phrase("holds more than any package: {} (offset {})", place(error), error.offset());
            }
            return tool::phrase("holds more than any module: {} (offset {})", part_word(error.part()), error.offset());
        case ErrorCode::NO_MMN:
            return tool::phrase("does not define the module magic number");
        case ErrorCode::NOT_A_PACKAGE:
            return tool::phrase("is no package (.deb, .rpm)");
        case ErrorCode::BAD_MEMBER_NAME:
            return tool::phrase("holds a file whose name leads out of the package ({})", place(error));
        case ErrorCode::UNKNOWN_FORMAT:
            return tool::phrase("is packed in a way that is not known ({})", place(error));
        case ErrorCode::NO_LIBRARY:
            return tool::phrase("cannot be read without a library: {}", confgraph::escape(error.detail()));
    }
    return {};
}

std::string error_text(const confgraph::package::Error & error) {
    return fmt::format("{}: {}", confgraph::escape(error.path()), reason_text(error));
}

}  // namespace a2mmn

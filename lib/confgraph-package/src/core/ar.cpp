// SPDX-License-Identifier: Apache-2.0
#include "core/ar.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace confgraph::package::core {

namespace {

constexpr std::string_view HEADER_END = "`\n";
constexpr std::size_t NAME_BYTES = 16;
constexpr std::size_t SIZE_AT = 48;
constexpr std::size_t SIZE_DIGITS = 10;
constexpr std::size_t MAX_MEMBERS = 100;
constexpr std::uint64_t MAX_VERSION_BYTES = 64;

/// A header of 60 bytes; nothing when it is none.
std::optional<ArMember> parse_header(std::string_view header, std::uint64_t content) {
    if (header.size() != AR_HEADER_BYTES || !header.ends_with(HEADER_END)) {
        return std::nullopt;
    }
    std::string_view name = header.substr(0, NAME_BYTES);
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    if (name.ends_with('/')) {
        name.remove_suffix(1);
    }
    std::string_view digits = header.substr(SIZE_AT, SIZE_DIGITS);
    digits = digits.substr(0, digits.find_last_not_of(' ') + 1);
    ArMember member{std::string(name), content, 0};
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), member.size);
    const bool number = end.ec == std::errc() && end.ptr == digits.data() + digits.size();
    return number && !name.empty() ? std::optional(std::move(member)) : std::nullopt;
}

bool is_tar(std::string_view name, std::string_view start) {
    return name.starts_with(start) && (name.size() == start.size() || name[start.size()] == '.');
}

}  // namespace

Result<DebMembers> find_deb_members(const ReadAt & read, std::uint64_t file_bytes) {
    const auto wrong = [](std::uint64_t offset, std::string member = {}) {
        Error error = malformed(member.empty() ? Part::ARCHIVE : Part::MEMBER, offset);
        error.member = std::move(member);
        return error;
    };
    DebMembers found;
    std::uint64_t at = AR_MAGIC.size();
    for (std::size_t count = 0; at < file_bytes; ++count) {
        if (count == MAX_MEMBERS) {
            return too_much(Part::ARCHIVE, at);
        }
        const auto header = read(at, AR_HEADER_BYTES);
        if (!header) {
            return header.error();
        }
        const auto member = parse_header(header.value(), at + AR_HEADER_BYTES);
        if (!member || member->offset > file_bytes) {
            return wrong(at);
        }
        if (member->size > file_bytes - member->offset) {
            return wrong(at, member->name);
        }
        if (count == 0) {
            const auto version =
                read(member->offset, static_cast<std::size_t>(std::min(member->size, MAX_VERSION_BYTES)));
            if (!version) {
                return version.error();
            }
            if (member->name != "debian-binary" || !version.value().starts_with("2.")) {
                return Error{ErrorCode::NOT_A_PACKAGE, {}, 0, Part::NONE, 0, 0};
            }
        } else if (found.control.name.empty() && is_tar(member->name, "control.tar")) {
            found.control = *member;
        } else if (!found.control.name.empty() && is_tar(member->name, "data.tar")) {
            found.data = *member;
            return found;
        } else if (!member->name.starts_with('_')) {
            // dpkg passes over such names alone.
            return wrong(at, member->name);
        }
        // Contents begin at even offsets.
        at = member->offset + member->size + member->size % 2;
    }
    return wrong(std::min(at, file_bytes));
}

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

/// How ar(5) archives, and so .deb files, begin.
inline constexpr std::string_view AR_MAGIC = "!<arch>\n";
inline constexpr std::uint64_t AR_HEADER_BYTES = 60;

/// A member of an archive and where its content lies.
struct ArMember {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    friend bool operator==(const ArMember &, const ArMember &) = default;
};

/// Reads so many bytes at an offset, or fewer where the file ends.
using ReadAt = std::function<Result<std::string>(std::uint64_t offset, std::size_t bytes)>;

/// Where the two members of a .deb lie that matter.
struct DebMembers {
    ArMember control;
    ArMember data;
};

/// Finds the members of a .deb of file_bytes in the order that dpkg asks for.
Result<DebMembers> find_deb_members(const ReadAt & read, std::uint64_t file_bytes);

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::package::core {

struct Headers {
    std::string path;
    int mmn_major = 0;
    int mmn_minor = 0;

    friend bool operator==(const Headers &, const Headers &) = default;
};

/// What the file .mmn beside the headers says, which distributions of rpm paste into dependencies: "20120211x8664".
struct MmnNote {
    std::string text;
    int mmn_major = 0;

    /// What follows the number.
    [[nodiscard]] std::string rpm_isa() const;

    friend bool operator==(const MmnNote &, const MmnNote &) = default;
};

/// Finds the module magic number in the text of ap_mmn.h; nothing when one of its two parts is not defined.
std::optional<Headers> parse_mmn_header(std::string_view text);

/// Reads the text of a file .mmn; nothing when it is not one word that begins with a number.
std::optional<MmnNote> parse_mmn_note(std::string_view text);

/// The number that a text consists of; nothing when it is none above 0.
std::optional<int> parse_mmn(std::string_view text);

}  // namespace confgraph::package::core

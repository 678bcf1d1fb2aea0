// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"

#include <algorithm>
#include <cstdint>

namespace confgraph::core {

namespace {

/// The length of the valid UTF-8 sequence that a text begins with; 0 when it begins with none.
std::size_t sequence_length(std::string_view text, std::uint32_t & point) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : (first & 0xF0) == 0xE0        ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (length == 0 || text.size() < length) {
        return 0;
    }
    point = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) {
            return 0;
        }
        point = (point << 6) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return overlong || surrogate || point > 0x10FFFF ? 0 : length;
}

bool is_printable(std::uint32_t point) {
    const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    const bool separator = point == 0x2028 || point == 0x2029;
    const bool direction = point == 0x061C || point == 0x200E || point == 0x200F ||
                           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
    return !control && !separator && !direction;
}

}  // namespace

std::string escape(std::string_view text) {
    const auto plain = [](char byte) { return byte >= 0x20 && byte < 0x7F; };
    if (std::all_of(text.begin(), text.end(), plain)) {
        return std::string(text);
    }
    constexpr std::string_view DIGITS = "0123456789abcdef";
    std::string result;
    while (!text.empty()) {
        std::uint32_t point = 0;
        const std::size_t length = sequence_length(text, point);
        const std::size_t taken = std::max<std::size_t>(length, 1);
        if (length != 0 && is_printable(point)) {
            result.append(text.substr(0, taken));
        } else {
            for (const char byte : text.substr(0, taken)) {
                const auto value = static_cast<unsigned char>(byte);
                result.append("\\x").append(1, DIGITS[value >> 4]).append(1, DIGITS[value & 15]);
            }
        }
        text.remove_prefix(taken);
    }
    return result;
}

}  // namespace confgraph::core

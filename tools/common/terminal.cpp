// SPDX-License-Identifier: Apache-2.0
#include "common/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tool {

namespace {

constexpr std::size_t USUAL_COLUMNS = 80;
constexpr std::size_t FEWEST_COLUMNS = 40;
constexpr std::size_t MOST_COLUMNS = 1000;

bool wants_colours() {
    // https://no-color.org: whatever it says, unless it is empty.
    const char * const refused = std::getenv("NO_COLOR");
    const char * const type = std::getenv("TERM");
    return (refused == nullptr || *refused == '\0') && type != nullptr && *type != '\0' &&
           std::strcmp(type, "dumb") != 0;
}

struct Range {
    char32_t first;
    char32_t last;
};

// Characters of two columns: what Unicode calls wide or full width (Standard Annex 11, East Asian Width), by blocks.
constexpr std::array<Range, 27> WIDE = {{{0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
                                         {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x2753, 0x2755},
                                         {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},
                                         {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
                                         {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
                                         {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FB}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F64F},
                                         {0x1F680, 0x1F6FC}, {0x1F90C, 0x1FAFF}, {0x20000, 0x3FFFD}}};

// Characters of none, which change those before them: combining marks of Latin, Greek, Cyrillic, Hebrew, Arabic, Thai
// and Japanese letters, what directs others, and variants.
constexpr std::array<Range, 18> NARROW = {{{0x0300, 0x036F},
                                           {0x0483, 0x0489},
                                           {0x0591, 0x05BD},
                                           {0x0610, 0x061A},
                                           {0x064B, 0x065F},
                                           {0x0E34, 0x0E3A},
                                           {0x0E47, 0x0E4E},
                                           {0x1AB0, 0x1ACE},
                                           {0x1DC0, 0x1DFF},
                                           {0x200B, 0x200F},
                                           {0x202A, 0x202E},
                                           {0x2060, 0x2064},
                                           {0x20D0, 0x20F0},
                                           {0x302A, 0x302D},
                                           {0x3099, 0x309A},
                                           {0xFE00, 0xFE0F},
                                           {0xFE20, 0xFE2F},
                                           {0xE0100, 0xE01EF}}};

template <std::size_t SIZE>
bool is_in(const std::array<Range, SIZE> & ranges, char32_t character) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range & range) { return range.first <= character && character <= range.last; });
}

struct Character {
    std::size_t bytes;
    std::size_t columns;
};

/// The first character of a text that is not empty. A byte that is none of UTF-8 is one of another encoding.
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    const std::size_t bytes = first < 0xC2 || first > 0xF4 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes == 1 || text.size() < bytes) {
        return {1, 1};
    }
    char32_t character = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) {
            return {1, 1};
        }
        character = (character << 6U) | (byte(i) & 0x3FU);
    }
    return {bytes, is_in(NARROW, character) ? 0U : is_in(WIDE, character) ? 2U : 1U};
}

std::size_t asked_columns(int descriptor) {
    struct winsize size {};
    if (is_terminal(descriptor) && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    const char * const said = std::getenv("COLUMNS");
    std::size_t columns = USUAL_COLUMNS;
    if (said != nullptr && is_terminal(descriptor)) {
        std::from_chars(said, said + std::strlen(said), columns);
    }
    return columns;
}

}  // namespace

bool is_terminal(int descriptor) {
    if (descriptor == STDOUT_FILENO) {
        static const bool out = ::isatty(STDOUT_FILENO) == 1;
        return out;
    }
    static const bool err = ::isatty(STDERR_FILENO) == 1;
    return err;
}

bool has_colours(int descriptor) {
    static const bool wanted = wants_colours();
    return wanted && is_terminal(descriptor);
}

std::size_t real_columns(int descriptor) { return asked_columns(descriptor); }

std::size_t columns(int descriptor) { return std::clamp(asked_columns(descriptor), FEWEST_COLUMNS, MOST_COLUMNS); }

std::string coloured(int descriptor, Colour colour, std::string_view text) {
    if (!has_colours(descriptor)) {
        return std::string(text);
    }
    const int number = colour == Colour::RED ? 31 : colour == Colour::GREEN ? 32 : colour == Colour::YELLOW ? 33 : 36;
    return fmt::format("\x1B[1;{}m{}\x1B[0m", number, text);
}

std::size_t width_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Character character = first_character(text);
        columns += character.columns;
        text.remove_prefix(character.bytes);
    }
    return columns;
}

std::string cut(std::string_view text, std::size_t width) {
    std::size_t bytes = 0;
    std::size_t columns = 0;
    while (bytes < text.size()) {
        const Character character = first_character(text.substr(bytes));
        columns += character.columns;
        if (columns > width) {
            break;
        }
        bytes += character.bytes;
    }
    return std::string(text.substr(0, bytes));
}

std::string filled(std::string_view text, std::size_t width, std::size_t indent, std::size_t used) {
    std::string filled;
    std::size_t column = used;
    bool first = true;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        const std::size_t columns = width_of(word);
        if (!first && width != 0 && column + 1 + columns > width) {
            filled.append(1, '\n').append(indent, ' ');
            column = indent;
        } else if (!first) {
            filled += ' ';
            ++column;
        }
        filled += word;
        column += columns;
        first = false;
        text.remove_prefix(word.size());
        if (text.starts_with('\n')) {
            filled.append(1, '\n').append(indent, ' ');
            column = indent;
            first = true;
        }
        text.remove_prefix(std::min<std::size_t>(1, text.size()));
    }
    return filled;
}

}  // namespace tool

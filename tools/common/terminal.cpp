// SPDX-License-Identifier: Apache-2.0
#include "common/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::size_t columns(int descriptor) { return std::clamp(asked_columns(descriptor), FEWEST_COLUMNS, MOST_COLUMNS); }

std::string coloured(int descriptor, Colour colour, std::string_view text) {
    if (!has_colours(descriptor)) {
        return std::string(text);
    }
    const int number = colour == Colour::RED ? 31 : colour == Colour::GREEN ? 32 : colour == Colour::YELLOW ? 33 : 36;
    return fmt::format("\x1B[1;{}m{}\x1B[0m", number, text);
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
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

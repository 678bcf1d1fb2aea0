// SPDX-License-Identifier: Apache-2.0
#include "common/help.hpp"

#include "common/language.hpp"
#include "common/terminal.hpp"

#include <algorithm>
#include <unistd.h>

namespace tool {

namespace {

// Lines that are much longer are hard to read.
constexpr std::size_t MOST_COLUMNS = 100;
constexpr std::size_t INDENT = 2;

}  // namespace

Help::Help(Output & output) : output_(output), width_(std::min(columns(STDOUT_FILENO), MOST_COLUMNS)) {}

void Help::line(std::string_view text) { output_.out("{}\n", text); }

void Help::usage(const std::vector<std::string> & forms) {
    std::string before = phrase("Usage: ");
    const std::size_t indent = width_of(before);
    for (const std::string & form : forms) {
        line(before + filled(form, width_, indent + INDENT, indent));
        before.assign(indent, ' ');
    }
}

void Help::paragraph(std::string_view text) { line(filled(text, width_, 0, 0)); }

void Help::blank() { line(""); }

void Help::options(const std::vector<Option> & options) {
    std::size_t widest = 0;
    for (const Option & option : options) {
        widest = std::max(widest, option.names.size());
    }
    const std::size_t indent = INDENT + widest + INDENT;
    for (const Option & option : options) {
        std::string text(INDENT, ' ');
        text.append(option.names).append(indent - INDENT - option.names.size(), ' ');
        line(text + filled(option.meaning, width_, indent, indent));
    }
}

void Help::more_options(std::string_view page, std::string_view names) {
    line(filled(phrase("Options that {} explains:", page), width_, 0, 0));
    line(std::string(INDENT, ' ') + filled(names, width_, INDENT, INDENT));
}

void Help::examples(const std::vector<std::string> & commands) {
    line(phrase("Examples:"));
    for (const std::string & command : commands) {
        line(std::string(INDENT, ' ') + command);
    }
}

}  // namespace tool

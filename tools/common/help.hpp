// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// What --help prints: laid out for the terminal, or for 80 columns where there is none. All of it is to fit a screen
/// of 24 lines: options that people seldom give are named, and the manual page explains them.
class Help {
public:
    explicit Help(Output & output);

    struct Option {
        std::string_view names;
        std::string meaning;
    };

    /// How the program is called: one form a line.
    void usage(const std::vector<std::string> & forms);
    void paragraph(std::string_view text);
    void blank();
    void options(const std::vector<Option> & options);
    /// The options that only the manual page explains.
    void more_options(std::string_view page, std::string_view names);
    void examples(const std::vector<std::string> & commands);

private:
    void line(std::string_view text);

    Output & output_;
    std::size_t width_;
};

}  // namespace tool

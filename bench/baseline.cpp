// SPDX-License-Identifier: Apache-2.0

// What any program costs that is written as the tools are: it parses its arguments with CLI11, as many options as the
// tool it stands for has, and prints one line with fmt. It does nothing else.

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char ** argv) {
    std::array<bool, BASELINE_FLAGS> flags{};
    std::array<std::string, BASELINE_VALUES> values;
    std::vector<std::string> names;
    CLI::App app;
    app.set_help_flag();
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const char letter = static_cast<char>('a' + i);
        app.add_flag(fmt::format("-{0},--flag-{0}", letter), flags[i]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const char letter = static_cast<char>('A' + i);
        app.add_option(fmt::format("-{0},--value-{0}", letter), values[i]);
    }
    app.add_option("names", names);
    CLI11_PARSE(app, argc, argv);
    fmt::print("{} (enabled by {})\n", names.empty() ? "nothing" : names.front(), "site administrator");
    return std::fflush(stdout) == 0 ? 0 : 1;
}

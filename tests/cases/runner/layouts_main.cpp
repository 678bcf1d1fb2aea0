// SPDX-License-Identifier: Apache-2.0
#include "case_file.hpp"
#include "core/layout_settings.hpp"
#include "other_layout.hpp"
#include "text.hpp"
#include "tree.hpp"

#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::cases {

namespace {

/// Runs a case in Debian's layout and in the other one. Returns why the other one cannot express it, if so.
std::string compare(const std::string & path, LayoutName name, std::size_t & different) {
    Case file;
    read_case(path, file);
    OtherTree other;
    other.layout = other_layout(name);
    std::string reason = make_other(file, other);
    if (!reason.empty()) {
        return reason;
    }
    const bool sites = other.layout.of(Kind::SITE).mechanism != core::Mechanism::NONE;
    const std::vector<std::string> expected = outcome(file.files, layout(), file.commands, sites);
    const std::vector<std::string> actual = outcome(other.files, other.layout, file.commands, sites);
    if (actual != expected) {
        ++different;
        std::cout << path << ":\n" << difference(expected, actual);
    }
    return "";
}

int run(std::string_view word, std::size_t least, const std::vector<std::string> & files) {
    const auto name = core::layout_from_word(word);
    if (!name) {
        throw std::invalid_argument("no such layout");
    }
    std::size_t compared = 0;
    std::size_t different = 0;
    std::map<std::string, std::size_t> reasons;
    for (const std::string & file : files) {
        const std::string reason = compare(file, *name, different);
        if (reason.empty()) {
            ++compared;
        } else {
            ++reasons[reason];
        }
    }
    std::cout << word << ": " << compared << " of " << files.size() << " cases, " << different << " different\n";
    for (const auto & [reason, count] : reasons) {
        std::cout << "  left out, " << reason << ": " << count << '\n';
    }
    if (compared < least) {
        std::cout << "fewer cases than " << least << " can be expressed\n";
    }
    return different == 0 && compared >= least ? 0 : 1;
}

}  // namespace

}  // namespace confgraph::cases

int main(int argc, char ** argv) {
    if (argc < 4) {
        std::cerr << "Usage: run_case_layouts LAYOUT LEAST FILE.case...\n";
        return 2;
    }
    try {
        return confgraph::cases::run(argv[1], std::stoul(argv[2]), {argv + 3, argv + argc});
    } catch (const std::exception & error) {
        std::cerr << "ERROR: " << error.what() << '\n';
        return 2;
    }
}

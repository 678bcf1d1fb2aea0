// SPDX-License-Identifier: Apache-2.0
#include "case_file.hpp"
#include "core/planner.hpp"
#include "describe.hpp"
#include "io/scan.hpp"
#include "text.hpp"
#include "tree.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::cases {

namespace {

enum ExitStatus { AS_EXPECTED = 0, DIFFERENT = 1, UNUSABLE = 2 };

void append(std::vector<std::string> & lines, const std::vector<std::string> & more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

/// What the same command finds to do now that it is done. Nothing, unless something is wrong.
std::vector<std::string> do_again(const test::MemoryFileSystem & files, const core::Request & request) {
    const auto catalog = io::scan_for(files, layout(), request);
    if (!catalog) {
        return {"  again: " + describe(catalog.error())};
    }
    std::vector<std::string> lines;
    for (const core::Step & step : core::make_plan(catalog.value(), request).steps) {
        lines.push_back("  again: there is something to do for " + encode(step.name));
    }
    return lines;
}

std::vector<std::string> run(test::MemoryFileSystem & files, const core::Request & request) {
    const auto before = files.tree();
    const auto catalog = io::scan_for(files, layout(), request);
    if (!catalog) {
        return {describe(catalog.error())};
    }
    const core::Plan plan = core::make_plan(catalog.value(), request);
    std::vector<std::string> lines;
    if (files.tree() != before) {
        lines.emplace_back("  planning changed the tree");
    }
    if (request.arguments.empty()) {
        std::string choices = "  choices:";
        for (const std::string & choice : catalog.value().choices) {
            choices.append(" ").append(encode(choice));
        }
        lines.push_back(choices);
    }
    append(lines, describe(plan));
    const auto problems = carry_out(files, plan);
    append(lines, problems);
    if (!plan.refused && problems.empty()) {
        append(lines, do_again(files, request));
    }
    return lines;
}

std::vector<std::string> run(Case & file) {
    const auto before = file.files.tree();
    std::vector<std::string> lines;
    for (const Command & command : file.commands) {
        lines.push_back(command.line);
        append(lines, run(file.files, command.request));
    }
    const auto changed = changes(before, file.files.tree());
    lines.emplace_back(changed.empty() ? "changes: none" : "changes:");
    append(lines, changed);
    return lines;
}

int compare(const std::string & path, bool print) {
    Case file;
    read_case(path, file);
    const std::vector<std::string> actual = run(file);
    if (print) {
        for (const std::string & line : actual) {
            const bool heading = !line.starts_with(' ') && &line != &actual.front();
            std::cout << (heading ? "\n" : "") << line << '\n';
        }
        return AS_EXPECTED;
    }
    if (actual != file.expected) {
        std::cout << path << ":\n" << difference(file.expected, actual);
        return DIFFERENT;
    }
    return AS_EXPECTED;
}

}  // namespace

}  // namespace confgraph::cases

int main(int argc, char ** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool print = !arguments.empty() && arguments.front() == "--print";
    if (arguments.size() != (print ? 2U : 1U)) {
        std::cerr << "Usage: run_case [--print] FILE.case\n";
        return confgraph::cases::UNUSABLE;
    }
    try {
        return confgraph::cases::compare(arguments.back(), print);
    } catch (const std::exception & error) {
        std::cerr << "ERROR: " << error.what() << '\n';
        return confgraph::cases::UNUSABLE;
    }
}

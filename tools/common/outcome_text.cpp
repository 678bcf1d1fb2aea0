// SPDX-License-Identifier: Apache-2.0
#include "common/outcome_text.hpp"

#include "common/error_text.hpp"
#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <string>
#include <string_view>

namespace tool {

using confgraph::Obstacle;
using confgraph::Outcome;
using confgraph::TestResult;
using confgraph::Way;

namespace {

// A newer library may have more of each than this knows.

std::string_view word_of(Way code) {
    switch (code) {
        case Way::NONE:
            return "none";
        case Way::LINKS:
            return "links";
        case Way::EXCHANGE:
            return "exchange";
        case Way::ORDERED:
            return "ordered";
    }
    return "unknown";
}

std::string_view word_of(Obstacle code) {
    switch (code) {
        case Obstacle::NONE:
            return "none";
        case Obstacle::MOUNT_POINT:
            return "mount-point";
        case Obstacle::OTHER_LAYER:
            return "other-layer";
        case Obstacle::SYMBOLIC_LINK:
            return "symbolic-link";
        case Obstacle::SUBFOLDER:
            return "subfolder";
        case Obstacle::UNSUPPORTED:
            return "unsupported";
        case Obstacle::PARENT:
            return "parent";
        case Obstacle::NAME_TAKEN:
            return "name-taken";
    }
    return "unknown";
}

std::string_view word_of(TestResult code) {
    switch (code) {
        case TestResult::NOT_ASKED:
            return "not-asked";
        case TestResult::PASSED:
            return "passed";
        case TestResult::BROKEN_BEFORE:
            return "broken-before";
        case TestResult::IMPOSSIBLE:
            return "impossible";
    }
    return "unknown";
}

/// Why a folder could not be exchanged, as the end of a sentence.
std::string reason_of(Obstacle obstacle, const std::string & folder) {
    switch (obstacle) {
        case Obstacle::NONE:
            break;
        case Obstacle::MOUNT_POINT:
            return phrase("something is mounted on {}", folder);
        case Obstacle::OTHER_LAYER:
            return phrase("{} lies in a lower layer of an overlay, or on another file system than its copy", folder);
        case Obstacle::SYMBOLIC_LINK:
            return phrase("{} is a symbolic link", folder);
        case Obstacle::SUBFOLDER:
            return phrase("{} holds a folder, or something else that cannot be linked into a copy", folder);
        case Obstacle::UNSUPPORTED:
            return phrase("the file system of {} cannot exchange folders, or cannot keep their attributes", folder);
        case Obstacle::PARENT:
            return phrase("no folder can be made beside {}", folder);
        case Obstacle::NAME_TAKEN:
            return phrase("the place of the copy of {} is taken by something else", folder);
    }
    return phrase("{} cannot be exchanged", folder);
}

}  // namespace

void print_outcome(const confgraph::Layout & layout, const Outcome & outcome, bool explain, Output & output) {
    if (outcome.test() == TestResult::BROKEN_BEFORE) {
        output.err("WARNING: the server refuses the configuration, as it did before the switch:\n{}",
                   indented(outcome.test_output()));
    }
    if (!explain) {
        return;
    }
    if (outcome.test() == TestResult::IMPOSSIBLE) {
        output.out(
            "The server was not asked whether it accepts the configuration, since {}\n",
            layout.root().empty() ? phrase("it is not there to be asked") : phrase("nothing in a root is executed"));
    }
    if (outcome.way() == Way::ORDERED) {
        const std::string folder = confgraph::escape(layout.enabled_folder(confgraph::Kind::MODULE));
        output.out("The links were changed one by one, since {}; the server accepts each state in between\n",
                   reason_of(outcome.obstacle(), folder));
    }
}

void print_problems(const Outcome & outcome, Output & output) {
    for (const confgraph::Error & problem : outcome.problems()) {
        output.err("WARNING: done, but {}; the next command tries again\n", problem_text(problem));
    }
}

Json outcome_document(const Outcome * outcome) {
    const Way way = outcome != nullptr ? outcome->way() : Way::NONE;
    const TestResult test = outcome != nullptr ? outcome->test() : TestResult::NOT_ASKED;
    Json document = {{"committed", outcome != nullptr && !outcome->plan().steps().empty()},
                     {"operations", outcome != nullptr ? outcome->operations() : 0},
                     {"way", word_of(way)},
                     {"obstacle", Json()},
                     {"promise", Json()},
                     {"recovered", outcome != nullptr && outcome->recovered()},
                     {"test", test == TestResult::NOT_ASKED ? Json() : Json(word_of(test))},
                     {"test_output", test == TestResult::BROKEN_BEFORE ? text(outcome->test_output()) : Json()},
                     {"problems", Json::array()}};
    if (way == Way::ORDERED) {
        document["obstacle"] = word_of(outcome->obstacle());
        document["promise"] = "the server may read a state in between, each of which it accepts";
    }
    if (outcome != nullptr) {
        for (const confgraph::Error & problem : outcome->problems()) {
            document["problems"].push_back(text(problem_text(problem)));
        }
    }
    return document;
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tree.hpp"

#include <functional>
#include <string>
#include <vector>

namespace crash {

/// What is promised about what a server would read while the change is going on.
enum class Way {
    EXCHANGE,  ///< at every instant the old modules or the new ones
    ORDERED,   ///< at every instant one MPM, and modules that the server accepts
    LINKS,     ///< each link by itself the old or the new one
};

/// How a scenario is disturbed.
enum class Manner {
    POINTS,    ///< the command is killed at each call, and each call fails with each error
    RECOVERY,  ///< the command is killed, and then the next one, too, at each of its calls; or one of those fails
    UNDOING,   ///< a call of the command fails, and then it is killed at each later call
};

/// A command line: the name of a tool, and its arguments.
using Words = std::vector<std::string>;

struct Scenario {
    std::string name;
    std::string group;
    Place place = Place::PLAIN;
    Shape shape = Shape::LINKS;
    Way way = Way::EXCHANGE;
    Manner manner = Manner::POINTS;
    std::function<void(Tree &)> setup = [](Tree &) {};
    Words command;
    /// The same for Debian's tools, as a shell's command line; empty: they cannot do it, or take too long.
    std::string originals;
    /// Paths below the tree that the command has to bring, and those it has to remove: what makes sure that there is
    /// something to look at.
    std::vector<std::string> brings;
    std::vector<std::string> removes;
    /// What a reader asks meanwhile, besides the MPM and the list of modules: arguments of a2query.
    std::vector<Words> questions;
    /// The exit status of the undisturbed command.
    int status = 0;
    /// Whether the server refuses what is there at the start.
    bool broken = false;
    /// So many calls that not all is tried at each: the errors take turns, and the server is asked at some points only.
    bool many = false;
    /// RECOVERY and UNDOING: the first disturbance is tried at each so many calls.
    std::size_t stride = 1;
};

std::vector<Scenario> scenarios();

/// Those of files instead of links. They are changed by the program "edit".
std::vector<Scenario> file_scenarios();

/// The selftest's: what is done by the tool "faulty", whose first argument is the name of the scenario.
std::vector<Scenario> faulty_scenarios();

}  // namespace crash

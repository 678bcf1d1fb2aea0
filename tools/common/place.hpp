// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/arguments.hpp"
#include "common/output.hpp"

#include <confgraph/layout.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// The options that say which configuration is meant; every program has them.
struct PlaceOptions {
    std::optional<std::string> root;
    std::optional<std::string> instance;
    std::optional<std::string> layout;

    void add_to(std::vector<ValueOption> & values) {
        values.push_back({"--root", &root});
        values.push_back({"--instance", &instance});
        values.push_back({"--layout", &layout});
    }
};

/// The root that an option, or else APACHE_CONFGRAPH_ROOT, names; empty for the system that runs. Says what is wrong
/// with it and gives nothing then.
std::optional<std::string> find_root(const std::optional<std::string> & option, Output & output);

/// The configuration that the options, and the instance in the name by which a program is called, mean. Says what is
/// wrong with them and gives nothing then.
std::optional<confgraph::LayoutOptions> find_place(const PlaceOptions & options, std::string_view called_instance,
                                                   Output & output);

/// Whether alternatives choose the MPM, and those of a system that does not run: no program of this machine does that.
bool chosen_by_other_alternatives(const confgraph::Layout & layout);

/// What to do about an MPM then.
std::string other_alternatives_advice();

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/output.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tool {

/// Asks on standard output and reads answers from standard input.
class Questions {
public:
    explicit Questions(Output & output) : output_(output) {}

    /// Lists what there is to choose from and reads names, one line of them. Nothing when the input has ended.
    std::optional<std::vector<std::string>> ask_names(const CallName & call, const std::vector<std::string> & choices);

    /// Asks whether an essential module is really to be disabled. Says so when the answer is no.
    bool confirm_essential(const std::string & module);

private:
    std::optional<std::string> read_line();

    Output & output_;
    std::string input_;
};

}  // namespace tool

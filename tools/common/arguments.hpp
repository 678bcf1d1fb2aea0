// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/output.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// An option without a value.
struct Flag {
    const char * names;  ///< "-q,--quiet"
    bool * on;
};

/// An option with a value.
struct ValueOption {
    const char * names;
    std::optional<std::string> * value;        ///< stays nothing when the option is not given; the last one counts
    bool may_be_empty = false;                 ///< whether the value may be left out, and is empty then
    std::vector<std::string> * all = nullptr;  ///< in place of value: every value, in the order given
};

/// Reads a command line as Getopt::Long and Getopt::Std do: options may be bundled, abbreviated without doubt and of
/// either case, and stand after operands; what follows "--" are operands. Returns the operands; says what is wrong and
/// returns nothing otherwise.
std::optional<std::vector<std::string>> parse_arguments(int argc, const char * const * argv,
                                                        const std::vector<Flag> & flags,
                                                        const std::vector<ValueOption> & values, Output & output);

/// The last part of the path a program was called by.
std::string_view base_name(std::string_view path);

}  // namespace tool

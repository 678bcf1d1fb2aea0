// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::package::core {

struct Headers {
    std::string path;
    int mmn_major = 0;
    int mmn_minor = 0;

    friend bool operator==(const Headers &, const Headers &) = default;
};

/// Finds the module magic number in the text of ap_mmn.h; nothing when one of its two parts is not defined.
std::optional<Headers> parse_mmn_header(std::string_view text);

}  // namespace confgraph::package::core

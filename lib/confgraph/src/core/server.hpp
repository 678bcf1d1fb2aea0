// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confgraph::core {

struct Server {
    std::string version;
    int mmn_major = 0;
    int mmn_minor = 0;
};

/// What a server's binary says of itself: the version in its banner ("Apache/2.4.71"), the MMN in its core module's
/// record. Nothing when it is no server.
std::optional<Server> parse_server(std::string_view binary);

}  // namespace confgraph::core

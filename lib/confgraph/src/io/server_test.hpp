// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace confgraph::io {

enum class ServerAnswer : std::uint8_t {
    ACCEPTS,
    REFUSES,
    NO_SERVER,      ///< there is no server to ask
    NOT_PERMITTED,  ///< the copy cannot be shown to the server in the place of the folder
};

struct ServerVerdict {
    ServerAnswer answer{};
    /// What the server said, at most a few screens of it.
    std::string words;
};

/// Asks the server whether it accepts the configuration (`apache2 -t`, in the environment that the envvars file makes).
/// With staged, the server sees that folder in the place of the folder of enabled modules, and nobody else does: in a
/// mount namespace of its own. There is no server to ask where the layout has a root. While it takes its time, going_on
/// is called a few times a second.
ServerVerdict test_server(const core::Layout & layout, const std::string & staged,
                          const std::function<void()> & going_on = {});

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/server.hpp"

#include "core/error.hpp"
#include "io/read_binary.hpp"

#include <cerrno>
#include <optional>

namespace confgraph::io {

Result<core::Server> read_server(const FileReader & files, const core::Layout & layout) {
    const auto bytes = read_binary(files, layout.server);
    if (!bytes && bytes.error().value != EINVAL) {
        return core::make_error(ErrorCode::CANNOT_READ, layout.server, bytes.error().value);
    }
    auto server = bytes ? core::parse_server(bytes.value()) : std::nullopt;
    if (!server) {
        return core::make_error(ErrorCode::NOT_A_SERVER, layout.server, 0);
    }
    return *server;
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/server.hpp"

#include "core/error.hpp"
#include "io/read_binary.hpp"
#include "io/word_scan.hpp"

#include <cerrno>
#include <optional>

namespace confgraph::io {

Result<core::Server> read_server(const FileReader & files, const core::Layout & layout) {
    const bool chosen = layout.of(Kind::MODULE).mechanism == core::Mechanism::WORDS;
    const std::string path = chosen ? chosen_server(files, layout) : layout.server;
    const auto bytes = read_binary(files, path);
    if (!bytes && bytes.error().value != EINVAL) {
        return core::make_error(ErrorCode::CANNOT_READ, path, bytes.error().value);
    }
    auto server = bytes ? core::parse_server(bytes.value()) : std::nullopt;
    if (!server) {
        return core::make_error(ErrorCode::NOT_A_SERVER, path, 0);
    }
    return *server;
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/result.hpp>

#include <memory>
#include <string>

namespace confgraph {

namespace core {
struct Server;
}

/// What the server's binary says of itself. The configuration plays no part.
class CONFGRAPH_API Server {
public:
    explicit Server(std::shared_ptr<const core::Server> impl);

    /// Reads the server's binary; nothing is started. Fails with CANNOT_READ or NOT_A_SERVER.
    static Result<Server> read(const Layout & layout);

    /// The version: "2.4.71".
    [[nodiscard]] const std::string & version() const;
    /// The major module magic number: 20120211.
    [[nodiscard]] int mmn_major() const;
    /// The minor module magic number, which grows with each addition to the interface: 141.
    [[nodiscard]] int mmn_minor() const;

private:
    std::shared_ptr<const core::Server> impl_;
};

/// Asks the server whether it accepts its configuration (`apache2 -t`, in the environment that the envvars file makes):
/// starts it, and waits. Fails with SERVER_REFUSED, whose text() are the server's words, and with NOT_A_SERVER where
/// there is none to ask.
CONFGRAPH_API Result<Done> test_configuration(const Layout & layout);

}  // namespace confgraph

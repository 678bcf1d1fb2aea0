// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/kind.hpp>

#include <memory>
#include <string>
#include <vector>

namespace confgraph {

namespace core {
struct Request;
}

/// What is to be enabled or disabled.
class CONFGRAPH_API Request {
public:
    /// arguments are names or shell patterns (* ? [...] {a,b}); a trailing suffix(kind) is dropped.
    Request(Action action, Kind kind, std::vector<std::string> arguments);

    /// Disable dependents too, and ask nothing about essential modules.
    [[nodiscard]] Request with_force(bool on) const;
    /// Markers say that a maintainer script did it.
    [[nodiscard]] Request with_maintmode(bool on) const;
    /// Leave no marker.
    [[nodiscard]] Request with_purge(bool on) const;

    /// Whether to enable, disable or switch.
    [[nodiscard]] Action action() const;
    /// Names and patterns, as given.
    /// Which kind of entry arguments() name.
    [[nodiscard]] Kind kind() const;
    /// Names and patterns, as given.
    [[nodiscard]] const std::vector<std::string> & arguments() const;

    [[nodiscard]] const core::Request & impl() const { return *impl_; }

private:
    explicit Request(std::shared_ptr<const core::Request> impl);

    std::shared_ptr<const core::Request> impl_;
};

}  // namespace confgraph

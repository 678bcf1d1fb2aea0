// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/error.hpp>
#include <confgraph/result.hpp>

#include <string>
#include <utility>

namespace confgraph::core {

struct Error {
    ErrorCode code{};
    std::string path;
    int system_error = 0;

    friend bool operator==(const Error &, const Error &) = default;
};

/// Makes a public error.
inline confgraph::Error make_error(ErrorCode code, std::string path, int system_error) {
    return confgraph::Error(std::make_shared<const Error>(Error{code, std::move(path), system_error}));
}

}  // namespace confgraph::core

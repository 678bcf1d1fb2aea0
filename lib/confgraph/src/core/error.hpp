// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/error.hpp>
#include <confgraph/result.hpp>

#include <string>
#include <vector>
#include <utility>

namespace confgraph::core {

struct Error {
    ErrorCode code{};
    std::string path;
    int system_error = 0;
    std::vector<std::string> not_undone{};
    unsigned line = 0;
    std::string text{};

    friend bool operator==(const Error &, const Error &) = default;
};

/// Makes a public error.
inline confgraph::Error make_error(Error error) {
    return confgraph::Error(std::make_shared<const Error>(std::move(error)));
}

inline confgraph::Error make_error(ErrorCode code, std::string path, int system_error,
                                   std::vector<std::string> not_undone = {}) {
    return make_error(Error{code, std::move(path), system_error, std::move(not_undone)});
}

}  // namespace confgraph::core

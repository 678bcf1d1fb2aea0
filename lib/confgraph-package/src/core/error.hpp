// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace confgraph::package::core {

struct Error {
    ErrorCode code{};
    std::string path;
    int system_error = 0;
    Part part = Part::NONE;
    std::uint64_t offset = 0;
    unsigned number = 0;
    std::string member{};
    std::string detail{};

    friend bool operator==(const Error &, const Error &) = default;
};

/// Inside of the library errors are plain values.
template <class T>
using Result = confgraph::Result<T, Error>;

inline Error malformed(Part part, std::uint64_t offset) { return {ErrorCode::MALFORMED, {}, 0, part, offset, 0}; }
inline Error too_much(Part part, std::uint64_t offset) { return {ErrorCode::TOO_MUCH, {}, 0, part, offset, 0}; }

}  // namespace confgraph::package::core

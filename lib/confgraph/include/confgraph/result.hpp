// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/error.hpp>

#include <utility>
#include <variant>

namespace confgraph {

/// A value, or why there is none. C++20 has no std::expected.
template <class T, class E = Error>
class [[nodiscard]] Result {
public:
    // Both conversions are implicit so that `return value;` and `return error;` read alike.
    /// A success.
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    /// A failure.
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    /// Whether there is a value.
    [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
    /// The same, for conditions.
    explicit operator bool() const noexcept { return ok(); }

    /// The value; only when ok().
    [[nodiscard]] const T & value() const & { return std::get<0>(state_); }
    /// The same, to be changed.
    [[nodiscard]] T & value() & { return std::get<0>(state_); }
    /// The same, to be moved away.
    [[nodiscard]] T && value() && { return std::get<0>(std::move(state_)); }

    /// The error; only when not ok().
    [[nodiscard]] const E & error() const { return std::get<1>(state_); }

private:
    std::variant<T, E> state_;
};

/// The result of something that gives no value.
struct Done {
    /// One is like the other.
    friend bool operator==(const Done &, const Done &) = default;
};

}  // namespace confgraph

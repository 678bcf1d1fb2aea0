// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

/// An open file, closed at the end.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor && other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor & operator=(Descriptor && other) noexcept {
        if (const int old = std::exchange(value_, std::exchange(other.value_, -1)); old >= 0) {
            ::close(old);
        }
        return *this;
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor & operator=(const Descriptor &) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int value() const { return value_; }
    [[nodiscard]] bool open() const { return value_ >= 0; }
    /// Leaves it to somebody else to close it.
    void release() { value_ = -1; }

private:
    int value_ = -1;
};

/// Calls again what a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
    while (true) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

}  // namespace confgraph::io

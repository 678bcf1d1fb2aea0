// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace confgraph::core {

/// A value that few of many objects have: those without it hold no room for it. Copied with the object.
template <class T>
class OnDemand {
public:
    OnDemand() = default;
    OnDemand(T value) : value_(std::make_unique<T>(std::move(value))) {}  // implicit, as for std::optional
    OnDemand(std::optional<T> value) : value_(value ? std::make_unique<T>(*std::move(value)) : nullptr) {}
    OnDemand(const OnDemand & other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
    OnDemand(OnDemand && other) noexcept = default;
    OnDemand & operator=(const OnDemand & other) {
        value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
        return *this;
    }
    OnDemand & operator=(OnDemand && other) noexcept = default;
    ~OnDemand() = default;

    /// Whether there is one.
    explicit operator bool() const { return value_ != nullptr; }
    /// The value; an empty one where there is none.
    const T & operator*() const {
        static const T none{};
        return value_ ? *value_ : none;
    }
    const T * operator->() const { return &**this; }
    /// The value, made where there is none.
    T & edit() {
        if (!value_) {
            value_ = std::make_unique<T>();
        }
        return *value_;
    }

private:
    std::unique_ptr<T> value_;
};

}  // namespace confgraph::core

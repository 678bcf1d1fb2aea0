// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ar.hpp"
#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace confgraph::package::io {

/// Bytes that can be read at any place: a package.
class Source {
public:
    Source() = default;
    Source(const Source &) = delete;
    Source & operator=(const Source &) = delete;
    virtual ~Source() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Reads up to so many bytes. Returns their number, 0 at the end; fails with CANNOT_READ.
    virtual core::Result<std::size_t> read_at(std::uint64_t offset, char * buffer, std::size_t bytes) = 0;

    /// The same as a text, which is shorter where the source ends.
    core::Result<std::string> text_at(std::uint64_t offset, std::size_t bytes);
};

/// A regular file. What is appended to it meanwhile is not looked at.
class FileSource final : public Source {
public:
    FileSource() = default;
    ~FileSource() override;
    /// Opens it; returns CANNOT_READ or NOT_A_FILE when that fails.
    core::Result<bool> open(const std::string & path);
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    core::Result<std::size_t> read_at(std::uint64_t offset, char * buffer, std::size_t bytes) override;

private:
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

// What holds of a package that was read, whatever bytes it was made of, and of the error when there is none.

#include "core/package.hpp"
#include "io/file_source.hpp"
#include "io/read_package.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// A package in memory.
class MemorySource final : public confgraph::package::io::Source {
public:
    explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
    confgraph::package::core::Result<std::size_t> read_at(std::uint64_t offset, char * buffer,
                                                          std::size_t bytes) override {
        const std::string_view part = bytes_.substr(std::min<std::uint64_t>(offset, bytes_.size()), bytes);
        std::memcpy(buffer, part.data(), part.size());
        return part.size();
    }

private:
    std::string_view bytes_;
};

inline void fuzz_package(const std::uint8_t * data, std::size_t size, confgraph::package::PackageKind kind) {
    using namespace confgraph::package;
    core::Limits limits;
    limits.unpacked_bytes = 4U << 20;  // so that many are tried in a second
    limits.files = 1000;
    limits.binary_bytes = 1U << 20;
    limits.control_bytes = 1U << 20;
    MemorySource source(std::string_view(reinterpret_cast<const char *>(data), size));
    const auto package = io::read_package_modules(source, "input", limits);
    if (!package) {
        REQUIRE_INVARIANT(package.error().path == "input");
        REQUIRE_INVARIANT(package.error().code != ErrorCode::CANNOT_READ);
        REQUIRE_INVARIANT(package.error().code != ErrorCode::NO_LIBRARY);
        return;
    }
    REQUIRE_INVARIANT(package.value().kind == kind);
    REQUIRE_INVARIANT(!package.value().name.empty());
    REQUIRE_INVARIANT(package.value().files.size() <= limits.files);
    for (const core::PackageFile & file : package.value().files) {
        REQUIRE_INVARIANT(file.path.starts_with('/'));
        REQUIRE_INVARIANT((file.path + "/").find("/../") == std::string::npos);
    }
    for (const core::Binary & binary : package.value().binaries) {
        REQUIRE_INVARIANT(!binary.modules.empty());
    }
}

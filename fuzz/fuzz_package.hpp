// SPDX-License-Identifier: Apache-2.0
#pragma once

// What holds of a package that was read, whatever bytes it was made of, and of the error when there is none.

#include "core/package.hpp"
#include "io/file_source.hpp"
#include "io/read_package.hpp"
#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

inline void fuzz_package(const std::uint8_t * data, std::size_t size, confgraph::package::PackageKind kind) {
    using namespace confgraph::package;
    core::Limits limits;
    limits.unpacked_bytes = 4U << 20;  // so that many are tried in a second
    limits.files = 1000;
    limits.binary_bytes = 1U << 20;
    limits.control_bytes = 1U << 20;
    io::MemorySource source(std::string_view(reinterpret_cast<const char *>(data), size));
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

// SPDX-License-Identifier: Apache-2.0

// Whatever bytes are taken for a .rpm, what is read of them stays within the limits, and no name leads out of it.

#include "fuzz_package.hpp"

#include <string_view>

namespace {

constexpr std::string_view MAGIC = "\xED\xAB\xEE\xDB";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    if (bytes.starts_with(MAGIC)) {
        fuzz_package(data, size, confgraph::package::PackageKind::RPM);
    }
    return 0;
}

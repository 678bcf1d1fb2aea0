// SPDX-License-Identifier: Apache-2.0

// Whatever bytes are taken for a binary, nothing outside them is read, and what is said about it agrees with itself.

#include "core/elf_image.hpp"
#include "core/server.hpp"
#include "require.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

using confgraph::core::ElfImage;
using confgraph::core::parse_server;

namespace {

// Each question walks through all symbols.
constexpr std::size_t MAX_QUESTIONS = 16;

bool inside(std::string_view part, std::string_view bytes) {
    return part.empty() || (part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    if (const auto server = parse_server(bytes)) {
        REQUIRE_INVARIANT(ElfImage::parse(bytes).has_value());
        REQUIRE_INVARIANT(bytes.find("Apache/" + server->version) != std::string_view::npos);
        REQUIRE_INVARIANT(server->version.find_first_not_of("0123456789.") == std::string::npos);
        REQUIRE_INVARIANT(std::count(server->version.begin(), server->version.end(), '.') >= 2);
    }
    const auto image = ElfImage::parse(bytes);
    if (!image) {
        return 0;
    }
    for (const bool defined : {false, true}) {
        const std::vector<std::string_view> names = image->names(defined);
        for (std::size_t i = 0; i < names.size(); ++i) {
            REQUIRE_INVARIANT(!names[i].empty());
            REQUIRE_INVARIANT(inside(names[i], bytes));
            REQUIRE_INVARIANT(names[i].data() + names[i].size() < bytes.data() + bytes.size());
            if (i >= MAX_QUESTIONS) {
                continue;
            }
            REQUIRE_INVARIANT(defined || image->imports(names[i]));
            if (const auto part = image->data_of(names[i])) {
                REQUIRE_INVARIANT(inside(*part, bytes));
                // A sanitizer looks at what is read here.
                volatile char last = part->empty() ? '\0' : part->back();
                static_cast<void>(last);
            }
        }
    }
    REQUIRE_INVARIANT(!image->imports(std::string_view("\x01 no such symbol")) ||
                      bytes.find("\x01 no such symbol") != std::string_view::npos);
    return 0;
}

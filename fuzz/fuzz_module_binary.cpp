// SPDX-License-Identifier: Apache-2.0

// Whatever bytes are taken for a binary, nothing outside of them is read, what is found has been in them, and what is
// wrong is said to be inside of them.

#include "core/machine.hpp"
#include "core/module_records.hpp"
#include "require.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using namespace confgraph::package;

namespace {

bool holds(std::string_view bytes, const std::string & text) { return bytes.find(text) != std::string_view::npos; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    const auto binary = core::parse_binary(std::string(bytes), "input");
    if (!binary) {
        const core::Error & error = binary.error();
        REQUIRE_INVARIANT(error.path == "input");
        REQUIRE_INVARIANT(error.code != ErrorCode::CANNOT_READ);
        REQUIRE_INVARIANT((error.code == ErrorCode::MALFORMED) <= (error.part != Part::NONE));
        return 0;
    }
    REQUIRE_INVARIANT(binary.value().machine != nullptr);
    REQUIRE_INVARIANT(binary.value().bits == 32 || binary.value().bits == 64);
    for (const core::Module & module : binary.value().modules) {
        REQUIRE_INVARIANT(!module.identifier.empty() && holds(bytes, module.identifier));
        REQUIRE_INVARIANT(!module.source.empty() && holds(bytes, module.source));
        REQUIRE_INVARIANT(module.source.find('/') == std::string::npos);
        REQUIRE_INVARIANT(module.mmn_major > 19000000 && module.mmn_minor >= 0);
        REQUIRE_INVARIANT(module.cookie.starts_with("AP2"));
        for (const core::Directive & directive : module.directives) {
            REQUIRE_INVARIANT(!directive.name.empty() && holds(bytes, directive.name));
            REQUIRE_INVARIANT(holds(bytes, directive.help));
        }
    }
    return 0;
}

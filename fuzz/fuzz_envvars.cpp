// SPDX-License-Identifier: Apache-2.0

// An envvars file that is said not to matter does not: a shell that sources it succeeds and sets none of the variables.

#include "core/envvars.hpp"
#include "require.hpp"
#include "shell_verdict.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using confgraph::core::envvars_can_matter;
using confgraph::core::LAYOUT_VARIABLES;

namespace {

/// Starting a shell takes as long as thousands of verdicts: only some inputs, always the same ones, are given to it.
bool asks_the_shell(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return (hash >> 16U) % 16U == 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    if (envvars_can_matter(text)) {
        // Nothing that follows takes the doubt away.
        REQUIRE_INVARIANT(text.ends_with('\n') ? envvars_can_matter(std::string(text) + "X=1\n") : true);
        return 0;
    }
    const std::string lines = std::string(text) + "\n";
    REQUIRE_INVARIANT(!envvars_can_matter(lines));
    REQUIRE_INVARIANT(!envvars_can_matter(lines + "X=1\n"));
    REQUIRE_INVARIANT(envvars_can_matter(lines + "if [ x ]; then\n"));
    REQUIRE_INVARIANT(envvars_can_matter(lines + "command\n"));
    for (const std::string_view variable : LAYOUT_VARIABLES) {
        REQUIRE_INVARIANT(envvars_can_matter(lines + std::string(variable) + "=x\n"));
        REQUIRE_INVARIANT(envvars_can_matter(lines + "export " + std::string(variable) + "=x\n"));
    }
    if (asks_the_shell(text)) {
        const auto variables = evaluate_confined(text);
        REQUIRE_INVARIANT(variables.has_value());
        for (const std::string_view variable : LAYOUT_VARIABLES) {
            REQUIRE_INVARIANT(!variables->contains(std::string(variable)));
        }
    }
    return 0;
}

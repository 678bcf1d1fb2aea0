// SPDX-License-Identifier: Apache-2.0

// An envvars file that is said not to matter does not: a shell that sources it succeeds and sets none of the variables.
// Of one that is read without a shell, a shell finds the same.

#include "core/envvars.hpp"
#include "require.hpp"
#include "shell_verdict.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using confgraph::core::envvars_can_matter;
using confgraph::core::LAYOUT_VARIABLES;
using confgraph::core::PlainEnvvars;
using confgraph::core::read_plain_envvars;

namespace {

/// Starting a shell takes as long as thousands of verdicts: only some inputs, always the same ones, are given to it.
bool asks_the_shell(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    }
    return (hash >> 16U) % 16U == 0;
}

/// What was read of a file without a doubt.
void compare_with_shell(std::string_view text, const PlainEnvvars & plain) {
    const auto variables = evaluate_confined(text);
    // Those two can fail, and a shell that fails gives nothing.
    if (!variables && (text.find("umask") != std::string_view::npos || text.find("ulimit") != std::string_view::npos)) {
        return;
    }
    REQUIRE_INVARIANT(variables.has_value());
    for (const std::string_view name : LAYOUT_VARIABLES) {
        const auto read = plain.variables.find(std::string(name));
        const auto there = variables->find(std::string(name));
        REQUIRE_INVARIANT((read != plain.variables.end()) == (there != variables->end()));
        REQUIRE_INVARIANT(there == variables->end() || read->second == there->second);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t * data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const PlainEnvvars plain = read_plain_envvars(text);
    REQUIRE_INVARIANT(plain.doubtful_line == 0 || plain.variables.empty());
    if (envvars_can_matter(text)) {
        if (plain.doubtful_line == 0 && asks_the_shell(text)) {
            compare_with_shell(text, plain);
        }
        // Nothing that follows takes the doubt away.
        REQUIRE_INVARIANT(text.ends_with('\n') ? envvars_can_matter(std::string(text) + "X=1\n") : true);
        return 0;
    }
    REQUIRE_INVARIANT(plain.doubtful_line == 0 && plain.variables.empty());
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

// SPDX-License-Identifier: Apache-2.0
#include "common/change_options.hpp"

#include "common/arguments.hpp"

#include <confgraph/text.hpp>

#include <charconv>
#include <utility>

namespace tool {

namespace {

// Thirty years. More would only be a mistake.
constexpr unsigned MAX_WAIT_SECONDS = 1'000'000'000;

std::optional<std::chrono::seconds> parse_seconds(const std::string & text) {
    unsigned seconds = 0;
    const char * const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || last != end || seconds > MAX_WAIT_SECONDS) {
        return std::nullopt;
    }
    return std::chrono::seconds(seconds);
}

}  // namespace

std::optional<ChangeOptions> parse_change_options(int argc, const char * const * argv, const ExtraFlag & extra,
                                                  Output & output) {
    ChangeOptions options;
    std::optional<std::string> wait;
    std::vector<Flag> flags = {{"--quiet", &options.quiet},        {"-q", &options.short_quiet},
                               {"-f,--force", &options.force},     {"-m,--maintmode", &options.maintmode},
                               {"-n,--dry-run", &options.dry_run}, {"--json", &options.json},
                               {"--explain", &options.explain},    {"--no-sync", &options.no_sync},
                               {"--help", &options.help},          {"--version", &options.version},
                               {extra.names, &(options.*extra.on)}};
    if (extra.on == &ChangeOptions::purge) {
        flags.push_back({"-l", &options.suse_list});
        flags.push_back({"-d", &options.suse_disable});
    }
    std::vector<ValueOption> values = {{"--wait", &wait}};
    options.script.add_to(flags, values);
    options.place.add_to(values);
    auto names = parse_arguments(argc, argv, flags, values, output);
    if (!names) {
        return std::nullopt;
    }
    if (wait) {
        const auto seconds = parse_seconds(*wait);
        if (!seconds) {
            output.err("ERROR: --wait={}: not a number of seconds; give 0 to {}\n", confgraph::escape(*wait),
                       MAX_WAIT_SECONDS);
            return std::nullopt;
        }
        options.wait = *seconds;
    }
    options.quiet = options.quiet || options.short_quiet;
    options.names = std::move(*names);
    return options;
}

}  // namespace tool

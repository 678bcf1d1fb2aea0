// SPDX-License-Identifier: Apache-2.0
#include "common/suse_options.hpp"

#include "common/change.hpp"
#include "common/error_text.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/text.hpp>

#include <algorithm>

namespace tool {

using confgraph::Catalog;
using confgraph::Entry;
using confgraph::Kind;

namespace {

int fail(const confgraph::Error & error, const confgraph::Layout & layout, Output & output) {
    output.err("ERROR: {}\n", error_text(error, layout.root()));
    return FAILED;
}

}  // namespace

int list_as_suse(const confgraph::Layout & layout, Output & output) {
    const auto catalog = Catalog::read_enabled(layout, Kind::MODULE);
    if (!catalog) {
        return fail(catalog.error(), layout, output);
    }
    std::string line;
    for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
        // MPMs have a variable of their own.
        if (entry.enabled() && !entry.is_mpm()) {
            line.append(line.empty() ? "" : " ").append(confgraph::escape(entry.name()));
        }
    }
    output.out("{}\n", line);
    return DONE;
}

int query_as_suse(const confgraph::Layout & layout, const std::vector<std::string> & names, Output & output) {
    const auto catalog = Catalog::read_enabled(layout, Kind::MODULE);
    if (!catalog) {
        return fail(catalog.error(), layout, output);
    }
    const bool all = std::all_of(names.begin(), names.end(), [&](const std::string & name) {
        const auto entry = catalog.value().find(Kind::MODULE, confgraph::undecorated(name.substr(name.rfind('/') + 1)));
        return entry && entry->enabled();
    });
    return all ? DONE : FAILED;
}

}  // namespace tool

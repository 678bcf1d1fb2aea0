// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"
#include "common/output.hpp"
#include "options.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>

#include <optional>
#include <string>

namespace a2query {

enum ExitStatus { FOUND = 0, NOT_FOUND = 1, USAGE = 2, DISABLED_BY_ADMIN = 32, DISABLED_BY_MAINT = 33 };

/// Answers the questions of one call, in the fixed order of Debian's a2query: the first "no" ends it.
class Queries {
public:
    Queries(const confgraph::Layout & layout, const Options & options, tool::Output & output)
        : layout_(layout), options_(options), output_(output) {}

    /// Returns the exit status. With --json, the document is printed whatever the answers are.
    int run();

private:
    int answer_all();
    int answer_entry(confgraph::Kind kind, const std::string & asked);
    int answer_entry_json(confgraph::Kind kind, const std::string & asked);
    int answer_available();
    int answer_server();
    int answer_mpm();
    int answer_why(const std::string & asked);
    int answer_check();
    int answer_graph(const confgraph::Catalog & catalog);

    int not_found(confgraph::Kind kind, const std::string & asked, const std::optional<confgraph::Entry> & entry);
    int fail(const confgraph::Error & error);
    void say_state(const confgraph::Entry & entry);
    /// Everything there is, read once.
    const confgraph::Catalog * all();

    const confgraph::Layout & layout_;
    const Options & options_;
    tool::Output & output_;
    tool::Json document_;
    std::optional<confgraph::Catalog> all_;
    int all_status_ = NOT_FOUND;
};

}  // namespace a2query

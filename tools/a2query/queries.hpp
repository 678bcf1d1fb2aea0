// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"
#include "common/output.hpp"
#include "entry_json.hpp"
#include "options.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>

#include <optional>
#include <string>

namespace a2query {

enum ExitStatus { FOUND = 0, NOT_FOUND = 1, USAGE = 2, DISABLED_BY_ADMIN = 32, DISABLED_BY_MAINT = 33 };

/// Answers the questions of one call, in the fixed order of Debian's a2query.
class Queries {
public:
    Queries(const confgraph::Layout & layout, const Options & options, tool::Output & output)
        : layout_(layout), options_(options), output_(output) {}

    /// Returns the exit status. With --json, the document is printed whatever the answers are.
    int run();

private:
    int answer_all();
    int answer_available();
    int answer_modules();
    int answer_sites();
    int answer_confs();
    int answer_server();
    int answer_mpm();
    int answer_module_folder();
    int answer_why();
    int answer_graph();
    int answer_check();

    int answer_entries(confgraph::Kind kind, const std::string & asked);
    int answer_entry(confgraph::Kind kind, const std::string & asked);
    int answer_entry_json(confgraph::Kind kind, const std::string & asked);
    int not_found(confgraph::Kind kind, const std::string & asked, const std::optional<confgraph::Entry> & entry);
    int fail(const confgraph::Error & error);
    /// What was read; says why, where that is nothing, and that a journal is not understood.
    std::optional<confgraph::Catalog> take(confgraph::Result<confgraph::Catalog> read);
    void say_state(const confgraph::Entry & entry);
    /// An entry of all(), as a document.
    tool::Json describe(const confgraph::Entry & entry);
    /// Everything there is, read once; null when it cannot be read.
    const confgraph::Catalog * all();

    const confgraph::Layout & layout_;
    const Options & options_;
    tool::Output & output_;
    tool::Json document_;
    std::optional<confgraph::Catalog> all_;
    std::optional<RequiredBy> required_by_;
    bool journal_told_ = false;
};

}  // namespace a2query

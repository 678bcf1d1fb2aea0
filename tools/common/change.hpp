// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/change_options.hpp"
#include "common/output.hpp"
#include "common/progress.hpp"
#include "common/questions.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/result.hpp>
#include <confgraph/transaction.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tool {

/// The exit statuses of the programs that change a configuration.
enum ExitStatus {
    DONE = 0,
    FAILED = 1,
    USAGE = 2,
    UNSETTLED = 3,  ///< done, but something could not be flushed or cleaned up
};

/// One change of a configuration, from the options to the exit status.
class Change {
public:
    Change(const CallName & call, ChangeOptions options, Output & output);

    /// Returns the exit status.
    int run();
    /// The same where the layout was looked for already.
    int run(confgraph::Result<confgraph::Layout> layout);

private:
    [[nodiscard]] confgraph::Request request() const;
    /// Does what -l, -d and -q mean in openSUSE's layout. The exit status, unless there is more to do.
    std::optional<int> answer_as_suse();
    /// Asks which names are meant. The exit status where there are none.
    std::optional<int> ask_names();
    /// Reads what is needed and plans.
    confgraph::Result<confgraph::Plan> make_plan(Progress & progress);
    int show();
    int carry_out();
    [[nodiscard]] confgraph::CommitOptions commit_options(const std::optional<confgraph::Lock> & lock,
                                                          Progress & progress);
    [[nodiscard]] bool is_confirmed(const confgraph::Plan & plan) const;
    /// Whether the server is asked what it thinks of a switch before it is made.
    [[nodiscard]] bool tests() const;
    /// Whether a plan may be carried out though it was changed by what others did since: only where nothing was asked.
    [[nodiscard]] bool may_go_unseen(const confgraph::Plan & plan) const;
    bool confirm(const confgraph::Plan & plan);
    /// Says what was done; there is no outcome where nothing was to be done.
    int tell(const confgraph::Plan & plan, const confgraph::Outcome * outcome);
    /// Prints what there is to say; what tells of a change only if it was made.
    void print_notices(const confgraph::Plan & plan, bool changed);
    int fail(const confgraph::Error & error, const confgraph::Plan * plan = nullptr);
    /// Prints the document, if one is asked for. There is no plan where it did not come to one.
    int finish(const confgraph::Plan * plan, const confgraph::Outcome * outcome, const std::string & error);

    CallName call_;
    ChangeOptions options_;
    Output & output_;
    Questions questions_;
    std::optional<confgraph::Layout> layout_;
    /// What the first plan is made of.
    std::optional<confgraph::Catalog> catalog_;
    /// The essential modules that may be disabled.
    std::vector<std::string> confirmed_;
    /// What the server says against the change.
    std::optional<std::string> refusal_;
};

}  // namespace tool

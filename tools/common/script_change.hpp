// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/change_options.hpp"
#include "common/output.hpp"
#include "common/script_call.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/result.hpp>
#include <confgraph/transaction.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tool {

/// One change that a maintainer script asks for: the policy decides what is done, and the answer is for the shell
/// library.
class ScriptChange {
public:
    ScriptChange(const CallName & call, const ChangeOptions & options, ScriptCall script, Output & output);

    /// Returns the exit status.
    int run();

private:
    /// Whether something is to be done about a name; says why, where nothing is.
    bool acts_on(const confgraph::MaintainerScript & script, const std::string & name,
                 const std::optional<confgraph::Entry> & entry);
    int change(std::vector<std::string> names);
    [[nodiscard]] confgraph::CommitOptions commit_options(const confgraph::Lock & lock) const;
    /// Says what was done, and what was refused.
    void tell(const confgraph::Plan & plan, const confgraph::Request & request, const confgraph::Catalog & catalog);
    /// Says that there is nothing to do to enable something, which the server may not know of yet.
    void tell_enabled(std::string_view name);
    void tell_step(const confgraph::Step & step);
    int fail(const confgraph::Error & error);
    /// Says that a switch was not made.
    void tell_stays();
    void info(std::string_view text);

    const CallName & call_;
    const ChangeOptions & options_;
    ScriptCall script_;
    ScriptAnswer answer_;
    std::optional<confgraph::Layout> layout_;
    /// The MPM that is enabled before a switch.
    std::string current_mpm_;
    /// Whether what is disabled leaves no marker.
    bool purge_ = false;
    /// Whether the server should learn of what was done, or of what it may not know of yet.
    bool asks_ = false;
    /// Whether the server accepted the change before it was made.
    bool tested_ = false;
    bool refused_ = false;
};

}  // namespace tool

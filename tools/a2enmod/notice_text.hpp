// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_name.hpp"
#include "common/output.hpp"

#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>

namespace a2enmod {

/// Puts notices into the words of Debian's tools, which scripts read, and adds lines that begin with "HINT: ".
class NoticeText {
public:
    NoticeText(const CallName & call, const confgraph::Layout & layout, bool quiet, tool::Output & output)
        : call_(call), layout_(layout), quiet_(quiet), output_(output) {}

    void print(const confgraph::Notice & notice);

private:
    void info(const confgraph::Notice & notice);
    void change(const confgraph::Notice & notice);
    void problem(const confgraph::Notice & notice);
    void not_found(const confgraph::Notice & notice);
    void conflict(const confgraph::Notice & notice);
    void dependents(const confgraph::Notice & notice);
    void bad_name(const confgraph::Notice & notice);

    const CallName & call_;
    const confgraph::Layout & layout_;
    bool quiet_;
    tool::Output & output_;
};

/// Declarations as "FILE:LINE, FILE:LINE".
std::string locations(const std::vector<confgraph::Location> & where);

/// Names with blanks between them.
std::string words(const std::vector<std::string> & names);

}  // namespace a2enmod

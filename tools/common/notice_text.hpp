// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/call_name.hpp"
#include "common/error_text.hpp"
#include "common/output.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/request.hpp>

#include <string>
#include <vector>

namespace tool {

/// Puts notices into the words of Debian's tools, which scripts read, and adds lines that begin with "HINT: ".
class NoticeText {
public:
    /// The catalog and the request are those that the notices' plan was made of.
    NoticeText(const CallName & call, const confgraph::Layout & layout, const confgraph::Catalog & catalog,
               const confgraph::Request & request, bool quiet, Output & output)
        : call_(call), layout_(layout), catalog_(catalog), request_(request), quiet_(quiet), output_(output) {}

    void print(const confgraph::Notice & notice);

private:
    void info(const confgraph::Notice & notice);
    void cycle(const confgraph::Notice & notice);
    void change(const confgraph::Notice & notice);
    void problem(const confgraph::Notice & notice);
    void obstacle(const confgraph::Notice & notice);
    void mpm_not_found(const confgraph::Notice & notice);
    void not_found(const confgraph::Notice & notice);
    void conflict(const confgraph::Notice & notice);
    void dependents(const confgraph::Notice & notice);
    void bad_name(const confgraph::Notice & notice);
    [[nodiscard]] bool is_mpm(const std::string & module) const;
    /// "a2enmod" for the instance.
    [[nodiscard]] std::string program(confgraph::Action action) const;

    const CallName & call_;
    const confgraph::Layout & layout_;
    const confgraph::Catalog & catalog_;
    const confgraph::Request & request_;
    bool quiet_;
    Output & output_;
};

/// Declarations as "FILE:LINE, FILE:LINE".
std::string location_text(const std::vector<confgraph::Location> & where);

}  // namespace tool

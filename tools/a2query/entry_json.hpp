// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/check.hpp>
#include <confgraph/layout.hpp>

#include <map>
#include <string>

namespace a2query {

/// The enabled entries that name a module in their magic comments, by the module's name.
using RequiredBy = std::map<std::string, tool::Json::array_t>;
RequiredBy required_by(const confgraph::Catalog & catalog);

/// Everything known about an entry; the catalog holds all there is.
tool::Json entry_json(const confgraph::Catalog & catalog, const RequiredBy & required, const confgraph::Layout & layout,
                      const confgraph::Entry & entry);

/// A finding with its text.
tool::Json finding_json(const confgraph::Finding & finding, const std::string & text);

}  // namespace a2query

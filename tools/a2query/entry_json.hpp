// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/json.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/check.hpp>
#include <confgraph/layout.hpp>

#include <string>

namespace a2query {

/// Everything known about an entry; the catalog holds all there is.
tool::Json entry_json(const confgraph::Catalog & catalog, const confgraph::Layout & layout,
                      const confgraph::Entry & entry);

/// A finding with its text.
tool::Json finding_json(const confgraph::Finding & finding, const std::string & text);

}  // namespace a2query

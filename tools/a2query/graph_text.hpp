// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/catalog.hpp>

#include <string>

namespace a2query {

/// The modules that are enabled or related to others, as a graph in Graphviz's language. Enabled modules are boxes,
/// available ones ellipses, missing ones octagons, each with a colour and a line of its own.
std::string dot(const confgraph::Catalog & catalog);

/// The same as a Mermaid flowchart: rectangles, rounded ones and hexagons.
std::string mermaid(const confgraph::Catalog & catalog);

}  // namespace a2query

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/kind.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/location.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// JSON with its members in the order in which they are set.
using Json = nlohmann::ordered_json;

/// The version of the documents; it changes when a member changes its meaning or goes.
constexpr int JSON_VERSION = 1;

/// A text as JSON: bytes that are no UTF-8 become \xNN.
Json text(std::string_view value);
Json texts(const std::vector<std::string> & values);
Json locations(const std::vector<confgraph::Location> & values);
/// The root that paths begin in, or null.
Json root_json(const confgraph::LayoutOptions & place);
/// The word for a layout; null where it is not known.
Json layout_json(const std::optional<confgraph::LayoutName> & layout);
std::string_view actor_word(confgraph::Actor actor);

/// A document as text with a newline at its end.
std::string dump(const Json & document);

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "common/json.hpp"

#include <confgraph/text.hpp>

namespace tool {

Json text(std::string_view value) {
    const std::string plain(value);
    // Control characters are JSON's own business; only what is no UTF-8 has to be written otherwise.
    try {
        static_cast<void>(Json(plain).dump());
        return plain;
    } catch (const Json::type_error &) {
        return confgraph::escape(value);
    }
}

Json texts(const std::vector<std::string> & values) {
    Json list = Json::array();
    for (const std::string & value : values) {
        list.push_back(text(value));
    }
    return list;
}

Json locations(const std::vector<confgraph::Location> & values) {
    Json list = Json::array();
    for (const confgraph::Location & value : values) {
        list.push_back({{"file", text(value.file())}, {"line", value.line()}});
    }
    return list;
}

Json layout_json(const std::optional<confgraph::LayoutName> & layout) {
    return layout ? Json(std::string(confgraph::word(*layout))) : Json();
}

Json root_json(const confgraph::LayoutOptions & place) { return place.root().empty() ? Json() : text(place.root()); }

std::string_view actor_word(confgraph::Actor actor) {
    switch (actor) {
        case confgraph::Actor::ADMIN:
            return "site administrator";
        case confgraph::Actor::MAINT:
            return "maintainer script";
        case confgraph::Actor::NOBODY:
            break;
    }
    return "unknown";
}

std::string dump(const Json & document) {
    // ASCII only: what a terminal could take for more than text is written as an escape.
    return document.dump(2, ' ', true) + "\n";
}

}  // namespace tool

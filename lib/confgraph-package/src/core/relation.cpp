// SPDX-License-Identifier: Apache-2.0
#include "core/relation.hpp"

#include <algorithm>

namespace confgraph::package::core {

namespace {

constexpr std::string_view BLANKS = " \t\r\n";

void skip_blanks(std::string_view & text) { text.remove_prefix(std::min(text.find_first_not_of(BLANKS), text.size())); }

std::string_view take_until(std::string_view & text, std::string_view ends) {
    const std::string_view part = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(part.size());
    return part;
}

}  // namespace

std::vector<Relation> parse_relations(std::string_view list) {
    std::vector<Relation> relations;
    bool alternative = false;
    while (!list.empty()) {
        std::string_view item = take_until(list, ",|");
        skip_blanks(item);
        // The architecture it has to be of, after a colon, is no part of the name.
        Relation relation{std::string(take_until(item, " \t\r\n:([<"))};
        const auto open = item.find('(');
        if (open != std::string_view::npos) {
            std::string_view version = item.substr(open + 1);
            version = version.substr(0, version.find(')'));
            skip_blanks(version);
            const std::string_view sign = version.substr(0, std::min(version.find_first_not_of("<>="), version.size()));
            version.remove_prefix(sign.size());
            skip_blanks(version);
            relation.relation = sign;
            relation.version = take_until(version, BLANKS);
        }
        if (!relation.name.empty()) {
            relation.alternative = alternative;
            relations.push_back(std::move(relation));
        }
        alternative = list.starts_with('|');
        list.remove_prefix(std::min<std::size_t>(1, list.size()));
    }
    return relations;
}

std::string text_of(const Relation & relation, bool deb) {
    if (relation.relation.empty()) {
        return relation.name;
    }
    return relation.name + (deb ? " (" : " ") + relation.relation + " " + relation.version + (deb ? ")" : "");
}

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#include "graph_text.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace a2query {

using confgraph::Catalog;
using confgraph::Entry;
using confgraph::Kind;
using confgraph::Reference;

namespace {

enum class State { ENABLED, AVAILABLE, MISSING };

struct Edge {
    std::string from;
    std::string to;
    bool conflict = false;
};

struct Graph {
    std::map<std::string, State> nodes;
    std::vector<Edge> edges;
};

Graph graph_of(const Catalog & catalog) {
    Graph graph;
    const auto add = [&](const std::string & name) {
        const auto module = catalog.find(Kind::MODULE, name);
        graph.nodes.emplace(name, module && module->enabled()     ? State::ENABLED
                                  : module && module->available() ? State::AVAILABLE
                                                                  : State::MISSING);
    };
    for (const Entry & entry : catalog.entries(Kind::MODULE)) {
        if (entry.enabled()) {
            add(entry.name());
        }
        for (const Reference & other : entry.depends()) {
            add(entry.name());
            add(other.name());
            graph.edges.push_back({entry.name(), other.name(), false});
        }
        for (const Reference & other : entry.conflicts()) {
            add(entry.name());
            add(other.name());
            // A conflict has no direction: one line for two declarations.
            const bool drawn = std::any_of(graph.edges.begin(), graph.edges.end(), [&](const Edge & edge) {
                return edge.conflict && edge.from == other.name() && edge.to == entry.name();
            });
            if (!drawn) {
                graph.edges.push_back({entry.name(), other.name(), true});
            }
        }
    }
    return graph;
}

/// A name inside double quotes of the dot language.
std::string dot_quoted(const std::string & name) {
    std::string text = "\"";
    for (const char byte : confgraph::escape(name)) {
        if (byte == '"' || byte == '\\') {
            text += '\\';
        }
        text += byte;
    }
    return text + '"';
}

/// A name inside double quotes of Mermaid, where quotes and markup are written as entities.
std::string mermaid_quoted(const std::string & name) {
    std::string text = "\"";
    for (const char byte : confgraph::escape(name)) {
        if (std::string_view("\"<>&#;`\\").find(byte) != std::string_view::npos) {
            text += fmt::format("#{};", static_cast<int>(static_cast<unsigned char>(byte)));
        } else {
            text += byte;
        }
    }
    return text + '"';
}

}  // namespace

std::string dot(const Catalog & catalog) {
    const Graph graph = graph_of(catalog);
    std::string text =
        "digraph modules {\n"
        "  rankdir=LR;\n"
        "  node [fontname=\"sans-serif\"];\n"
        "  // boxes are enabled, ellipses available, octagons missing; an arrow leads to a dependency\n";
    for (const auto & [name, state] : graph.nodes) {
        const std::string_view look =
            state == State::ENABLED ? "shape=box, style=\"filled,bold\", fillcolor=\"#d5ecd0\", color=\"#2e7d32\""
            : state == State::AVAILABLE
                ? "shape=ellipse, style=\"filled\", fillcolor=\"#eceff4\", color=\"#546e7a\""
                : "shape=octagon, style=\"filled,dashed\", fillcolor=\"#fbe0dd\", color=\"#c62828\"";
        const std::string_view word = state == State::ENABLED     ? "enabled"
                                      : state == State::AVAILABLE ? "available"
                                                                  : "missing";
        fmt::format_to(std::back_inserter(text), "  {} [{}, tooltip=\"{}\"];\n", dot_quoted(name), look, word);
    }
    for (const Edge & edge : graph.edges) {
        fmt::format_to(
            std::back_inserter(text), "  {} -> {}{};\n", dot_quoted(edge.from), dot_quoted(edge.to),
            edge.conflict ? " [dir=none, style=dashed, color=\"#c62828\", label=\"conflicts\", constraint=false]" : "");
    }
    return text + "}\n";
}

std::string mermaid(const Catalog & catalog) {
    const Graph graph = graph_of(catalog);
    std::map<std::string, std::size_t> numbers;
    std::string text = "flowchart LR\n";
    for (const auto & [name, state] : graph.nodes) {
        const std::size_t number = numbers.emplace(name, numbers.size()).first->second;
        const std::string label = mermaid_quoted(name);
        const std::string shape = state == State::ENABLED     ? "[" + label + "]:::enabled"
                                  : state == State::AVAILABLE ? "([" + label + "]):::available"
                                                              : "{{" + label + "}}:::missing";
        fmt::format_to(std::back_inserter(text), "  m{}{}\n", number, shape);
    }
    for (const Edge & edge : graph.edges) {
        fmt::format_to(std::back_inserter(text), "  m{} {} m{}\n", numbers[edge.from],
                       edge.conflict ? "-.-|conflicts|" : "-->", numbers[edge.to]);
    }
    return text +
           "  classDef enabled fill:#d5ecd0,stroke:#2e7d32,stroke-width:2px\n"
           "  classDef available fill:#eceff4,stroke:#546e7a\n"
           "  classDef missing fill:#fbe0dd,stroke:#c62828,stroke-dasharray:4\n";
}

}  // namespace a2query

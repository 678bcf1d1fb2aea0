// SPDX-License-Identifier: Apache-2.0
#include "core/graph.hpp"

#include "support/catalog_maker.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace confgraph;
using core::EntryId;
using core::Graph;
using test::CatalogMaker;
using Ids = std::vector<EntryId>;

TEST_CASE("edges follow the magic comments") {
    CatalogMaker maker;
    maker.module("a", {"c", "b", "nothing"});
    maker.module("b", {"c"});
    maker.module("c");
    const auto id = [&](const char * name) { return maker.catalog.find(Kind::MODULE, name); };
    const Graph graph(maker.catalog, Graph::Edges::AVAILABLE);
    CHECK(graph.depends(id("a")) == Ids{id("c"), id("b")});
    CHECK(graph.depends(id("c")).empty());
    CHECK(graph.dependents(id("c")) == Ids{id("a"), id("b")});
    CHECK(graph.dependents(id("a")).empty());
}

TEST_CASE("dependents come in the order of their file names") {
    CatalogMaker maker;
    maker.module("z", {"x"});
    maker.module("B", {"x"});
    maker.module("a", {"x"});
    maker.module("a-b", {"x"});
    maker.module("x");
    const auto id = [&](const char * name) { return maker.catalog.find(Kind::MODULE, name); };
    const Graph graph(maker.catalog, Graph::Edges::AVAILABLE);
    // "a-b.load" comes before "a.load".
    CHECK(graph.dependents(id("x")) == Ids{id("a-b"), id("a"), id("B"), id("z")});
}

TEST_CASE("confs and sites have no part in it") {
    CatalogMaker maker;
    maker.entry(Kind::CONF, "x", {"m"});
    maker.entry(Kind::SITE, "m", {"m"});
    maker.module("m");
    const Graph graph(maker.catalog, Graph::Edges::AVAILABLE);
    CHECK(graph.dependents(maker.catalog.find(Kind::MODULE, "m")).empty());
    CHECK(graph.depends(maker.catalog.find(Kind::CONF, "x")).empty());
}

TEST_CASE("what is enabled has edges of its own") {
    CatalogMaker maker;
    maker.module("off", {"x"});
    core::Entry & foreign = maker.enabled("foreign", {"x"});
    core::FileFacts facts;
    facts.depends.push_back({"y", 1});
    foreign.link = LinkState::FOREIGN;
    foreign.enabled_facts = std::make_shared<const core::FileFacts>(facts);
    maker.enabled("dangling", {"x"}).link = LinkState::DANGLING;
    maker.enabled("on", {"x"});
    maker.enabled("x");
    maker.enabled("y");
    const auto id = [&](const char * name) { return maker.catalog.find(Kind::MODULE, name); };
    const Graph graph(maker.catalog, Graph::Edges::ENABLED);
    CHECK(graph.dependents(id("x")) == Ids{id("on")});
    CHECK(graph.dependents(id("y")) == Ids{id("foreign")});
}

TEST_CASE("components are the same as mutual reachability") {
    std::mt19937 random(5);
    for (int round = 0; round < 500; ++round) {
        const std::size_t count = 1 + random() % 12;
        const std::size_t edges = random() % (2 * count + 1);
        std::vector<CatalogMaker::Names> depends(count);
        std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count));
        for (std::size_t i = 0; i < count; ++i) {
            reaches[i][i] = true;
        }
        for (std::size_t i = 0; i < edges; ++i) {
            const auto from = random() % count;
            const auto to = random() % count;
            depends[from].push_back("m" + std::to_string(to));
            reaches[from][to] = true;
        }
        for (std::size_t k = 0; k < count; ++k) {
            for (std::size_t i = 0; i < count; ++i) {
                for (std::size_t j = 0; j < count; ++j) {
                    reaches[i][j] = reaches[i][j] || (reaches[i][k] && reaches[k][j]);
                }
            }
        }
        CatalogMaker maker;
        for (std::size_t i = 0; i < count; ++i) {
            maker.module("m" + std::to_string(i), depends[i]);
        }
        const std::vector<std::uint32_t> components = Graph(maker.catalog, Graph::Edges::AVAILABLE).components();
        REQUIRE(components.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                INFO("round " << round << ", " << i << " and " << j);
                REQUIRE((components[i] == components[j]) == (reaches[i][j] && reaches[j][i]));
            }
        }
    }
}

TEST_CASE("a chain or a cycle may be as long as memory allows") {
    constexpr std::size_t COUNT = 100000;
    const bool closed = GENERATE(false, true);
    CatalogMaker maker;
    for (std::size_t i = 0; i < COUNT; ++i) {
        const bool last = i + 1 == COUNT;
        maker.module("m" + std::to_string(i), last && !closed
                                                  ? CatalogMaker::Names{}
                                                  : CatalogMaker::Names{"m" + std::to_string(last ? 0 : i + 1)});
    }
    std::vector<std::uint32_t> components = Graph(maker.catalog, Graph::Edges::AVAILABLE).components();
    std::sort(components.begin(), components.end());
    components.erase(std::unique(components.begin(), components.end()), components.end());
    CHECK(components.size() == (closed ? 1 : COUNT));
}

// SPDX-License-Identifier: Apache-2.0
#include "core/check.hpp"

#include "support/catalog_maker.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace confgraph;
using test::CatalogMaker;
using Lines = std::vector<std::string>;

namespace {

/// "site: a -> b -> c (file:line, file:line)"
Lines chains(const CatalogMaker & maker, std::string_view module) {
    Lines lines;
    for (const core::Chain & chain : core::why(maker.catalog, module)) {
        REQUIRE(chain.names.size() == chain.where.size() + 1);
        std::string & line = lines.emplace_back(std::string(word(chain.kind)) + ":");
        for (const std::string & name : chain.names) {
            line.append(1, ' ').append(name);
        }
        for (const core::Location & location : chain.where) {
            line.append(1, ' ')
                .append(location.file.substr(location.file.rfind('/') + 1))
                .append(1, ':')
                .append(std::to_string(location.line));
        }
    }
    return lines;
}

}  // namespace

TEST_CASE("every enabled entry that needs a module is named, with the way to it") {
    CatalogMaker maker;
    maker.enabled("base");
    maker.enabled("middle", {"x", "base"});
    maker.enabled("top", {"middle"});
    maker.enabled("x");
    maker.module("off", {"base"});
    maker.entry(Kind::SITE, "site", {"top"}).link = LinkState::OK;
    maker.entry(Kind::CONF, "conf", {"base"}).link = LinkState::REAL_FILE;
    maker.entry(Kind::CONF, "unused", {"base"});
    CHECK(chains(maker, "base") == Lines{"conf: conf base conf.conf:1", "module: middle base middle.load:2",
                                         "module: top middle base top.load:1 middle.load:2",
                                         "site: site top middle base site.conf:1 top.load:1 middle.load:2"});
    CHECK(chains(maker, "top") == Lines{"site: site top site.conf:1"});
    CHECK(chains(maker, "off").empty());
    CHECK(chains(maker, "nothing").empty());
    CHECK(chains(maker, "").empty());
}

TEST_CASE("the shortest way is told") {
    CatalogMaker maker;
    maker.enabled("base");
    maker.enabled("a", {"b", "base"});
    maker.enabled("b", {"c"});
    maker.enabled("c", {"base"});
    CHECK(chains(maker, "base") ==
          Lines{"module: a base a.load:2", "module: c base c.load:1", "module: b c base b.load:1 c.load:1"});
}

TEST_CASE("a module that is only asked for is answered too") {
    CatalogMaker maker;
    maker.module("off");
    maker.enabled("a", {"off", "unknown"});
    CHECK(chains(maker, "off") == Lines{"module: a off a.load:1"});
}

TEST_CASE("cycles end") {
    CatalogMaker maker;
    maker.enabled("a", {"b"});
    maker.enabled("b", {"c"});
    maker.enabled("c", {"a"});
    CHECK(chains(maker, "a") == Lines{"module: c a c.load:1", "module: b c a b.load:1 c.load:1"});
}

TEST_CASE("a conf of the same name is not the module") {
    CatalogMaker maker;
    maker.enabled("x");
    maker.entry(Kind::CONF, "x", {"x"}).link = LinkState::OK;
    CHECK(chains(maker, "x") == Lines{"conf: x x x.conf:1"});
}

TEST_CASE("as many ways as there are through diamonds take no time") {
    const auto start = std::chrono::steady_clock::now();
    CatalogMaker maker;
    maker.enabled("l0_0");
    for (int layer = 1; layer < 50; ++layer) {
        CatalogMaker::Names below;
        for (int i = 0; i < (layer == 1 ? 1 : 10); ++i) {
            below.push_back("l" + std::to_string(layer - 1) + "_" + std::to_string(i));
        }
        for (int i = 0; i < 10; ++i) {
            maker.enabled("l" + std::to_string(layer) + "_" + std::to_string(i), below);
        }
    }
    CHECK(chains(maker, "l0_0").size() == 490);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
}

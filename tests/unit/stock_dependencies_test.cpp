// SPDX-License-Identifier: Apache-2.0
#include "core/stock_dependencies.hpp"

#include "core/elf_image.hpp"
#include "core/facts_parser.hpp"
#include "support/binaries.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace confgraph;
using Names = std::set<std::string>;

namespace {

// What the server's packages install, whatever is enabled.
const std::string LOAD_FILES = "/etc/apache2/mods-available";

Names split(std::string_view words) {
    Names names;
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        names.emplace(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return names;
}

Names names_of(const std::vector<core::Reference> & references) {
    Names names;
    for (const core::Reference & reference : references) {
        names.insert(reference.name);
    }
    return names;
}

Names depends_of(const std::string & name) {
    const core::StockModule * stock = core::stock_module(name);
    return stock == nullptr ? Names() : split(stock->depends);
}

struct Binary {
    Names offers;
    Names asks;
};

Names symbols(const core::ElfImage & image, bool defined) {
    Names names;
    for (const std::string_view name : image.names(defined)) {
        names.emplace(name);
    }
    return names;
}

/// The symbols of each of the server's modules, by its name.
const std::map<std::string, Binary> & binaries() {
    static const std::map<std::string, Binary> all = [] {
        std::map<std::string, Binary> read;
        for (const auto & file : std::filesystem::directory_iterator(test::MODULE_FOLDER)) {
            const std::string name = file.path().filename().string();
            if (!name.starts_with("mod_") || !name.ends_with(".so")) {
                continue;
            }
            const std::string bytes = test::whole_file(file.path().string());
            const auto image = core::ElfImage::parse(bytes);
            REQUIRE(image);
            read[name.substr(4, name.size() - 7)] = {symbols(*image, true), symbols(*image, false)};
        }
        return read;
    }();
    return all;
}

bool is_part_of_the_server(const std::string & module) {
    static const Names names = [] {
        const std::string bytes = test::whole_file(test::SERVER_BINARY);
        const auto image = core::ElfImage::parse(bytes);
        REQUIRE(image);
        return symbols(*image, true);
    }();
    return names.contains(module + "_module");
}

/// All that has to be loaded with a module, as the table has it.
Names closure(const std::string & module) {
    Names reached;
    std::vector<std::string> waiting{module};
    while (!waiting.empty()) {
        const std::string name = waiting.back();
        waiting.pop_back();
        for (const std::string & other : depends_of(name)) {
            if (reached.insert(other).second) {
                waiting.push_back(other);
            }
        }
    }
    return reached;
}

/// Symbols that a module asks for and another one alone offers.
bool needs_symbols(const std::string & module, const std::string & other) {
    const auto & all = binaries();
    const auto own = all.find(module);
    const auto theirs = all.find(other);
    return own != all.end() && theirs != all.end() &&
           std::any_of(own->second.asks.begin(), own->second.asks.end(),
                       [&](const std::string & symbol) { return theirs->second.offers.contains(symbol); });
}

}  // namespace

TEST_CASE("modules are found by their names") {
    REQUIRE(core::stock_module("proxy_http") != nullptr);
    CHECK(core::stock_module("proxy_http")->depends == "proxy");
    CHECK(core::stock_module("access_compat") == core::stock_modules().data());
    CHECK(core::stock_module("ssl") == &core::stock_modules().back());
    CHECK(core::stock_module("") == nullptr);
    CHECK(core::stock_module("proxy_https") == nullptr);
    CHECK(core::stock_module("zzz") == nullptr);
    for (const core::StockModule & module : core::stock_modules()) {
        CHECK_FALSE(closure(std::string(module.name)).contains(std::string(module.name)));
    }
}

TEST_CASE("the table says what the files of the server's packages say") {
    std::size_t compared = 0;
    for (const auto & file : std::filesystem::directory_iterator(LOAD_FILES)) {
        const std::string name = file.path().stem().string();
        // Others' modules have files there, too.
        if (file.path().extension() != ".load" || !binaries().contains(name)) {
            continue;
        }
        core::FactsParser parser(name, core::Depth::HEADER);
        parser.feed(test::whole_file(file.path().string()));
        const core::FileFacts facts = parser.finish(true);
        if (core::stock_module(name) == nullptr && facts.depends.empty() && facts.conflicts.empty()) {
            continue;
        }
        INFO(name);
        REQUIRE(core::stock_module(name) != nullptr);
        Names more = depends_of(name);
        for (const std::string & other : names_of(facts.depends)) {
            CHECK(more.erase(other) == 1);
        }
        // They leave out what is part of their server. Where they leave out more, the binary asks for it.
        for (const std::string & other : more) {
            INFO(other);
            CHECK((is_part_of_the_server(other) || needs_symbols(name, other)));
        }
        CHECK(split(core::stock_module(name)->conflicts) == names_of(facts.conflicts));
        ++compared;
    }
    CHECK(compared > 40);
}

TEST_CASE("what a binary asks other modules for, the table names") {
    std::size_t found = 0;
    for (const auto & [name, binary] : binaries()) {
        const Names reached = closure(name);
        for (const std::string & symbol : binary.asks) {
            Names providers;
            for (const auto & [other, theirs] : binaries()) {
                if (other != name && theirs.offers.contains(symbol)) {
                    providers.insert(other);
                }
            }
            // One that several offer belongs to a library.
            if (providers.size() == 1) {
                INFO(name << " asks " << *providers.begin() << " for " << symbol);
                CHECK(reached.contains(*providers.begin()));
                ++found;
            }
        }
    }
    CHECK(found > 20);
}

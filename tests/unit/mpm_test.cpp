// SPDX-License-Identifier: Apache-2.0
#include "core/mpm.hpp"

#include "support/catch.hpp"
#include "support/catalog_maker.hpp"

using namespace confgraph;
using core::is_mpm;
using core::known_threading;
using test::CatalogMaker;

TEST_CASE("an MPM is known by its name") {
    CatalogMaker maker;
    CHECK(is_mpm(maker.module("mpm_event")));
    CHECK(is_mpm(maker.module("mpm_new")));
    CHECK_FALSE(is_mpm(maker.module("rewrite")));
    CHECK_FALSE(is_mpm(maker.module("xmpm_event")));
}

TEST_CASE("or by the module it loads") {
    CatalogMaker maker;
    core::Entry & custom = maker.module("custom");
    custom.facts.load_modules.push_back({"mpm_custom_module", "custom.so", 1, {}, {}, {}});
    CHECK(is_mpm(custom));
    core::Entry & other = maker.module("other");
    other.facts.load_modules.push_back({"other_mpm_module", "other.so", 1, {}, {}, {}});
    other.facts.load_modules.push_back({"mpm_mod", "other.so", 2, {}, {}, {}});
    CHECK_FALSE(is_mpm(other));
}

TEST_CASE("or by its binary") {
    CatalogMaker maker;
    core::Entry & entry = maker.module("custom");
    CHECK_FALSE(is_mpm(entry));
    entry.binary_is_mpm = true;
    CHECK(is_mpm(entry));
}

TEST_CASE("what runs on top of an MPM is none") {
    CatalogMaker maker;
    CHECK_FALSE(is_mpm(maker.module("mpm_itk")));
    CHECK_FALSE(is_mpm(maker.module("mpm_extra", {"mpm_prefork"})));
    CHECK(is_mpm(maker.module("mpm_plain", {"unixd"})));
}

TEST_CASE("what is enabled decides, where it is another file") {
    CatalogMaker maker;
    core::Entry & entry = maker.enabled("custom");
    core::FileFacts facts;
    facts.load_modules.push_back({"mpm_custom_module", "custom.so", 1, {}, {}, {}});
    entry.enabled_facts = std::make_shared<const core::FileFacts>(facts);
    CHECK(is_mpm(entry));
}

TEST_CASE("a conf or site is no MPM, whatever its name") {
    CatalogMaker maker;
    CHECK_FALSE(is_mpm(maker.entry(Kind::CONF, "mpm_event")));
    CHECK_FALSE(is_mpm(maker.entry(Kind::SITE, "mpm_event")));
}

TEST_CASE("an MPM's name is what follows mpm_") {
    CHECK(core::mpm_name("mpm_event") == "event");
    CHECK(core::mpm_name("custom") == "custom");
    CHECK(core::mpm_name("mpm_").empty());
}

TEST_CASE("the threading of the usual MPMs is known") {
    CHECK(known_threading("mpm_prefork") == false);
    CHECK(known_threading("mpm_event") == true);
    CHECK(known_threading("mpm_worker") == true);
    CHECK(known_threading("mpm_new") == std::nullopt);
    CHECK(known_threading("event") == std::nullopt);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/mpm.hpp"
#include "core/planner.hpp"
#include "support/catalog_maker.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace confgraph;
using core::make_plan;
using test::CatalogMaker;
using test::notice_lines;
using test::operation_lines;
using test::step_lines;
using test::switch_to;
using test::unit_lines;
using Lines = std::vector<std::string>;

namespace {

constexpr auto ADMIN_ENABLED = core::marker_bit(Action::ENABLE, Actor::ADMIN);
constexpr auto ADMIN_DISABLED = core::marker_bit(Action::DISABLE, Actor::ADMIN);

const std::string ENABLED = "/etc/apache2/mods-enabled/";
const std::string MARKERS = "/var/lib/apache2/module/";

core::Request forced(core::Request request) {
    request.force = true;
    return request;
}

/// event is enabled, prefork and worker are not; each has a configuration.
CatalogMaker stock() {
    CatalogMaker maker;
    for (const std::string name : {"mpm_event", "mpm_prefork", "mpm_worker"}) {
        maker.module(name).has_conf = true;
    }
    core::Entry & event = maker.enabled("mpm_event");
    event.has_conf = true;
    event.conf_link = LinkState::OK;
    return maker;
}

}  // namespace

TEST_CASE("the link of one MPM takes the place of the other's") {
    const CatalogMaker maker = stock();
    const core::Plan plan = make_plan(maker.catalog, switch_to({"prefork"}));
    CHECK(notice_lines(plan) == Lines{"DISABLED mpm_event", "ENABLING mpm_prefork"});
    CHECK(step_lines(plan) == Lines{"DISABLE mpm_event REPLACED mpm_prefork", "ENABLE mpm_prefork REQUESTED"});
    CHECK(operation_lines(plan) ==
          Lines{"REMOVE_LINK " + ENABLED + "mpm_event.conf -> ../mods-available/mpm_event.conf",
                "CREATE_MARKER " + MARKERS + "disabled_by_admin/mpm_event",
                "SWITCH_LINK " + ENABLED + "mpm_prefork.load -> ../mods-available/mpm_prefork.load for " + ENABLED +
                    "mpm_event.load -> ../mods-available/mpm_event.load",
                "CREATE_LINK " + ENABLED + "mpm_prefork.conf -> ../mods-available/mpm_prefork.conf",
                "CREATE_MARKER " + MARKERS + "enabled_by_admin/mpm_prefork"});
    CHECK(unit_lines(plan) == Lines{"prefork CHANGES"});
    CHECK_FALSE(plan.refused);
    CHECK(plan.needs_reload);
    CHECK(plan.confirmations.empty());
    CHECK(plan.services.empty());
}

TEST_CASE("where the MPM is right, nothing is done") {
    const CatalogMaker maker = stock();
    for (const std::string name : {"event", "mpm_event", "mpm_event.load", "event.load"}) {
        const core::Plan plan = make_plan(maker.catalog, forced(switch_to({name})));
        CHECK(notice_lines(plan) == Lines{"ALREADY_ENABLED mpm_event"});
        CHECK(plan.steps.empty());
        CHECK(plan.units.front().state == UnitState::NOTHING_TO_DO);
        CHECK_FALSE(plan.needs_reload);
    }
}

TEST_CASE("without a name nothing is planned") {
    const core::Plan plan = make_plan(stock().catalog, switch_to({}));
    CHECK(plan ==
          core::Plan{
              .request = switch_to({}), .notices = {}, .steps = {}, .units = {}, .confirmations = {}, .services = {}});
}

TEST_CASE("confs and sites have no MPMs") {
    CatalogMaker maker = stock();
    maker.entry(Kind::SITE, "mpm_prefork");
    core::Request request = switch_to({"prefork", "mpm_prefork"});
    request.kind = Kind::SITE;
    const core::Plan plan = make_plan(maker.catalog, request);
    CHECK(plan.steps.empty());
    CHECK(plan.refused);
    CHECK(unit_lines(plan) == Lines{"prefork REFUSED", "mpm_prefork REFUSED"});
}

TEST_CASE("several names are planned one after the other") {
    CatalogMaker maker = stock();
    maker.enabled("php", {"mpm_prefork"});
    const core::Plan plan = make_plan(maker.catalog, switch_to({"prefork", "nothing", "worker", "prefork"}));
    CHECK(unit_lines(plan) == Lines{"prefork CHANGES", "nothing REFUSED", "worker REFUSED", "prefork NOTHING_TO_DO"});
    CHECK(notice_lines(plan) == Lines{"DISABLED mpm_event", "ENABLING mpm_prefork", "NOT_FOUND nothing",
                                      "DEPENDENTS mpm_prefork [php] /etc/apache2/mods-available/php.load:1",
                                      "ALREADY_ENABLED mpm_prefork"});
    const core::Plan twice = make_plan(stock().catalog, switch_to({"prefork", "worker"}));
    CHECK(step_lines(twice) == Lines{"DISABLE mpm_event REPLACED mpm_prefork", "ENABLE mpm_prefork REQUESTED",
                                     "DISABLE mpm_prefork REPLACED mpm_worker", "ENABLE mpm_worker REQUESTED"});
}

TEST_CASE("a refusal after other steps takes them back") {
    for (const bool new_one : {true, false}) {
        CatalogMaker maker = stock();
        maker.enabled("php", {"mpm_event"});
        maker.module("helper");
        maker.module("mpm_new", {"helper"}).link = new_one ? LinkState::REAL_FILE : LinkState::ABSENT;
        if (!new_one) {
            maker.catalog.entries[maker.catalog.find(Kind::MODULE, "mpm_event")].conf_link = LinkState::REAL_FILE;
        }
        const core::Plan plan = make_plan(maker.catalog, forced(switch_to({"new"})));
        CHECK(plan.steps.empty());
        CHECK(plan.refused);
        CHECK_FALSE(plan.needs_reload);
        for (const core::Notice & notice : plan.notices) {
            CHECK(notice.severity != Severity::CHANGE);
        }
    }
}

TEST_CASE("markers say who comes and who goes") {
    CatalogMaker maker = stock();
    maker.enabled("mpm_event").markers = ADMIN_ENABLED;
    maker.module("mpm_prefork").markers = ADMIN_DISABLED;
    core::Request request = switch_to({"prefork"});
    const auto markers = [&] {
        Lines lines = operation_lines(make_plan(maker.catalog, request));
        std::erase_if(lines, [](const std::string & line) { return line.find("_MARKER ") == std::string::npos; });
        return lines;
    };
    CHECK(markers() == Lines{"CREATE_MARKER " + MARKERS + "disabled_by_admin/mpm_event",
                             "REMOVE_MARKER " + MARKERS + "enabled_by_admin/mpm_event",
                             "CREATE_MARKER " + MARKERS + "enabled_by_admin/mpm_prefork",
                             "REMOVE_MARKER " + MARKERS + "disabled_by_admin/mpm_prefork"});
    request.maintmode = true;
    CHECK(markers() == Lines{"CREATE_MARKER " + MARKERS + "disabled_by_maint/mpm_event",
                             "REMOVE_MARKER " + MARKERS + "enabled_by_admin/mpm_event",
                             "CREATE_MARKER " + MARKERS + "enabled_by_maint/mpm_prefork",
                             "REMOVE_MARKER " + MARKERS + "disabled_by_admin/mpm_prefork"});
}

TEST_CASE("essential dependents need no confirmation, as force was asked for") {
    CatalogMaker maker = stock();
    maker.enabled("alias", {"mpm_event"});
    const core::Plan plan = make_plan(maker.catalog, forced(switch_to({"prefork"})));
    CHECK(step_lines(plan).front() == "DISABLE alias DEPENDENT mpm_event /etc/apache2/mods-available/alias.load:1");
    CHECK(plan.confirmations.empty());
}

TEST_CASE("cgid is there while cgi and the MPM do not fit") {
    CatalogMaker maker = stock();
    maker.module("cgi");
    maker.enabled("cgid");
    CHECK(step_lines(make_plan(maker.catalog, switch_to({"prefork"}))) ==
          Lines{"DISABLE mpm_event REPLACED mpm_prefork", "ENABLE mpm_prefork REQUESTED", "DISABLE cgid REPLACED cgi",
                "ENABLE cgi VARIANT cgid"});
    CatalogMaker other;
    other.enabled("mpm_prefork");
    other.module("mpm_event");
    other.enabled("cgi");
    other.module("cgid");
    CHECK(step_lines(make_plan(other.catalog, switch_to({"event"}))) ==
          Lines{"DISABLE cgi REPLACED cgid", "ENABLE cgid VARIANT cgi", "DISABLE mpm_prefork REPLACED mpm_event",
                "ENABLE mpm_event REQUESTED"});
}

TEST_CASE("an MPM that is part of the server is the only one there can be") {
    CatalogMaker maker;
    maker.module("mpm_event");
    maker.catalog.static_mpm = "prefork";
    CHECK(notice_lines(make_plan(maker.catalog, switch_to({"event"}))) == Lines{"STATIC_MPM event prefork"});
    CHECK(make_plan(maker.catalog, switch_to({"event"})).refused);
    CHECK(unit_lines(make_plan(maker.catalog, switch_to({"mpm_prefork"}))) == Lines{"mpm_prefork NOTHING_TO_DO"});
}

TEST_CASE("a hundred thousand dependents and dependencies are planned in one go") {
    constexpr int COUNT = 100000;
    CatalogMaker maker = stock();
    maker.enabled("d0", {"mpm_event"});
    maker.module("mpm_new", {"n0"});
    for (int i = 1; i < COUNT; ++i) {
        maker.enabled("d" + std::to_string(i), {"d" + std::to_string(i - 1)});
        maker.module("n" + std::to_string(i - 1), {"n" + std::to_string(i)});
    }
    maker.module("n" + std::to_string(COUNT - 1));
    const core::Plan plan = make_plan(maker.catalog, forced(switch_to({"new"})));
    CHECK_FALSE(plan.refused);
    CHECK(plan.steps.size() == 2 * COUNT + 2);
    const core::Plan refused = make_plan(maker.catalog, switch_to({"new"}));
    CHECK(refused.steps.empty());
    CHECK(refused.notices.size() == COUNT);
}

TEST_CASE("disabling the last MPM is told once, and taken back with its unit") {
    CatalogMaker maker = stock();
    maker.enabled("mpm_worker");
    CHECK(notice_lines(make_plan(maker.catalog, test::disable({"mpm_event"}))) == Lines{"DISABLED mpm_event"});
    CHECK(notice_lines(make_plan(maker.catalog, test::disable({"mpm_event", "mpm_worker", "mpm_event"}))) ==
          Lines{"DISABLED mpm_event", "DISABLED mpm_worker", "LAST_MPM mpm_worker", "ALREADY_DISABLED mpm_event"});
    maker.enabled("php", {"mpm_worker"});
    CHECK(notice_lines(make_plan(maker.catalog, test::disable({"mpm_event", "mpm_worker"}))) ==
          Lines{"DISABLED mpm_event", "DEPENDENTS mpm_worker [php] /etc/apache2/mods-available/php.load:1"});
    CHECK(notice_lines(make_plan(maker.catalog, test::disable({"mpm_event"}, Kind::SITE))).size() == 1);
}

namespace {

/// Configurations made at random, and what becomes of them link by link.
class World {
public:
    explicit World(unsigned seed) : random_(seed) {
        const int mpms = 2 + below(3);
        for (int i = 0; i < mpms; ++i) {
            static const Lines names{"mpm_event", "mpm_prefork", "mpm_x", "own", "mpm_worker"};
            names_.push_back(names[static_cast<std::size_t>(i)]);
        }
        names_.insert(names_.end(), {"mpm_itk", "cgi", "cgid", "a", "b", "c", "d"});
        for (std::size_t i = 0; i < names_.size(); ++i) {
            ranks_.push_back(i);
        }
        std::shuffle(ranks_.begin(), ranks_.end(), random_);
        const bool usual = chance(70);
        const auto only = static_cast<std::size_t>(below(mpms));
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const bool mpm = i < static_cast<std::size_t>(mpms);
            core::Entry & entry = make(i, mpm);
            if (mpm ? (usual ? i == only : chance(50)) : chance(50)) {
                entry.link = chance(90) ? LinkState::OK : chance(50) ? LinkState::FOREIGN : LinkState::REAL_FILE;
            } else if (chance(5)) {
                entry.link = LinkState::DANGLING;
            }
            if (entry.has_conf) {
                const bool linked = entry.enabled() ? chance(90) : chance(5);
                entry.conf_link = linked ? LinkState::OK : chance(5) ? LinkState::DANGLING : LinkState::ABSENT;
            }
            entry.link_target = entry.link == LinkState::FOREIGN ? "/srv/x" : std::string();
            entry.markers = static_cast<core::Markers>(below(16));
        }
        for (const core::Entry & entry : catalog().entries) {
            place(entry, false, entry.link, entry.link_target);
            place(entry, true, entry.conf_link, {});
        }
        broken_ = broken();
    }

    const core::Catalog & catalog() const { return maker_.catalog; }
    int below(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
    bool chance(int percent) { return below(100) < percent; }
    const std::string & some_name() { return names_[static_cast<std::size_t>(below(2))]; }

    bool enabled(const core::Entry & entry) const {
        const auto file = files_.find(catalog().enabled_path(entry));
        return file != files_.end() && file->second != "nowhere";
    }

    std::set<std::string> mpms() const {
        std::set<std::string> names;
        for (const core::Entry & entry : catalog().entries) {
            if (core::is_mpm(entry) && enabled(entry)) {
                names.insert(entry.name);
            }
        }
        return names;
    }

    /// Modules that were not without something they need, and are now.
    std::set<std::string> newly_broken() const {
        std::set<std::string> now;
        const auto all = broken();
        std::set_difference(all.begin(), all.end(), broken_.begin(), broken_.end(), std::inserter(now, now.end()));
        return now;
    }

    /// Does one operation; false when it does not fit what there is.
    bool apply(const core::Operation & operation) {
        const auto target_of = [&](const std::string & path) {
            const auto known = targets_.find(path);
            return known == targets_.end() ? std::string() : known->second;
        };
        switch (operation.code) {
            case OperationCode::CREATE_LINK:
                targets_[operation.path] = operation.target;
                return files_.emplace(operation.path, "there").second;
            case OperationCode::REMOVE_LINK:
                return target_of(operation.path) == operation.target && files_.erase(operation.path) == 1;
            case OperationCode::SWITCH_LINK:
                targets_[operation.path] = operation.target;
                return target_of(operation.replaced_path) == operation.replaced_target &&
                       files_.erase(operation.replaced_path) == 1 && files_.emplace(operation.path, "there").second;
            case OperationCode::CREATE_MARKER:
                return markers_.insert(operation.path).second;
            case OperationCode::REMOVE_MARKER:
                return markers_.erase(operation.path) == 1;
            case OperationCode::EDIT_LINE:
            case OperationCode::ADD_WORD:
            case OperationCode::REMOVE_WORD:
            case OperationCode::CREATE_FILE:
            case OperationCode::REMOVE_FILE:
            case OperationCode::RENAME_FILE:
                return false;
        }
        return false;
    }

    /// What a scan would read now.
    core::Catalog rescanned() const {
        core::Catalog now = catalog();
        for (core::Entry & entry : now.entries) {
            const auto state = [&](const std::string & path, LinkState before) {
                const auto file = files_.find(path);
                return file == files_.end()        ? LinkState::ABSENT
                       : file->second == "nowhere" ? LinkState::DANGLING
                       : file->second == "there"   ? LinkState::OK
                                                   : before;
            };
            entry.link = state(catalog().enabled_path(entry), entry.link);
            entry.conf_link = state(catalog().enabled_conf_path(entry), entry.conf_link);
        }
        return now;
    }

    bool has_marker(const std::string & path) const { return markers_.contains(path); }
    bool has_file(const std::string & path) const { return files_.contains(path); }

private:
    core::Entry & make(std::size_t i, bool mpm) {
        CatalogMaker::Names depends;
        CatalogMaker::Names conflicts;
        for (std::size_t j = 0; j < names_.size(); ++j) {
            const std::string & other = names_[j];
            // In one direction only: modules of a cycle cannot be without each other at any time. That mpm_itk needs an
            // MPM counts too, so only d needs it, and nothing needs d; and that what needs cgi may get cgid.
            const bool possible = other == "mpm_itk" ? names_[i] == "d"
                                  : other == "cgi"   ? ranks_[j] < ranks_[i] && ranks_[j + 1] < ranks_[i]
                                                     : other != "d" && ranks_[j] < ranks_[i];
            if (possible && chance(mpm ? 10 : 24)) {
                (chance(85) ? depends : conflicts).push_back(other);
            }
        }
        if (mpm) {
            std::erase_if(depends, [](const std::string & name) { return name.starts_with("mpm_"); });
        }
        core::Entry & entry = maker_.module(names_[i], depends, conflicts);
        entry.binary_is_mpm = mpm;
        if (mpm && chance(80)) {
            entry.threaded = chance(50);
        }
        entry.has_conf = chance(50);
        return entry;
    }

    void place(const core::Entry & entry, bool conf, LinkState state, const std::string & target) {
        const std::string path = conf ? catalog().enabled_conf_path(entry) : catalog().enabled_path(entry);
        for (std::size_t bit = 0; !conf && bit < core::MARKER_FOLDERS.size(); ++bit) {
            if ((entry.markers & (1U << bit)) != 0) {
                markers_.insert(catalog().marker_path(entry, bit));
            }
        }
        if (state == LinkState::ABSENT) {
            return;
        }
        files_[path] = state == LinkState::OK ? "there" : state == LinkState::DANGLING ? "nowhere" : "other";
        targets_[path] = target.empty() ? "../mods-available/" + entry.name + (conf ? ".conf" : ".load") : target;
    }

    bool is_enabled(const std::string & name) const {
        return enabled(catalog().entries[catalog().find(Kind::MODULE, name)]);
    }

    std::set<std::string> broken() const {
        std::set<std::string> found;
        for (const core::Entry & entry : catalog().entries) {
            if (!enabled(entry)) {
                if (has_file(catalog().enabled_conf_path(entry))) {
                    found.insert(entry.name + ".conf");
                }
                continue;
            }
            for (const core::Reference & reference : entry.facts.depends) {
                // What is enabled for a threaded MPM, and needs cgi, gets cgid.
                const bool instead = reference.name == "cgi" && !entry.enabled() && is_enabled("cgid");
                if (!is_enabled(reference.name) && !instead) {
                    found.insert(entry.name + " " + reference.name);
                }
            }
        }
        return found;
    }

    std::mt19937 random_;
    CatalogMaker maker_;
    Lines names_;
    std::vector<std::size_t> ranks_;  // by the index of names_
    std::map<std::string, std::string> files_;
    std::map<std::string, std::string> targets_;
    std::set<std::string> markers_;
    std::set<std::string> broken_;
};

}  // namespace

TEST_CASE("link by link, there is never no MPM, nor a second one, nor a module without what it needs") {
    int switched = 0;
    int refused = 0;
    int variants = 0;
    for (unsigned seed = 0; seed < 20000; ++seed) {
        World world(seed);
        const std::string name = world.some_name();
        core::Request request = switch_to({name});
        request.force = world.chance(70);
        const core::Plan plan = make_plan(world.catalog(), request);
        const auto at_start = world.mpms();
        CAPTURE(seed, name, request.force, at_start, notice_lines(plan), operation_lines(plan));
        if (plan.refused) {
            ++refused;
            REQUIRE(plan.steps.empty());
            continue;
        }
        std::size_t before = at_start.size();
        for (const core::Step & step : plan.steps) {
            variants += step.cause.reason == Reason::VARIANT ? 1 : 0;
            for (const core::Operation & operation : step.operations) {
                CAPTURE(operation.path);
                REQUIRE(world.apply(operation));
                const std::size_t now = world.mpms().size();
                REQUIRE((now == before || now == (before == 0 ? 1U : before - 1)));
                REQUIRE((now > 0 || at_start.empty()));
                // With several MPMs the server did not start to begin with.
                REQUIRE((at_start.size() > 1 || world.newly_broken() == std::set<std::string>{}));
                before = now;
            }
        }
        REQUIRE(world.mpms() == std::set<std::string>{name});
        REQUIRE(unit_lines(make_plan(world.rescanned(), request)) == Lines{name + " NOTHING_TO_DO"});
        for (const core::Step & step : plan.steps) {
            const core::Entry & entry = world.catalog().entries[world.catalog().find(Kind::MODULE, step.name)];
            if (step.code == StepCode::ENABLE || step.code == StepCode::DISABLE) {
                const auto wanted = step.code == StepCode::ENABLE ? ADMIN_ENABLED : ADMIN_DISABLED;
                for (std::size_t bit = 0; bit < core::MARKER_FOLDERS.size(); ++bit) {
                    REQUIRE(world.has_marker(world.catalog().marker_path(entry, bit)) == (wanted == (1U << bit)));
                }
            }
        }
        switched += at_start.size() == 1 && !at_start.contains(name) ? 1 : 0;
    }
    // Enough of each kind, or this shows nothing.
    CHECK(switched > 1000);
    CHECK(refused > 1000);
    CHECK(variants > 100);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/instance.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace core = confgraph::core;
using confgraph::InstanceIssueCode;
using confgraph::InstanceStepCode;
using core::InstanceFacts;
using core::InstancePlan;
using core::InstanceRequest;
using core::InstanceStep;
using core::plan_instance;
using core::SourceEntry;

namespace {

InstanceFacts debian() {
    using Type = SourceEntry::Type;
    InstanceFacts facts{.config = "/etc/apache2", .state = "/var/lib/apache2"};
    facts.entries = {
        {.type = Type::FILE,
         .path = "envvars",
         .text = "export APACHE_RUN_USER=www-data\nexport APACHE_RUN_GROUP=www-data\n"},
        {.type = Type::FOLDER, .path = "mods-available"},
        {.type = Type::FILE, .path = "mods-available/alias.load", .text = "LoadModule alias_module /usr/lib/x.so\n"},
        {.type = Type::FILE, .path = "mods-available/mime_magic.conf", .text = "MIMEMagicFile /etc/apache2/magic\n"},
        {.type = Type::FILE, .path = "picture.png"},
        {.type = Type::FILE,
         .path = "ports.conf",
         .text = "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>\n"},
        {.type = Type::LINK, .path = "near.conf", .target = "../mods-available/alias.load"},
        {.type = Type::LINK, .path = "far.conf", .target = "/etc/apache2/ports.conf"}};
    facts.markers = {"module/enabled_by_admin/alias"};
    facts.root = true;
    facts.user = core::KnownUser{"web", 1000, "web"};
    facts.group = core::KnownGroup{"web", 1000};
    facts.taken = {{80, "/etc/apache2/ports.conf", 1}, {443, "/etc/apache2/ports.conf", 3}};
    facts.programs = {{"a2enmod", "/usr/sbin/a2enmod"}, {"a2mpm", ""}};
    facts.logrotate = "/var/log/apache2/*.log {\n\tinvoke-rc.d apache2 reload | logger -t apache2.logrotate\n}\n";
    facts.init_script = "# Provides: apache2-XXX\n";
    facts.log_folder = true;
    return facts;
}

const InstanceStep & step(const InstancePlan & plan, const std::string & path) {
    const auto found =
        std::find_if(plan.steps.begin(), plan.steps.end(), [&](const InstanceStep & one) { return one.path == path; });
    INFO(path);
    REQUIRE(found != plan.steps.end());
    return *found;
}

std::vector<InstanceIssueCode> refusals(const InstanceFacts & facts, const InstanceRequest & request) {
    const InstancePlan plan = plan_instance(facts, request);
    std::vector<InstanceIssueCode> codes;
    for (const core::InstanceIssue & issue : plan.refusals) {
        codes.push_back(issue.code);
    }
    CHECK((codes.empty() || plan.steps.empty()));
    return codes;
}

using Codes = std::vector<InstanceIssueCode>;

}  // namespace

TEST_CASE("an instance is a copy with paths, ports and a user of its own") {
    const InstancePlan plan = plan_instance(debian(), {.name = "two", .user = "web"});
    REQUIRE(plan.refusals.empty());
    CHECK(plan.port == 8081);
    CHECK(plan.ssl_port == 8444);
    CHECK(step(plan, "/etc/apache2-two/ports.conf").text ==
          "Listen 8081\n<IfModule ssl_module>\nListen 8444\n</IfModule>\n");
    CHECK(step(plan, "/etc/apache2-two/mods-available/mime_magic.conf").text ==
          "MIMEMagicFile /etc/apache2-two/magic\n");
    CHECK(step(plan, "/etc/apache2-two/mods-available/alias.load").code == InstanceStepCode::COPY_FILE);
    CHECK(step(plan, "/etc/apache2-two/picture.png").code == InstanceStepCode::COPY_FILE);
    CHECK(step(plan, "/etc/apache2-two/envvars").text ==
          "export APACHE_RUN_USER=web\nexport APACHE_RUN_GROUP=web\nexport "
          "APACHE_STATE_DIRECTORY=/var/lib/apache2-two\n");
    CHECK(step(plan, "/etc/apache2-two/near.conf").target == "../mods-available/alias.load");
    CHECK(step(plan, "/etc/apache2-two/far.conf").target == "/etc/apache2-two/ports.conf");
    CHECK(step(plan, "/var/lib/apache2-two/module/enabled_by_admin/alias").source ==
          "/var/lib/apache2/module/enabled_by_admin/alias");
    CHECK(step(plan, "/usr/local/sbin/a2enmod-two").target == "/usr/sbin/a2enmod");
    CHECK(step(plan, "/etc/logrotate.d/apache2-two").text ==
          "/var/log/apache2-two/*.log {\n\tinvoke-rc.d apache2-two reload | logger -t apache2.logrotate\n}\n");
    CHECK(step(plan, "/etc/init.d/apache2-two").text == "# Provides: apache2-two\n");
    CHECK(step(plan, "/var/lock/apache2-two").owner == "web");
    REQUIRE(plan.notes.size() == 1);
    CHECK(plan.notes[0].code == InstanceIssueCode::NO_PROGRAM);
}

TEST_CASE("systemd has a service for every instance") {
    InstanceFacts facts = debian();
    facts.systemd = true;
    const InstancePlan plan = plan_instance(facts, {.name = "two", .user = "web"});
    CHECK(step(plan, "/etc/logrotate.d/apache2-two").text.find("invoke-rc.d apache2@two reload") != std::string::npos);
    CHECK(std::none_of(plan.steps.begin(), plan.steps.end(),
                       [](const InstanceStep & one) { return one.path.starts_with("/etc/init.d"); }));
}

TEST_CASE("ports are those that nobody has") {
    InstanceFacts facts = debian();
    facts.taken.push_back({8081, "/etc/apache2-a/ports.conf", 1});
    facts.taken.push_back({8445, "/etc/apache2-a/ports.conf", 3});
    const InstancePlan third = plan_instance(facts, {.name = "two", .user = "web"});
    CHECK(third.port == 8083);
    CHECK(third.ssl_port == 8446);
    const InstancePlan given = plan_instance(facts, {.name = "two", .user = "web", .port = 8444});
    CHECK(given.port == 8444);
    CHECK(given.ssl_port == 8446);
    // What the first server listens on besides is moved, too.
    facts.entries[5].text = "Listen 80\nListen 127.0.0.1:81\nListen ${PORT}\n";
    const InstancePlan more = plan_instance(facts, {.name = "two", .user = "web"});
    CHECK(step(more, "/etc/apache2-two/ports.conf").text == "Listen 8083\nListen 127.0.0.1:8082\nListen ${PORT}\n");
    CHECK(std::any_of(more.notes.begin(), more.notes.end(), [](const core::InstanceIssue & note) {
        return note.code == InstanceIssueCode::PORT_NOT_REPLACED && note.line == 3;
    }));
}

TEST_CASE("each port of the first server gets one of its own, the usual ones too where they are not the first") {
    InstanceFacts facts = debian();
    facts.entries[5].text = "Listen 8080\nListen 80\nListen 8443 https\nListen 443\n";
    const InstancePlan plan = plan_instance(facts, {.name = "two", .user = "web"});
    CHECK(step(plan, "/etc/apache2-two/ports.conf").text ==
          "Listen 8081\nListen 8082\nListen 8444 https\nListen 8083\n");
}

TEST_CASE("what an instance is refused for") {
    const InstanceRequest request{.name = "two", .user = "web"};
    InstanceFacts facts = debian();
    SECTION("names") {
        for (const std::string name : {"", "-a", "a/b", "a b", "$(id)", "a'", ".a", "a.", "a;b", "m\xC3\xBCll"}) {
            INFO(name);
            CHECK(refusals(facts, {.name = name, .user = "web"}) == Codes{InstanceIssueCode::BAD_NAME});
        }
        CHECK(refusals(facts, {.name = "php8.2_a-b", .user = "web"}).empty());
    }
    SECTION("no user, as root") {
        CHECK(refusals(facts, {.name = "two"}) == Codes{InstanceIssueCode::NEEDS_USER});
        facts.root = false;
        CHECK(refusals(facts, {.name = "two"}).empty());
    }
    SECTION("a user that is not there, or root") {
        facts.user->id = 0;
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::RUNS_AS_ROOT});
        facts.user.reset();
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::UNKNOWN_USER});
    }
    SECTION("a group that is not there, or root's") {
        facts.group->id = 0;
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::RUNS_AS_ROOT});
        facts.group.reset();
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::UNKNOWN_GROUP});
    }
    SECTION("ports") {
        CHECK(refusals(facts, {.name = "two", .user = "web", .port = 443}) == Codes{InstanceIssueCode::PORT_TAKEN});
        CHECK(refusals(facts, {.name = "two", .user = "web", .port = 90, .ssl_port = 90}) ==
              Codes{InstanceIssueCode::PORTS_EQUAL});
    }
    SECTION("what exists, unless a crash left it") {
        facts.existing = {"/etc/apache2-two"};
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::EXISTS});
        facts.unfinished = true;
        CHECK(refusals(facts, request).empty());
        CHECK(plan_instance(facts, request).cleans_up);
    }
    SECTION("a configuration that is being changed, or is not there") {
        facts.journal = true;
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::JOURNAL_UNFINISHED});
        facts.readable = false;
        CHECK(refusals(facts, request) == Codes{InstanceIssueCode::NO_CONFIGURATION});
    }
}

TEST_CASE("a system that does not run") {
    InstanceFacts facts = debian();
    facts.root = false;
    CHECK(refusals(facts, {.name = "two"}).empty());
    facts.offline = true;
    // Its server is started by root, whoever builds it.
    CHECK(refusals(facts, {.name = "two"}) == Codes{InstanceIssueCode::NEEDS_USER});
    const InstancePlan plan = plan_instance(facts, {.name = "two", .user = "web"});
    REQUIRE(plan.notes.size() == 2);
    CHECK(plan.notes[0].code == InstanceIssueCode::BOOT_LINKS_LEFT);
    CHECK(plan.notes[0].path == "/etc/init.d/apache2-two");
    CHECK(plan.notes[0].text == "apache2-two");
    facts.systemd = true;
    CHECK(plan_instance(facts, {.name = "two", .user = "web"}).notes.size() == 1);
}

TEST_CASE("folders that the start of the server makes are left out of a system that does not run") {
    InstanceFacts facts = debian();
    facts.offline = true;
    const InstancePlan plan = plan_instance(facts, {.name = "two", .user = "web"});
    CHECK(std::none_of(plan.steps.begin(), plan.steps.end(), [](const InstanceStep & one) {
        return one.path.starts_with("/var/run") || one.path.starts_with("/var/lock");
    }));
    CHECK(step(plan, "/var/log/apache2-two").owner.empty());
}

TEST_CASE("folders that links need are made, and are not the instance's") {
    InstanceFacts facts = debian();
    facts.missing_link_folders = {"/usr/local", "/usr/local/sbin"};
    const InstancePlan plan = plan_instance(facts, {.name = "two", .user = "web"});
    for (const std::string & path : facts.missing_link_folders) {
        CHECK(step(plan, path).shared);
        CHECK(step(plan, path).mode == 0755);
    }
}

TEST_CASE("what is wrong with an account is said, and not that there is none") {
    InstanceFacts facts = debian();
    facts.offline = true;
    facts.user.reset();
    facts.account_problems = {
        {.code = InstanceIssueCode::BAD_ACCOUNT, .path = "/etc/passwd", .line = 3, .text = "web"}};
    CHECK(refusals(facts, {.name = "two", .user = "web"}) == Codes{InstanceIssueCode::BAD_ACCOUNT});
}

// SPDX-License-Identifier: Apache-2.0
// The library as its users see it: public headers only, linked with the shared library.
#include <confgraph/catalog.hpp>
#include <confgraph/check.hpp>
#include <confgraph/dpkg.hpp>
#include <confgraph/error.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/maintainer_script.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/request.hpp>
#include <confgraph/server.hpp>
#include <confgraph/text.hpp>
#include <confgraph/transaction.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

using namespace confgraph;
using test::TemporaryFolder;
using Lines = std::vector<std::string>;

namespace {

/// A configuration below a temporary folder, which the environment leads to while this lives.
class Configuration {
public:
    Configuration() {
        set("APACHE_CONFDIR", folder.at("conf"));
        set("APACHE_STATE_DIRECTORY", folder.at("state"));
        for (const char * name : {"mods", "conf", "sites"}) {
            folder.add_folder("conf/" + std::string(name) + "-available");
            folder.add_folder("conf/" + std::string(name) + "-enabled");
        }
        folder.add_file("conf/mods-available/a.load", "# Depends: b\nLoadModule a_module a.so\n");
        folder.add_file("conf/mods-available/b.load", "LoadModule b_module b.so\n");
        folder.add_file("conf/mods-available/b.conf", "# settings\n");
        folder.add_file("conf/mods-available/mpm_event.load", "LoadModule mpm_event_module e.so\n");
        folder.add_file("conf/sites-available/site.conf", "# Depends: a\n");
    }
    Configuration(const Configuration &) = delete;
    Configuration & operator=(const Configuration &) = delete;
    ~Configuration() {
        ::unsetenv("APACHE_CONFDIR");
        ::unsetenv("APACHE_STATE_DIRECTORY");
    }

    [[nodiscard]] static Layout layout() { return Layout::from_environment(LayoutOptions()).value(); }

    [[nodiscard]] Plan plan_for(const Request & request) const {
        const auto catalog = Catalog::read_for(layout(), request);
        REQUIRE(catalog);
        return plan(catalog.value(), request);
    }

    TemporaryFolder folder;

private:
    static void set(const char * name, const std::string & value) { REQUIRE(::setenv(name, value.c_str(), 1) == 0); }
};

Lines step_names(const Plan & plan) {
    Lines names;
    for (const Step & step : plan.steps()) {
        names.push_back(step.name());
    }
    return names;
}

Request enable(const Lines & names, Kind kind = Kind::MODULE) { return {Action::ENABLE, kind, names}; }

/// Values can be handed around: copied, moved, replaced.
template <class T>
constexpr bool IS_VALUE = std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;

}  // namespace

TEST_CASE("public classes are values") {
    STATIC_REQUIRE(IS_VALUE<Catalog>);
    STATIC_REQUIRE(IS_VALUE<Chain>);
    STATIC_REQUIRE(IS_VALUE<Diagnostic>);
    STATIC_REQUIRE(IS_VALUE<Entry>);
    STATIC_REQUIRE(IS_VALUE<Error>);
    STATIC_REQUIRE(IS_VALUE<Finding>);
    STATIC_REQUIRE(IS_VALUE<Layout>);
    STATIC_REQUIRE(IS_VALUE<LoadModule>);
    STATIC_REQUIRE(IS_VALUE<Location>);
    STATIC_REQUIRE(IS_VALUE<Notice>);
    STATIC_REQUIRE(IS_VALUE<Operation>);
    STATIC_REQUIRE(IS_VALUE<Outcome>);
    STATIC_REQUIRE(IS_VALUE<Plan>);
    STATIC_REQUIRE(IS_VALUE<Reference>);
    STATIC_REQUIRE(IS_VALUE<Request>);
    STATIC_REQUIRE(IS_VALUE<Server>);
    STATIC_REQUIRE(IS_VALUE<Step>);
    STATIC_REQUIRE(IS_VALUE<Unit>);
    STATIC_REQUIRE(IS_VALUE<CommitOptions>);
    STATIC_REQUIRE(IS_VALUE<Lock>);
    // All of them are one pointer to what they hold, so that their size never changes.
    STATIC_REQUIRE(sizeof(Catalog) == sizeof(std::shared_ptr<int>));
    STATIC_REQUIRE(sizeof(Plan) == sizeof(std::shared_ptr<int>));
    STATIC_REQUIRE(sizeof(Request) == sizeof(std::shared_ptr<int>));
}

TEST_CASE("a changed copy of a request leaves the original as it is") {
    const Configuration configuration;
    const Request request = enable({"a"});
    const Request purging = request.with_purge(true);
    const Request maintaining = request.with_maintmode(true);
    CHECK(request.arguments() == Lines{"a"});
    CHECK(purging.arguments() == Lines{"a"});
    CHECK(purging.action() == Action::ENABLE);
    CHECK(purging.kind() == Kind::MODULE);
    const auto markers = [&](const Request & asked) {
        Lines paths;
        for (const Step & step : configuration.plan_for(asked).steps()) {
            for (const Operation & operation : step.operations()) {
                if (operation.code() == OperationCode::CREATE_MARKER) {
                    paths.push_back(operation.path().substr(configuration.folder.path().size()));
                }
            }
        }
        return paths;
    };
    CHECK(markers(request) == Lines{"/state/module/enabled_by_admin/b", "/state/module/enabled_by_admin/a"});
    CHECK(markers(maintaining) == Lines{"/state/module/enabled_by_maint/b", "/state/module/enabled_by_maint/a"});
    CHECK(markers(purging).empty());
    CHECK(markers(purging.with_purge(false)) == markers(request));
}

TEST_CASE("plans compare by what they say") {
    const Configuration configuration;
    const Plan first = configuration.plan_for(enable({"a"}));
    const Plan second = configuration.plan_for(enable({"a"}));
    const Plan other = configuration.plan_for(enable({"b"}));
    CHECK(first == second);
    CHECK(first != other);
    Plan copy = other;
    CHECK(copy == other);
    copy = first;
    CHECK(copy == first);
    CHECK(other == configuration.plan_for(enable({"b"})));
    CHECK(first.steps().at(0).operations() == second.steps().at(0).operations());
    CHECK(first.steps().at(0).operations() != first.steps().at(1).operations());
}

TEST_CASE("a plan and its parts outlive what they were made from") {
    const Configuration configuration;
    std::optional<Request> request = enable({"a"});
    std::optional<Layout> layout = Configuration::layout();
    std::optional<Catalog> catalog = Catalog::read_for(*layout, *request).value();
    std::optional<Entry> entry = catalog->find(Kind::MODULE, "a");
    std::optional<Plan> made = plan(*catalog, *request);
    const std::vector<Step> steps = made->steps();
    const std::vector<Operation> operations = steps.at(0).operations();
    const Reference reference = entry->depends().at(0);
    const std::vector<Location> where = steps.at(0).where();
    const Plan copy = *made;
    catalog.reset();
    request.reset();
    layout.reset();
    entry.reset();
    made.reset();
    CHECK(step_names(copy) == Lines{"b", "a"});
    CHECK(steps.at(0).name() == "b");
    CHECK(steps.at(0).because() == "a");
    CHECK(operations.at(0).target() == "../mods-available/b.load");
    CHECK(reference.name() == "b");
    REQUIRE(where.size() == 1);
    CHECK(where[0].line() == 1);
    CHECK(where[0].file().ends_with("/mods-available/a.load"));
    const Operation kept = [&] { return configuration.plan_for(enable({"b"})).steps().at(0).operations().at(1); }();
    CHECK(kept.path().ends_with("/mods-enabled/b.conf"));
}

TEST_CASE("a catalog is a snapshot") {
    const Configuration configuration;
    const Catalog before = Catalog::read_all(Configuration::layout()).value();
    configuration.folder.add_link("conf/mods-enabled/b.load", "../mods-available/b.load");
    CHECK_FALSE(before.find(Kind::MODULE, "b")->enabled());
    CHECK(Catalog::read_all(Configuration::layout()).value().find(Kind::MODULE, "b")->enabled());
    CHECK_FALSE(before.find(Kind::MODULE, "nothing"));
    CHECK_FALSE(before.find(Kind::CONF, "b"));
    Lines names;
    for (const Entry & entry : before.entries(Kind::MODULE)) {
        names.push_back(entry.name());
    }
    CHECK(names == Lines{"a", "b", "mpm_event"});
}

TEST_CASE("a dry run is a plan that is not committed") {
    const Configuration configuration;
    const auto links = [&] {
        const std::filesystem::directory_iterator all(configuration.folder.at("conf/mods-enabled"));
        return std::distance(begin(all), end(all));
    };
    const Plan made = configuration.plan_for(enable({"a"}));
    CHECK(links() == 0);
    CHECK_FALSE(std::filesystem::exists(configuration.folder.at("state")));
    CHECK(made.needs_reload());

    const auto outcome = commit(Configuration::layout(), made, CommitOptions());
    REQUIRE(outcome);
    CHECK(outcome.value().operations() == 5);
    CHECK(links() == 3);
    CHECK(std::filesystem::exists(configuration.folder.at("state/module/enabled_by_admin/a")));
    const Catalog catalog = Catalog::read_names(Configuration::layout(), Kind::MODULE, {"a"}).value();
    CHECK(catalog.find(Kind::MODULE, "a")->enabled_by() == Actor::ADMIN);
    CHECK(catalog.find(Kind::MODULE, "a")->link() == LinkState::OK);

    // Others have done it meanwhile: the plan is made anew, and is empty. Nobody has to accept that unseen.
    const auto refused = commit(Configuration::layout(), made,
                                CommitOptions().with_accept([](const Plan & fresh) { return !fresh.steps().empty(); }));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::PLAN_CHANGED);
    const auto again = commit(Configuration::layout(), made, CommitOptions());
    REQUIRE(again);
    CHECK(again.value().operations() == 0);
    CHECK(again.value().plan().steps().empty());
    CHECK(links() == 3);
}

TEST_CASE("findings and chains keep what they need") {
    const Configuration configuration;
    REQUIRE(commit(Configuration::layout(), configuration.plan_for(enable({"a"})), CommitOptions()));
    REQUIRE(commit(Configuration::layout(), configuration.plan_for(enable({"site"}, Kind::SITE)), CommitOptions()));
    const std::vector<Finding> findings = check(Catalog::read_all(Configuration::layout()).value());
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0].code() == FindingCode::NO_MPM);
    CHECK(findings[0].is_error());
    CHECK(findings[0].path().ends_with("/mods-enabled"));
    const std::vector<Chain> chains = why(Catalog::read_all(Configuration::layout()).value(), "b");
    REQUIRE(chains.size() == 2);
    CHECK(chains[0].names() == Lines{"a", "b"});
    CHECK(chains[1].names() == Lines{"site", "a", "b"});
    CHECK(chains[1].kind() == Kind::SITE);
    CHECK(chains[1].where().size() == 2);
}

TEST_CASE("errors say what, where and why") {
    const Configuration configuration;
    REQUIRE(::setenv("APACHE_MODS_ENABLED", configuration.folder.at("conf/mods-available/a.load").c_str(), 1) == 0);
    const auto catalog = Catalog::read_enabled(Configuration::layout(), Kind::MODULE);
    REQUIRE(::unsetenv("APACHE_MODS_ENABLED") == 0);
    REQUIRE_FALSE(catalog);
    const Error error = catalog.error();
    const Error copy = error;
    CHECK(copy.code() == ErrorCode::CANNOT_READ);
    CHECK(copy.path() == configuration.folder.at("conf/mods-available/a.load"));
    CHECK(copy.system_error() == ENOTDIR);
}

TEST_CASE("a maintainer script decides by what was read") {
    const Configuration configuration;
    const auto script = MaintainerScript::parse("postinst configure 1.0");
    REQUIRE(script);
    const MaintainerScript copy = *script;
    CHECK(copy.script() == Script::POSTINST);
    CHECK(copy.name() == "postinst");
    CHECK(copy.method() == "configure");
    CHECK(copy.argument() == "1.0");
    CHECK(copy.needs_action(true));
    CHECK_FALSE(copy.needs_action(false));
    CHECK(copy.decide(Action::ENABLE, std::nullopt) == Decision::ENABLE);
    REQUIRE(commit(Configuration::layout(), configuration.plan_for(enable({"a"})), CommitOptions()));
    const auto catalog = Catalog::read_names(Configuration::layout(), Kind::MODULE, {"a"});
    REQUIRE(catalog);
    CHECK(copy.decide(Action::ENABLE, catalog.value().find(Kind::MODULE, "a")) == Decision::ENABLED);
    CHECK_FALSE(MaintainerScript::parse("postinst"));
}

TEST_CASE("a system that does not run lies below a root") {
    // Its own folders are where the environment says, and lie in it; what the environment leads to without a root
    // stays.
    Configuration configuration;
    const TemporaryFolder & folder = configuration.folder;
    const std::string conf = "root" + folder.at("conf");
    folder.add_file(conf + "/mods-available/a.load", "LoadModule a_module a.so\n");
    folder.add_link(conf + "/mods-enabled", "/elsewhere/enabled");
    folder.add_folder("root/elsewhere/enabled");
    folder.add_link("root" + folder.at("state"), "/elsewhere/state");
    const auto options = LayoutOptions().with_root(folder.at("root"));
    const auto found = Layout::from_environment(options);
    REQUIRE(found);
    const Layout & layout = found.value();
    CHECK(layout.root() == folder.at("root"));
    CHECK(layout.config_folder() == folder.at("conf"));
    folder.add_folder("root/elsewhere/state");
    auto wanted = folder.tree();

    const auto catalog = Catalog::read_for(layout, enable({"a", "b"}));
    REQUIRE(catalog);
    const Plan plan = confgraph::plan(catalog.value(), enable({"a", "b"}));
    CHECK(step_names(plan) == Lines{"a"});
    CHECK(plan.refused());
    const auto outcome = confgraph::commit(layout, plan, CommitOptions().with_test(true));
    REQUIRE(outcome);
    CHECK(outcome.value().test() == TestResult::IMPOSSIBLE);
    wanted["root/elsewhere/enabled/a.load"] = "link ../.." + folder.at("conf") + "/mods-available/a.load";
    wanted["root/elsewhere/state/confgraph"] = "folder";
    wanted["root/elsewhere/state/confgraph/lock"] = "file ";
    for (const char * name : {"module", "module/enabled_by_admin"}) {
        wanted["root/elsewhere/state/" + std::string(name)] = "folder";
    }
    wanted["root/elsewhere/state/module/enabled_by_admin/a"] = "file ";
    CHECK(test::differences(wanted, folder.tree()).empty());

    CHECK(test_configuration(layout).error().code() == ErrorCode::NOT_A_SERVER);
    const auto server = Server::read(layout);
    REQUIRE_FALSE(server);
    CHECK(server.error().system_error() == ENOENT);
    CHECK(Layout::without_envvars(options.without_environment()).config_folder() != folder.at("conf"));
    const auto nothing = Layout::from_environment(LayoutOptions().with_root(folder.at("nothing")));
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().code() == ErrorCode::CANNOT_READ);
    CHECK(nothing.error().path() == folder.at("nothing"));
    CHECK(nothing.error().system_error() == ENOENT);
}

TEST_CASE("the envvars file of a root is not executed") {
    Configuration configuration;
    const TemporaryFolder & folder = configuration.folder;
    const std::string envvars = "root" + folder.at("conf/envvars");
    const auto options = LayoutOptions().with_root(folder.at("root"));
    folder.add_file(envvars, "export APACHE_STATE_DIRECTORY=/srv\n");
    const auto plain = Layout::from_environment(options);
    REQUIRE(plain);
    CHECK(plain.value().state_folder() == "/srv");
    folder.add_file(envvars, "A=1\ntouch '" + folder.at("executed") + "'\n");
    const auto script = Layout::from_environment(options);
    REQUIRE_FALSE(script);
    CHECK(script.error().code() == ErrorCode::ENVVARS_NOT_PLAIN);
    CHECK(script.error().path() == folder.at("conf/envvars"));
    CHECK(script.error().line() == 2);
    CHECK_FALSE(std::filesystem::exists(folder.at("executed")));
    CHECK(Layout::without_envvars(options).state_folder() == folder.at("state"));
}

TEST_CASE("dpkg's database is asked for a package") {
    const Configuration configuration;
    const std::string & folder = configuration.folder.at("dpkg");
    const auto missing = DpkgPackage::find(folder, "apache2");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().system_error() == ENOENT);
    configuration.folder.add_file("dpkg/status", "Package: apache2\nStatus: install ok installed\nProvides: httpd\n\n");
    const auto found = DpkgPackage::find(folder, "apache2");
    REQUIRE(found);
    REQUIRE(found.value());
    const DpkgPackage copy = *found.value();
    CHECK(copy.configured());
    CHECK(copy.state() == "installed");
    CHECK(copy.provides() == "httpd");
    CHECK_FALSE(DpkgPackage::find(folder, "nginx").value());
    CHECK(DpkgPackage::find("/", "apache2", folder).value()->configured());
    CHECK(DpkgPackage::find(folder, "apache2", folder).error().system_error() == ENOENT);
    REQUIRE(::setenv("DPKG_ADMINDIR", folder.c_str(), 1) == 0);
    CHECK(dpkg_admin_folder() == folder);
    REQUIRE(::setenv("DPKG_ADMINDIR", "", 1) == 0);
    CHECK(dpkg_admin_folder() == "/var/lib/dpkg");
    REQUIRE(::unsetenv("DPKG_ADMINDIR") == 0);
    CHECK(dpkg_admin_folder() == "/var/lib/dpkg");
}

TEST_CASE("the server is asked for its word on the configuration") {
    const Configuration configuration;
    configuration.folder.add_file("accept", "#!/bin/sh\nexit 0\n");
    configuration.folder.add_file("refuse", "#!/bin/sh\necho no such directive >&2\nexit 1\n");
    for (const char * server : {"accept", "refuse"}) {
        std::filesystem::permissions(configuration.folder.at(server), std::filesystem::perms::owner_all);
    }
    const Layout layout = Configuration::layout();
    REQUIRE(::setenv("APACHE_HTTPD", configuration.folder.at("accept").c_str(), 1) == 0);
    CHECK(test_configuration(layout));
    REQUIRE(::setenv("APACHE_HTTPD", configuration.folder.at("refuse").c_str(), 1) == 0);
    const auto refused = test_configuration(layout);
    REQUIRE(::unsetenv("APACHE_HTTPD") == 0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::SERVER_REFUSED);
    CHECK(refused.error().text() == "no such directive\n");
}

TEST_CASE("small helpers") {
    CHECK(escape("a\nb") == "a\\x0ab");
    CHECK(is_entry_name("rewrite"));
    CHECK_FALSE(is_entry_name("../rewrite"));
    CHECK(undecorated("mod_rewrite.load") == "rewrite");
    CHECK(mpm_name("mpm_event") == "event");
    CHECK(similar_names("rewrit", {"alias", "rewrite"}) == Lines{"rewrite"});
    CHECK(version() == CONFGRAPH_EXPECTED_VERSION);
    CHECK(word(Kind::SITE) == "site");
    CHECK(suffix(Kind::MODULE) == ".load");
}

TEST_CASE("a .load file is understood wherever its text was found") {
    const Entry entry = Entry::parse_load_file("x", "in a package", "# Depends: ssl\nLoadModule x_module /x.so\n");
    CHECK(entry.kind() == Kind::MODULE);
    CHECK(entry.name() == "x");
    CHECK(entry.file() == "in a package");
    REQUIRE(entry.depends().size() == 1);
    CHECK(entry.depends().front().name() == "ssl");
    REQUIRE(entry.load_modules().size() == 1);
    CHECK(entry.load_modules().front().identifier() == "x_module");
    CHECK_FALSE(entry.available());
}

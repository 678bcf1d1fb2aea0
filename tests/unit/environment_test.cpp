// SPDX-License-Identifier: Apache-2.0
#include "io/environment.hpp"

#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace confgraph;
using test::MemoryFileSystem;
using Variables = std::map<std::string, std::string>;

namespace {

const std::string CONFIG = CONFGRAPH_CONFIG_FOLDER;
const std::string STATE = CONFGRAPH_STATE_FOLDER;

/// An environment and a shell, both made up.
struct World {
    MemoryFileSystem files;
    Variables environment;
    Variables evaluated;
    std::vector<std::string> evaluations;

    Result<core::Layout> find(std::string_view instance = {}) {
        const auto lookup = [this](const std::string & name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        const auto evaluate = [this](const std::string & file) -> Result<Variables> {
            evaluations.push_back(file);
            return evaluated;
        };
        return io::find_layout({.instance = std::string(instance)}, lookup, files, evaluate);
    }
};

// A file that a shell has to evaluate, and one that it has not.
constexpr const char * MATTERS = ". /etc/default/apache2\n";
constexpr const char * PLAIN = "export APACHE_RUN_USER=www-data\n";

}  // namespace

TEST_CASE("without anything set, the folders are the usual ones") {
    World world;
    const core::Layout layout = world.find().value();
    CHECK(layout.config == CONFIG);
    CHECK(layout.state == STATE);
    CHECK(layout.server == CONFGRAPH_SERVER);
    CHECK(layout.module_folder == CONFGRAPH_MODULE_FOLDER);
    CHECK(layout.instance.empty());
    CHECK(layout.of(Kind::MODULE) ==
          core::Folders{CONFIG + "/mods-available", CONFIG + "/mods-enabled", STATE + "/module"});
    CHECK(layout.of(Kind::CONF) ==
          core::Folders{CONFIG + "/conf-available", CONFIG + "/conf-enabled", STATE + "/conf"});
    CHECK(layout.of(Kind::SITE) ==
          core::Folders{CONFIG + "/sites-available", CONFIG + "/sites-enabled", STATE + "/site"});
}

TEST_CASE("an instance has folders of its own, and those of all instances behind them") {
    World world;
    const core::Layout layout = world.find("two").value();
    CHECK(layout.instance == "two");
    CHECK(layout.config == CONFIG + "-two");
    CHECK(layout.of(Kind::SITE).enabled == CONFIG + "-two/sites-enabled");
    CHECK(layout.state == STATE + "-two");
    CHECK(layout.of(Kind::SITE).markers == STATE + "-two/site");
    CHECK(layout.shared_state == STATE);
    CHECK(world.find().value().shared_state.empty());
}

TEST_CASE("a configuration has one folder of markers, however it is named") {
    World world;
    SECTION("by APACHE_CONFDIR") {
        world.environment = {{"APACHE_CONFDIR", CONFIG + "-two"}};
        CHECK(world.find().value().state == STATE + "-two");
        CHECK(world.find("three").value().state == STATE + "-two");
    }
    SECTION("with a slash at the end") {
        world.environment = {{"APACHE_CONFDIR", CONFIG + "-two//"}};
        CHECK(world.find().value().state == STATE + "-two");
    }
    SECTION("the default one, named by an instance's program") {
        world.environment = {{"APACHE_CONFDIR", CONFIG}};
        CHECK(world.find("two").value().state == STATE);
        CHECK(world.find("two").value().shared_state.empty());
    }
    SECTION("any other folder, and one below an instance's") {
        for (const std::string & folder :
             {std::string("/srv/conf"), CONFIG + "-two/conf", CONFIG + "2", CONFIG + "-"}) {
            world.environment = {{"APACHE_CONFDIR", folder}};
            CHECK(world.find().value().state == STATE);
        }
    }
    SECTION("APACHE_STATE_DIRECTORY comes first") {
        world.environment = {{"APACHE_STATE_DIRECTORY", "/srv/state"}};
        CHECK(world.find("two").value().state == "/srv/state");
        CHECK(world.find("two").value().shared_state.empty());
        world.environment = {{"APACHE_STATE_DIRECTORY", STATE + "-two"}};
        CHECK(world.find("two").value().shared_state == STATE);
    }
}

TEST_CASE("variables move folders, APACHE_CONFDIR before the instance") {
    World world;
    world.environment = {{"APACHE_CONFDIR", "/srv/conf"},         {"APACHE_MODS_AVAILABLE", "/m/a"},
                         {"APACHE_MODS_ENABLED", "/m/e"},         {"APACHE_CONF_AVAILABLE", "/c/a"},
                         {"APACHE_CONF_ENABLED", "/c/e"},         {"APACHE_SITES_AVAILABLE", "/s/a"},
                         {"APACHE_STATE_DIRECTORY", "/srv/state"}};
    const core::Layout layout = world.find("two").value();
    CHECK(layout.config == "/srv/conf");
    CHECK(layout.instance == "two");
    CHECK(layout.of(Kind::MODULE) == core::Folders{"/m/a", "/m/e", "/srv/state/module"});
    CHECK(layout.of(Kind::CONF) == core::Folders{"/c/a", "/c/e", "/srv/state/conf"});
    CHECK(layout.of(Kind::SITE) == core::Folders{"/s/a", "/srv/conf/sites-enabled", "/srv/state/site"});
}

TEST_CASE("an empty value and 0 count as none") {
    World world;
    world.environment = {
        {"APACHE_CONFDIR", ""}, {"APACHE_STATE_DIRECTORY", "0"}, {"APACHE_MODS_ENABLED", "0"}, {"APACHE_ENVVARS", ""}};
    const core::Layout layout = world.find().value();
    CHECK(layout.config == CONFIG);
    CHECK(layout.state == STATE);
    CHECK(layout.of(Kind::MODULE).enabled == CONFIG + "/mods-enabled");
}

TEST_CASE("envvars is evaluated only when it can matter") {
    World world;
    SECTION("not when it is not there") { REQUIRE(world.find()); }
    SECTION("not when it holds nothing of interest") {
        world.files.add_file(CONFIG + "/envvars", PLAIN);
        REQUIRE(world.find());
    }
    SECTION("not when it cannot be read") {
        world.files.add_file(CONFIG + "/envvars", MATTERS);
        world.files.deny(CONFIG + "/envvars");
        REQUIRE(world.find());
    }
    SECTION("not when it is a folder") {
        world.files.add_folder(CONFIG + "/envvars");
        REQUIRE(world.find());
    }
    SECTION("not when it is a device or a FIFO") {
        world.files.add_other(CONFIG + "/envvars");
        REQUIRE(world.find());
        CHECK(world.files.log() ==
              std::vector<std::string>{"read /etc/confgraph/layout.conf", "info " + CONFIG + "/envvars"});
    }
    SECTION("not when another file is named") {
        world.files.add_file(CONFIG + "/envvars", MATTERS);
        world.files.add_file("/other", PLAIN);
        world.environment["APACHE_ENVVARS"] = "/other";
        REQUIRE(world.find());
    }
    CHECK(world.evaluations.empty());
}

TEST_CASE("the envvars file is looked for where the variables say") {
    World world;
    for (const std::string & file :
         std::vector<std::string>{CONFIG + "/envvars", CONFIG + "-two/envvars", "/srv/conf/envvars", "/other"}) {
        world.files.add_file(file, MATTERS);
    }
    REQUIRE(world.find());
    REQUIRE(world.find("two"));
    world.environment["APACHE_CONFDIR"] = "/srv/conf";
    REQUIRE(world.find("two"));
    world.environment["APACHE_ENVVARS"] = "/other";
    REQUIRE(world.find("two"));
    CHECK(world.evaluations ==
          std::vector<std::string>{CONFIG + "/envvars", CONFIG + "-two/envvars", "/srv/conf/envvars", "/other"});
}

TEST_CASE("a file that is too long to look at is evaluated") {
    World world;
    world.files.add_file(CONFIG + "/envvars", std::string(70000, '\n'));
    REQUIRE(world.find());
    CHECK(world.evaluations.size() == 1);
    CHECK(world.files.bytes_read() <= 66UL * 1024 + 4096);
}

TEST_CASE("what envvars says holds before the environment") {
    World world;
    world.files.add_file("/srv/conf/envvars", MATTERS);
    world.environment = {{"APACHE_CONFDIR", "/srv/conf"},
                         {"APACHE_STATE_DIRECTORY", "/srv/state"},
                         {"APACHE_SITES_ENABLED", "/srv/enabled"}};
    world.evaluated = {{"APACHE_CONFDIR", "/final"}, {"APACHE_SITES_ENABLED", ""}, {"PATH", "/bin"}};
    const core::Layout layout = world.find().value();
    CHECK(layout.config == "/final");
    CHECK(layout.state == "/srv/state");
    // Set to nothing, it is as if it were not set.
    CHECK(layout.of(Kind::SITE).enabled == "/final/sites-enabled");
    CHECK(layout.of(Kind::MODULE).enabled == "/final/mods-enabled");
}

TEST_CASE("a failed evaluation is an error") {
    World world;
    world.files.add_file(CONFIG + "/envvars", MATTERS);
    const auto lookup = [](const std::string &) { return std::optional<std::string>(); };
    const auto fail = [](const std::string & file) -> Result<Variables> {
        return core::make_error(ErrorCode::ENVVARS_FAILED, file, 0);
    };
    const auto layout = io::find_layout({}, lookup, world.files, fail);
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code() == ErrorCode::ENVVARS_FAILED);
    CHECK(layout.error().path() == CONFIG + "/envvars");
}

TEST_CASE("the environment is this process's") {
    REQUIRE(::setenv("CONFGRAPH_TEST_VARIABLE", "some value", 1) == 0);
    CHECK(io::environment_variable("CONFGRAPH_TEST_VARIABLE") == "some value");
    REQUIRE(::unsetenv("CONFGRAPH_TEST_VARIABLE") == 0);
    CHECK(io::environment_variable("CONFGRAPH_TEST_VARIABLE") == std::nullopt);
}

TEST_CASE("without a shell, plain assignments are read, and anything else is an error") {
    MemoryFileSystem files;
    files.add_file("/plain", "export APACHE_CONFDIR=/srv/conf\n");
    files.add_file("/script", "A=1\n. /etc/default/apache2\n");
    files.add_file("/long", std::string(70000, '\n'));
    CHECK(io::evaluate_as_text(files, "/plain").value() == Variables{{"APACHE_CONFDIR", "/srv/conf"}});
    const auto script = io::evaluate_as_text(files, "/script");
    REQUIRE_FALSE(script);
    CHECK(script.error().code() == ErrorCode::ENVVARS_NOT_PLAIN);
    CHECK(script.error().path() == "/script");
    CHECK(script.error().line() == 2);
    CHECK(script.error().text() == ". /etc/default/apache2");
    for (const auto & [path, error] : std::map<std::string, int>{{"/long", EFBIG}, {"/nothing", ENOENT}}) {
        const auto result = io::evaluate_as_text(files, path);
        REQUIRE_FALSE(result);
        CHECK(result.error().code() == ErrorCode::ENVVARS_NOT_PLAIN);
        CHECK(result.error().line() == 0);
        CHECK(result.error().system_error() == error);
    }
}

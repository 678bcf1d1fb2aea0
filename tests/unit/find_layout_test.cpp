// SPDX-License-Identifier: Apache-2.0
#include "io/find_layout.hpp"

#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

#include <cerrno>
#include <map>
#include <optional>
#include <string>
#include <vector>

using namespace confgraph;
using core::Mechanism;
using test::MemoryFileSystem;
using Variables = std::map<std::string, std::string>;

namespace {

const std::string DEBIAN_CONFIG = CONFGRAPH_CONFIG_FOLDER;

struct World {
    MemoryFileSystem files;
    Variables environment;

    Result<core::Layout> find(const core::LayoutOptions & options = {}) {
        const auto lookup = [this](const std::string & name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        };
        const auto evaluate = [](const std::string &) -> Result<Variables> { return Variables{}; };
        return io::find_layout(options, lookup, files, evaluate);
    }

    void settings(const std::string & text) { files.add_file(io::LAYOUT_FILE, text); }
};

core::LayoutOptions named(LayoutName name) { return {.name = name}; }

}  // namespace

TEST_CASE("Debian's layout is known by its envvars, and costs one call more than nothing") {
    World world;
    world.files.add_file(DEBIAN_CONFIG + "/envvars", "");
    world.files.add_folder("/etc/httpd/conf.modules.d");
    CHECK(world.find().value().name == LayoutName::DEBIAN);
    CHECK(world.files.log() == std::vector<std::string>{"read /etc/confgraph/layout.conf",
                                                        "info " + DEBIAN_CONFIG + "/envvars",
                                                        "read " + DEBIAN_CONFIG + "/envvars"});
}

TEST_CASE("each layout is known by what is on disk, in five calls") {
    struct Example {
        std::vector<std::string> folders;
        std::vector<std::string> present;
        LayoutName name;
    };
    const Example example = GENERATE(values<Example>({
        {{}, {}, LayoutName::DEBIAN},
        {{"/etc/apache2/mods-available"}, {}, LayoutName::DEBIAN},
        {{"/etc/httpd/conf.modules.d"}, {}, LayoutName::FEDORA},
        {{"/etc/apache2"}, {"/etc/sysconfig/apache2"}, LayoutName::SUSE},
        {{"/etc/httpd2/conf/mods-available"}, {}, LayoutName::ALT},
        // Fedora has the folder of SUSE's file, too.
        {{"/etc/httpd/conf.modules.d"}, {"/etc/sysconfig/httpd"}, LayoutName::FEDORA},
        {{"/etc/httpd/conf.modules.d", "/etc/apache2/mods-available"}, {}, LayoutName::DEBIAN},
        {{"/etc/apache2/mods-available"}, {"/etc/sysconfig/apache2"}, LayoutName::DEBIAN},
    }));
    World world;
    for (const std::string & folder : example.folders) {
        world.files.add_folder(folder);
    }
    for (const std::string & file : example.present) {
        world.files.add_file(file);
    }
    world.files.add_folder("/usr/lib64/apache2");
    CAPTURE(example.folders, example.present);
    CHECK(world.find().value().name == example.name);
    const auto after_detection = example.name == LayoutName::SUSE ? 1U : 0U;  // asks which lib folder there is
    CHECK(world.files.log().size() <= 5U + after_detection);
}

TEST_CASE("a folder of the configuration that is given is looked into") {
    World world;
    world.environment["APACHE_CONFDIR"] = "/srv/web";
    world.files.add_folder("/etc/httpd/conf.modules.d");
    CHECK(world.find().value().name == LayoutName::DEBIAN);
    world.files.add_folder("/srv/web/conf/mods-available");
    CHECK(world.find().value().name == LayoutName::ALT);
    CHECK(world.find().value().config == "/srv/web");
    world.files.add_folder("/srv/web/conf.modules.d");
    CHECK(world.find().value().name == LayoutName::FEDORA);
    world.files.clear_log();
    world.files.add_folder("/srv/web/mods-available");
    CHECK(world.find().value().name == LayoutName::DEBIAN);
    CHECK(world.files.log().size() == 3);
}

TEST_CASE("Fedora's folders") {
    World world;
    world.files.add_folder("/etc/httpd/conf.modules.d");
    const core::Layout layout = world.find().value();
    CHECK(layout.config == "/etc/httpd");
    CHECK(layout.server == "/usr/sbin/httpd");
    CHECK(layout.module_folder == "/etc/httpd/modules/");
    CHECK(layout.state == "/var/lib/confgraph");
    CHECK(layout.mpm_servers.empty());
    CHECK(layout.of(Kind::MODULE) == core::Folders{"/etc/httpd/conf.modules.d", "/etc/httpd/conf.modules.d",
                                                   "/var/lib/confgraph/module", Mechanism::LINES});
    CHECK(layout.of(Kind::CONF) ==
          core::Folders{"/etc/httpd/conf.d", "/etc/httpd/conf.d", "/var/lib/confgraph/conf", Mechanism::SUFFIX});
    CHECK(layout.of(Kind::SITE).mechanism == Mechanism::NONE);
}

TEST_CASE("openSUSE's folders") {
    World world;
    world.files.add_file("/etc/sysconfig/apache2");
    world.files.add_folder("/usr/lib/apache2");
    core::Layout layout = world.find().value();
    CHECK(layout.config == "/etc/apache2");
    CHECK(layout.mpm_servers == "/usr/sbin/httpd-");
    CHECK(layout.module_folder == "/usr/lib/apache2/");
    CHECK(layout.of(Kind::MODULE).mechanism == Mechanism::WORDS);
    CHECK(layout.of(Kind::MODULE).enabled == "/etc/sysconfig");
    CHECK(layout.of(Kind::MODULE).file == "apache2");
    CHECK(layout.of(Kind::CONF).enabled == "/etc/apache2/conf.d");
    CHECK(layout.of(Kind::SITE).enabled == "/etc/apache2/vhosts.d");
    CHECK(layout.of(Kind::SITE).mechanism == Mechanism::SUFFIX);
    world.files.add_folder("/usr/lib64/apache2");
    CHECK(world.find().value().module_folder == "/usr/lib64/apache2/");
}

TEST_CASE("ALT's folders") {
    World world;
    world.files.add_folder("/etc/httpd2/conf/mods-available");
    const core::Layout layout = world.find().value();
    CHECK(layout.config == "/etc/httpd2");
    CHECK(layout.server == "/usr/sbin/httpd2");
    CHECK(layout.mpm_servers == "/usr/sbin/httpd2.");
    CHECK(layout.of(Kind::MODULE) == core::Folders{"/etc/httpd2/conf/mods-available", "/etc/httpd2/conf/mods-enabled",
                                                   "/var/lib/confgraph/module", Mechanism::LINKS, "",
                                                   "/etc/httpd2/conf/mods-start.d"});
    CHECK(layout.of(Kind::CONF).available == "/etc/httpd2/conf/extra-available");
    CHECK(layout.of(Kind::SITE).enabled == "/etc/httpd2/conf/sites-enabled");
}

TEST_CASE("who names a layout gets it, and nothing is looked for") {
    World world;
    world.files.add_file(DEBIAN_CONFIG + "/envvars", "");
    CHECK(world.find(named(LayoutName::FEDORA)).value().config == "/etc/httpd");
    CHECK(world.files.log() == std::vector<std::string>{"read /etc/confgraph/layout.conf"});
    world.environment["APACHE_CONFDIR"] = "/srv/web";
    world.environment["APACHE_STATE_DIRECTORY"] = "/srv/state";
    world.environment["APACHE_CONF_ENABLED"] = "/srv/confs";
    world.environment["APACHE_MODS_ENABLED"] = "0";
    const core::Layout layout = world.find(named(LayoutName::FEDORA)).value();
    CHECK(layout.of(Kind::MODULE).enabled == "/srv/web/conf.modules.d");
    CHECK(layout.of(Kind::CONF).enabled == "/srv/confs");
    CHECK(layout.of(Kind::CONF).markers == "/srv/state/conf");
    CHECK(world.find(named(LayoutName::DEBIAN)).value().of(Kind::MODULE).enabled == "/srv/web/mods-enabled");
}

TEST_CASE("a configuration file names the layout and its folders") {
    World world;
    world.files.add_file(DEBIAN_CONFIG + "/envvars", "");
    world.settings(
        "layout=fedora\nconfig=/opt/web\nmodules-enabled=mods.d\nsites-enabled=/srv/sites\n"
        "server=/opt/httpd\nmodule-folder=/opt/modules\nstate=/opt/state\n");
    core::Layout layout = world.find().value();
    CHECK(layout.name == LayoutName::FEDORA);
    CHECK(layout.of(Kind::MODULE).enabled == "/opt/web/mods.d");
    CHECK(layout.of(Kind::SITE).enabled == "/srv/sites");
    CHECK(layout.of(Kind::SITE).mechanism == Mechanism::SUFFIX);
    CHECK(layout.server == "/opt/httpd");
    CHECK(layout.module_folder == "/opt/modules/");
    CHECK(layout.state == "/opt/state");
    // The environment comes first, and what is said of one layout holds for no other.
    world.environment["APACHE_CONFDIR"] = "/srv/web";
    CHECK(world.find().value().of(Kind::MODULE).enabled == "/srv/web/mods.d");
    world.environment.clear();
    CHECK(world.find(named(LayoutName::ALT)).value().config == "/etc/httpd2");
    // Another file can be named.
    world.environment["APACHE_CONFGRAPH_LAYOUT"] = "/srv/layout";
    world.files.add_file("/srv/layout", "layout = suse\nsysconfig = /srv/sysconfig/web\n");
    layout = world.find().value();
    CHECK(layout.name == LayoutName::SUSE);
    CHECK(layout.of(Kind::MODULE).enabled == "/srv/sysconfig");
    CHECK(layout.of(Kind::MODULE).file == "web");
}

TEST_CASE("Debian's folders can be set as well") {
    World world;
    world.settings("layout=debian\nconfig=/opt/web\nmodules-enabled=on\nstate=/opt/state\nserver=/opt/server\n");
    world.files.add_file("/opt/web/envvars", "");
    core::Layout layout = world.find().value();
    CHECK(layout.name == LayoutName::DEBIAN);
    CHECK(layout.of(Kind::MODULE) == core::Folders{"/opt/web/mods-available", "/opt/web/on", "/opt/state/module"});
    CHECK(layout.server == "/opt/server");
    CHECK(layout.envvars == "/opt/web/envvars");
    layout = world.find({.instance = "two"}).value();
    CHECK(layout.config == "/opt/web-two");
    world.environment["APACHE_MODS_ENABLED"] = "/srv/on";
    CHECK(world.find().value().of(Kind::MODULE).enabled == "/srv/on");
}

TEST_CASE("settings without a layout hold for the one that is found") {
    World world;
    world.settings("config=/opt/web\n");
    CHECK(world.find().value().name == LayoutName::DEBIAN);
    CHECK(world.find().value().config == "/opt/web");
    world.files.add_folder("/opt/web/conf.modules.d");
    CHECK(world.find().value().name == LayoutName::FEDORA);
    CHECK(world.find().value().config == "/opt/web");
}

TEST_CASE("a configuration file that makes no sense is an error, and so is one that cannot be read") {
    World world;
    world.settings("layout=debian\nnonsense\n");
    auto layout = world.find();
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code() == ErrorCode::LAYOUT_MALFORMED);
    CHECK(layout.error().path() == io::LAYOUT_FILE);
    CHECK(layout.error().line() == 2);
    CHECK(layout.error().text() == "nonsense");
    world.files.deny(io::LAYOUT_FILE);
    CHECK(world.find().error().code() == ErrorCode::CANNOT_READ);
    CHECK(world.find().error().system_error() == EACCES);
    world.environment["APACHE_CONFGRAPH_LAYOUT"] = "/nowhere";
    CHECK(world.find().error().path() == "/nowhere");
    CHECK(world.find().error().system_error() == ENOENT);
    world.files.add_file("/nowhere", std::string(100'000, '#'));
    CHECK(world.find().error().system_error() == EFBIG);
}

TEST_CASE("only Debian's layout has instances") {
    World world;
    CHECK(world.find({.instance = "two"}).value().config == DEBIAN_CONFIG + "-two");
    const auto refused = world.find({.instance = "two", .name = LayoutName::ALT});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == ErrorCode::NO_INSTANCES);
    CHECK(refused.error().path() == "/etc/httpd2");
    CHECK(refused.error().text() == "alt");
    world.files.add_folder("/etc/httpd/conf.modules.d");
    CHECK(world.find({.instance = "two"}).error().text() == "fedora");
    world.files.add_file(DEBIAN_CONFIG + "-two/envvars", "");
    CHECK(world.find({.instance = "two"}).ok());
}

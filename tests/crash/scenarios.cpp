// SPDX-License-Identifier: Apache-2.0
#include "scenarios.hpp"

namespace crash {

namespace {

constexpr int MANY_SITES = 500;

const std::string ENABLED = "conf/mods-enabled/";
const std::string BY_ADMIN = "state/module/enabled_by_admin/";
const std::string TO_PREFORK = "a2dismod -f mpm_event && a2enmod mpm_prefork";
const std::string TO_EVENT = "a2dismod -f mpm_prefork && a2enmod mpm_event";

/// An enabled module that declares to depend on an MPM, and can be loaded.
void depend_on_mpm(Tree & tree, const std::string & name, const std::string & mpm) {
    tree.write("mods-available/" + name + ".load",
               "# Depends: " + mpm + "\nLoadModule echo_module /usr/lib/apache2/modules/mod_echo.so\n");
    tree.enable_module(name);
}

void use_prefork(Tree & tree) {
    tree.disable_module("mpm_event");
    tree.enable_module("mpm_prefork");
}

void use_none(Tree & tree) { tree.disable_module("mpm_event"); }

void use_all(Tree & tree) {
    tree.enable_module("mpm_prefork");
    tree.enable_module("mpm_worker");
}

void use_cgid(Tree & tree) { tree.enable_module("cgid"); }

void use_proxies(Tree & tree) {
    for (const char * name :
         {"proxy", "proxy_http", "proxy_ajp", "proxy_fcgi", "proxy_ftp", "proxy_wstunnel", "slotmem_shm",
          "proxy_balancer", "lbmethod_byrequests", "lbmethod_bytraffic", "xml2enc", "proxy_html"}) {
        tree.enable_module(name);
    }
}

void add_sites(Tree & tree, int count) {
    for (int i = 0; i < count; ++i) {
        const std::string name = "shop" + std::to_string(i);
        tree.write("sites-available/" + name + ".conf",
                   "<VirtualHost *:80>\n\tServerName " + name + ".example\n</VirtualHost>\n");
    }
}

void add_confs(Tree & tree) {
    for (const std::string name : {"first", "second", "third"}) {
        tree.write("conf-available/" + name + ".conf", "SetEnv CRASH_" + name + " yes\n");
    }
}

void enable_confs(Tree & tree) {
    add_confs(tree);
    for (const std::string name : {"first", "second", "third"}) {
        tree.enable("conf", name + ".conf");
        tree.marker("conf", "enabled_by_admin", name);
    }
}

/// A configuration that only the MPM event can be used with.
void insist_on_event(Tree & tree) {
    tree.write("conf-available/insist.conf", "<IfModule !mpm_event_module>\n\tThisNeedsEvent yes\n</IfModule>\n");
    tree.enable("conf", "insist.conf");
}

Scenario make(const std::string & name, const std::string & group, const Words & command,
              const std::string & originals) {
    Scenario scenario;
    scenario.name = name;
    scenario.group = group;
    scenario.command = command;
    scenario.originals = originals;
    return scenario;
}

/// Each entry of the folder costs two calls when it is copied, which are like all others: most scenarios do with few.
void use_few(Tree & tree) {
    for (const char * name : {"access_compat", "auth_basic", "authn_core", "authn_file", "authz_user", "autoindex",
                              "deflate", "filter", "negotiation", "reqtimeout", "setenvif", "status"}) {
        tree.disable_module(name);
    }
}

/// A scenario with fewer modules enabled.
Scenario few(Scenario scenario) {
    scenario.setup = [setup = scenario.setup](Tree & tree) {
        use_few(tree);
        setup(tree);
    };
    return scenario;
}

Scenario switch_to_prefork(const std::string & name, const std::string & group) {
    Scenario scenario = make(name, group, {"a2mpm", "--no-test", "prefork"}, TO_PREFORK);
    scenario.brings = {ENABLED + "mpm_prefork.load", ENABLED + "mpm_prefork.conf", BY_ADMIN + "mpm_prefork"};
    scenario.removes = {ENABLED + "mpm_event.load", ENABLED + "mpm_event.conf"};
    scenario.questions = {{"-m", "mpm_event"}, {"-m", "mpm_prefork"}};
    return scenario;
}

Scenario enable_closure(const std::string & name, const std::string & group) {
    Scenario scenario = make(name, group, {"a2enmod", "proxy_balancer", "ssl"}, "a2enmod proxy_balancer ssl");
    scenario.brings = {ENABLED + "proxy.load",       ENABLED + "proxy.conf", ENABLED + "proxy_balancer.load",
                       ENABLED + "slotmem_shm.load", ENABLED + "ssl.load",   BY_ADMIN + "ssl"};
    scenario.questions = {{"-m", "ssl"}, {"-m", "proxy"}};
    return scenario;
}

Scenario disable_proxies(const std::string & name, const std::string & group) {
    Scenario scenario = make(name, group, {"a2dismod", "-f", "proxy"}, "a2dismod -f proxy");
    scenario.setup = use_proxies;
    scenario.removes = {ENABLED + "proxy.load", ENABLED + "proxy.conf", ENABLED + "proxy_balancer.load",
                        ENABLED + "lbmethod_bytraffic.load", "state/module/enabled_by_maint/proxy"};
    scenario.brings = {"state/module/disabled_by_admin/proxy", "state/module/disabled_by_admin/lbmethod_bytraffic"};
    scenario.questions = {{"-m", "proxy"}, {"-m", "proxy_html"}};
    return scenario;
}

Scenario some_confs(const std::string & name, const std::string & group) {
    Scenario scenario = make(name, group, {"a2enconf", "first", "second", "third"}, "a2enconf first second third");
    scenario.way = Way::LINKS;
    scenario.setup = add_confs;
    scenario.brings = {"conf/conf-enabled/first.conf", "conf/conf-enabled/third.conf"};
    scenario.questions = {{"-c"}, {"-c", "third"}};
    return scenario;
}

std::vector<Scenario> module_scenarios() {
    std::vector<Scenario> all;

    Scenario deep =
        make("enable_deep", "modules", {"a2enmod", "authnz_ldap", "proxy_balancer", "lbmethod_byrequests", "ssl"},
             "a2enmod authnz_ldap proxy_balancer lbmethod_byrequests ssl");
    deep.brings = {ENABLED + "ldap.load", ENABLED + "authnz_ldap.load", ENABLED + "proxy.conf",
                   ENABLED + "socache_shmcb.load", BY_ADMIN + "lbmethod_byrequests"};
    deep.questions = {{"-m", "ssl"}, {"-m", "ldap"}};
    all.push_back(deep);

    Scenario maint = make("enable_maint", "modules", {"a2enmod", "-m", "proxy_http"}, "a2enmod -m proxy_http");
    maint.setup = [](Tree & tree) { tree.marker("module", "disabled_by_admin", "proxy_http"); };
    maint.brings = {ENABLED + "proxy_http.load", "state/module/enabled_by_maint/proxy_http"};
    maint.removes = {"state/module/disabled_by_admin/proxy_http"};
    maint.questions = {{"-m", "proxy_http"}};
    all.push_back(few(maint));

    Scenario cgi = make("enable_cgi", "modules", {"a2enmod", "cgi"}, "a2enmod cgi");
    cgi.brings = {ENABLED + "cgid.load", ENABLED + "cgid.conf", BY_ADMIN + "cgid"};
    cgi.questions = {{"-m", "cgid"}};
    all.push_back(few(cgi));

    Scenario one = make("one_link", "modules", {"a2enmod", "rewrite"}, "a2enmod rewrite");
    one.way = Way::LINKS;
    one.brings = {ENABLED + "rewrite.load", BY_ADMIN + "rewrite"};
    one.questions = {{"-m", "rewrite"}};
    all.push_back(one);

    all.push_back(disable_proxies("disable_forced", "modules"));

    Scenario purge = make("purge", "modules", {"a2dismod", "-p", "-f", "proxy"}, "a2dismod -p -f proxy");
    purge.setup = use_proxies;
    purge.removes = {ENABLED + "proxy.load", ENABLED + "proxy_html.conf", "state/module/enabled_by_maint/proxy"};
    purge.questions = {{"-m", "proxy"}};
    all.push_back(few(purge));

    Scenario purge_marker = make("purge_marker", "modules", {"a2dismod", "-p", "rewrite"}, "a2dismod -p rewrite");
    purge_marker.way = Way::LINKS;
    purge_marker.setup = [](Tree & tree) { tree.marker("module", "disabled_by_admin", "rewrite"); };
    purge_marker.removes = {"state/module/disabled_by_admin/rewrite"};
    purge_marker.questions = {{"-m", "rewrite"}};
    all.push_back(purge_marker);

    Scenario elsewhere = enable_closure("state_elsewhere_enable", "modules");
    elsewhere.place = Place::STATE_ELSEWHERE;
    all.push_back(few(elsewhere));
    return all;
}

std::vector<Scenario> mpm_scenarios() {
    std::vector<Scenario> all;

    all.push_back(switch_to_prefork("switch_prefork", "mpm"));

    Scenario event = make("switch_event", "mpm", {"a2mpm", "--no-test", "mpm_event"}, TO_EVENT);
    event.setup = use_prefork;
    event.brings = {ENABLED + "mpm_event.load", ENABLED + "mpm_event.conf"};
    event.removes = {ENABLED + "mpm_prefork.load", ENABLED + "mpm_prefork.conf"};
    event.questions = {{"-m", "mpm_event"}};
    all.push_back(few(event));

    Scenario tested = switch_to_prefork("switch_tested", "mpm");
    tested.command = {"a2mpm", "prefork"};
    tested.originals.clear();
    all.push_back(tested);

    Scenario cgid = switch_to_prefork("switch_cgid", "mpm");
    cgid.setup = use_cgid;
    cgid.originals.clear();  // they leave cgid
    cgid.brings.push_back(ENABLED + "cgi.load");
    cgid.removes.push_back(ENABLED + "cgid.load");
    cgid.removes.push_back(ENABLED + "cgid.conf");
    all.push_back(few(cgid));

    Scenario forced = switch_to_prefork("switch_forced", "mpm");
    forced.command = {"a2mpm", "--no-test", "--force", "mpm_prefork"};
    forced.setup = [](Tree & tree) { depend_on_mpm(tree, "threads", "mpm_event"); };
    forced.removes.push_back(ENABLED + "threads.load");
    all.push_back(few(forced));

    Scenario zero = make("zero_to_one", "mpm", {"a2mpm", "--no-test", "prefork"}, "a2enmod mpm_prefork");
    zero.setup = use_none;
    zero.broken = true;
    zero.brings = {ENABLED + "mpm_prefork.load"};
    all.push_back(few(zero));

    Scenario several =
        make("several_to_one", "mpm", {"a2mpm", "--no-test", "prefork"}, "a2dismod -f mpm_event mpm_worker");
    several.setup = use_all;
    several.broken = true;
    several.removes = {ENABLED + "mpm_event.load", ENABLED + "mpm_worker.load", ENABLED + "mpm_worker.conf"};
    all.push_back(few(several));

    Scenario refused = make("switch_refused", "mpm", {"a2mpm", "prefork"}, "");
    refused.setup = insist_on_event;
    refused.status = 1;
    all.push_back(refused);

    Scenario elsewhere = switch_to_prefork("state_elsewhere_switch", "mpm");
    elsewhere.place = Place::STATE_ELSEWHERE;
    all.push_back(few(elsewhere));
    return all;
}

std::vector<Scenario> link_scenarios() {
    std::vector<Scenario> all;

    all.push_back(some_confs("enable_confs", "links"));

    Scenario confs = make("disable_confs", "links", {"a2disconf", "first", "second"}, "a2disconf first second");
    confs.way = Way::LINKS;
    confs.setup = enable_confs;
    confs.brings = {"state/conf/disabled_by_admin/first"};
    confs.removes = {"conf/conf-enabled/first.conf", "conf/conf-enabled/second.conf",
                     "state/conf/enabled_by_admin/first"};
    confs.questions = {{"-c"}, {"-c", "first"}};
    all.push_back(confs);

    Scenario sites = make("some_sites", "links", {"a2ensite", "shop*"}, "a2ensite 'shop*'");
    sites.way = Way::LINKS;
    sites.setup = [](Tree & tree) { add_sites(tree, 5); };
    sites.brings = {"conf/sites-enabled/shop4.conf", "state/site/enabled_by_admin/shop0"};
    sites.questions = {{"-s"}, {"-s", "shop3"}};
    all.push_back(sites);

    Scenario elsewhere = some_confs("state_elsewhere_confs", "links");
    elsewhere.place = Place::STATE_ELSEWHERE;
    all.push_back(elsewhere);

    Scenario many = make("many_sites", "sites", {"a2ensite", "shop*"}, "");
    many.way = Way::LINKS;
    many.setup = [](Tree & tree) { add_sites(tree, MANY_SITES); };
    many.brings = {"conf/sites-enabled/shop0.conf", "conf/sites-enabled/shop499.conf",
                   "state/site/enabled_by_admin/shop499"};
    many.questions = {{"-s"}};
    many.many = true;
    all.push_back(many);
    return all;
}

std::vector<Scenario> ordered_scenarios() {
    std::vector<Scenario> all;
    const auto add = [&](Scenario scenario, Place place) {
        scenario.place = place;
        scenario.way = Way::ORDERED;
        all.push_back(std::move(scenario));
    };
    add(switch_to_prefork("bind_switch", "ordered"), Place::BIND);
    add(enable_closure("bind_enable", "ordered"), Place::BIND);
    add(disable_proxies("bind_disable", "ordered"), Place::BIND);

    Scenario cgid = switch_to_prefork("bind_switch_cgid", "ordered");
    cgid.setup = [](Tree & tree) {
        use_cgid(tree);
        depend_on_mpm(tree, "threads", "mpm_event");
    };
    cgid.command = {"a2mpm", "--no-test", "-f", "prefork"};
    cgid.originals.clear();
    cgid.brings.push_back(ENABLED + "cgi.load");
    cgid.removes.push_back(ENABLED + "threads.load");
    add(cgid, Place::BIND);

    Scenario several = make("bind_several", "ordered", {"a2mpm", "--no-test", "worker"}, "");
    several.setup = [](Tree & tree) { tree.enable_module("mpm_prefork"); };
    several.broken = true;
    several.brings = {ENABLED + "mpm_worker.load"};
    several.removes = {ENABLED + "mpm_event.load", ENABLED + "mpm_prefork.load"};
    add(several, Place::BIND);

    Scenario tested = switch_to_prefork("overlay_switch", "ordered");
    tested.command = {"a2mpm", "prefork"};
    add(tested, Place::OVERLAY);
    add(enable_closure("overlay_enable", "ordered"), Place::OVERLAY);

    Scenario refused = make("overlay_refused", "ordered", {"a2mpm", "prefork"}, "");
    refused.setup = insist_on_event;
    refused.status = 1;
    add(refused, Place::OVERLAY);

    add(switch_to_prefork("symlink_switch", "ordered"), Place::SYMLINK);
    for (std::string & path : all.back().brings) {
        path = path.starts_with(ENABLED) ? "conf/mods-chosen/" + path.substr(ENABLED.size()) : path;
    }
    for (std::string & path : all.back().removes) {
        path = "conf/mods-chosen/" + path.substr(ENABLED.size());
    }
    add(few(switch_to_prefork("subfolder_switch", "ordered")), Place::SUBFOLDER);
    return all;
}

/// In a system that does not run.
std::vector<Scenario> root_scenarios() {
    std::vector<Scenario> all;
    Scenario one = make("root_link", "roots", {"a2enmod", "rewrite"}, "");
    one.way = Way::LINKS;
    one.brings = {ENABLED + "rewrite.load", BY_ADMIN + "rewrite"};
    one.questions = {{"-m", "rewrite"}};
    all.push_back(one);
    all.push_back(few(switch_to_prefork("root_switch", "roots")));
    all.push_back(some_confs("root_confs", "roots"));
    Scenario recover = switch_to_prefork("root_recover_switch", "roots");
    recover.manner = Manner::RECOVERY;
    recover.stride = 6;
    all.push_back(few(recover));
    for (Scenario & scenario : all) {
        scenario.place = Place::ROOT;
        scenario.originals.clear();
    }
    return all;
}

/// Those in which two things go wrong.
std::vector<Scenario> recovery_scenarios() {
    std::vector<Scenario> all;
    const auto add = [&](Scenario scenario, Manner manner, Place place, Way way, std::size_t stride) {
        scenario.manner = manner;
        scenario.place = place;
        scenario.way = way;
        scenario.stride = stride;
        scenario.originals.clear();
        all.push_back(few(std::move(scenario)));
    };
    Scenario disable = disable_proxies("recover_disable", "recovery");
    disable.setup = [](Tree & tree) {
        for (const char * name : {"proxy", "proxy_http", "xml2enc", "proxy_html"}) {
            tree.enable_module(name);
        }
    };
    disable.removes = {ENABLED + "proxy.load", ENABLED + "proxy.conf", ENABLED + "proxy_html.load"};
    disable.brings = {"state/module/disabled_by_admin/proxy"};
    Scenario enable = make("undo_enable", "recovery", {"a2enmod", "proxy_http"}, "");
    enable.brings = {ENABLED + "proxy.conf", ENABLED + "proxy_http.load"};
    add(switch_to_prefork("recover_switch", "recovery"), Manner::RECOVERY, Place::PLAIN, Way::EXCHANGE, 3);
    add(switch_to_prefork("recover_bind_switch", "recovery"), Manner::RECOVERY, Place::BIND, Way::ORDERED, 2);
    add(disable, Manner::RECOVERY, Place::PLAIN, Way::EXCHANGE, 8);
    add(some_confs("recover_confs", "recovery"), Manner::RECOVERY, Place::STATE_ELSEWHERE, Way::LINKS, 2);
    add(switch_to_prefork("undo_switch", "recovery"), Manner::UNDOING, Place::PLAIN, Way::EXCHANGE, 1);
    add(switch_to_prefork("undo_bind_switch", "recovery"), Manner::UNDOING, Place::BIND, Way::ORDERED, 1);
    add(enable, Manner::UNDOING, Place::PLAIN, Way::EXCHANGE, 3);
    add(some_confs("undo_confs", "recovery"), Manner::UNDOING, Place::PLAIN, Way::LINKS, 1);
    return all;
}

}  // namespace

std::vector<Scenario> scenarios() {
    std::vector<Scenario> all;
    for (auto part :
         {module_scenarios, mpm_scenarios, link_scenarios, ordered_scenarios, root_scenarios, recovery_scenarios}) {
        for (Scenario & scenario : part()) {
            all.push_back(std::move(scenario));
        }
    }
    return all;
}

std::vector<Scenario> file_scenarios() {
    std::vector<Scenario> all;
    const auto add = [&](const std::string & name, const Words & command, Way way) -> Scenario & {
        Scenario scenario = make(name, "files", command, "");
        scenario.command.insert(scenario.command.begin(), "edit");
        scenario.shape = Shape::FILES;
        scenario.way = way;
        scenario.questions = {command.front() == "words" ? Words{"ask", "words"} : Words{"ask"}};
        all.push_back(std::move(scenario));
        return all.back();
    };
    const std::string modules = "conf/conf.modules.d/";
    const auto place = [](Scenario & scenario, Manner manner, Place at, std::size_t stride) {
        scenario.manner = manner;
        scenario.place = at;
        scenario.stride = stride;
    };
    const auto use_unique_id = [](Tree & tree) {
        tree.write("conf.modules.d/10-unique_id.conf", "LoadModule unique_id_module modules/mod_unique_id.so\n");
        tree.adorn("conf.modules.d/10-unique_id.conf");
        tree.marker("module", "enabled_by_admin", "unique_id");
    };
    const Words to_prefork = {"modules", "-mpm_event", "+mpm_prefork"};
    const Words several = {"modules", "+slotmem_shm", "+proxy", "+proxy_balancer", "+unique_id"};
    const Words fewer = {"modules", "-unique_id", "-env", "-mime", "-mpm_event", "+mpm_prefork"};

    // One file: one rename, and nothing in between.
    add("file_switch", to_prefork, Way::EXCHANGE).brings = {"state/module/enabled_by_admin/mpm_prefork"};
    add("file_comes", {"modules", "+unique_id"}, Way::EXCHANGE).brings = {modules + "10-unique_id.conf"};
    Scenario & goes = add("file_goes", {"modules", "-unique_id"}, Way::EXCHANGE);
    goes.setup = use_unique_id;
    goes.removes = {modules + "10-unique_id.conf", "state/module/enabled_by_admin/unique_id"};
    add("file_words", {"words", "+ssl", "-alias"}, Way::EXCHANGE).brings = {"state/module/enabled_by_admin/ssl"};

    // Several files: one exchange of their folder.
    add("files_enable", several, Way::EXCHANGE).brings = {modules + "10-unique_id.conf"};
    Scenario & disable = add("files_disable", fewer, Way::EXCHANGE);
    disable.setup = use_unique_id;
    disable.removes = {modules + "10-unique_id.conf", "state/module/enabled_by_admin/unique_id"};
    Scenario & elsewhere = add("files_elsewhere", several, Way::EXCHANGE);
    elsewhere.place = Place::STATE_ELSEWHERE;

    // Where that is impossible, one by one.
    add("files_bind", several, Way::ORDERED).place = Place::BIND;
    Scenario & bind_disable = add("files_bind_disable", fewer, Way::ORDERED);
    bind_disable.setup = use_unique_id;
    bind_disable.place = Place::BIND;
    add("files_overlay", several, Way::ORDERED).place = Place::OVERLAY;
    add("files_subfolder", several, Way::ORDERED).place = Place::SUBFOLDER;

    Scenario & confs = add("file_names", {"confs", "+first", "+third", "-charset"}, Way::LINKS);
    confs.brings = {"conf/conf.d/first.conf", "conf/conf.d/charset.conf.disabled"};
    confs.removes = {"conf/conf.d/third.conf.disabled"};

    // Two things go wrong.
    place(add("recover_file", to_prefork, Way::EXCHANGE), Manner::RECOVERY, Place::PLAIN, 2);
    place(add("recover_files", several, Way::EXCHANGE), Manner::RECOVERY, Place::PLAIN, 5);
    place(add("recover_files_bind", several, Way::ORDERED), Manner::RECOVERY, Place::BIND, 3);
    place(add("recover_names", {"confs", "+first", "-charset"}, Way::LINKS), Manner::RECOVERY, Place::PLAIN, 2);
    place(add("undo_file", to_prefork, Way::EXCHANGE), Manner::UNDOING, Place::PLAIN, 1);
    place(add("undo_files", several, Way::EXCHANGE), Manner::UNDOING, Place::PLAIN, 2);
    place(add("undo_files_bind", fewer, Way::ORDERED), Manner::UNDOING, Place::BIND, 2);
    all.back().setup = use_unique_id;
    place(add("undo_names", {"confs", "+first", "-charset"}, Way::LINKS), Manner::UNDOING, Place::PLAIN, 1);
    return all;
}

std::vector<Scenario> faulty_scenarios() {
    std::vector<Scenario> all;
    for (const std::string name :
         {"sound", "torn", "zero", "two", "marker", "leaves", "refused", "status", "repeats", "reader"}) {
        Scenario scenario = make(name, "selftest", {"faulty", name}, "");
        scenario.way = name == "refused" ? Way::ORDERED : Way::EXCHANGE;
        if (name == "reader") {
            scenario.questions = {{"ask"}};
        } else if (name == "refused") {
            scenario.setup = [](Tree & tree) {
                tree.enable_module("proxy");
                tree.enable_module("proxy_http");
            };
        }
        all.push_back(std::move(scenario));
    }
    return all;
}

}  // namespace crash

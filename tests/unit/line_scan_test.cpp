// SPDX-License-Identifier: Apache-2.0
#include "io/line_scan.hpp"

#include "core/check.hpp"
#include "core/mpm.hpp"
#include "core/planner.hpp"
#include "io/scan.hpp"
#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/names.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

using namespace confgraph;
using Lines = std::vector<std::string>;

namespace {

const std::string LINES = "/etc/httpd/conf.modules.d";
const std::string CONFS = "/etc/httpd/conf.d";

/// A configuration of LoadModule lines on a file system in memory.
struct Tree {
    Tree() {
        layout.name = LayoutName::FEDORA;
        layout.config = "/etc/httpd";
        layout.state = "/var/lib/confgraph";
        layout.server = "/usr/sbin/httpd";
        layout.module_folder = "/etc/httpd/modules/";
        layout.of(Kind::MODULE) = {LINES, LINES, layout.state + "/module", core::Mechanism::LINES};
        layout.of(Kind::CONF) = {CONFS, CONFS, layout.state + "/conf", core::Mechanism::SUFFIX};
        layout.of(Kind::SITE) = {"", "", layout.state + "/site", core::Mechanism::NONE};
        files.add_folder(LINES);
        files.add_folder(CONFS);
        files.add_folder("/etc/httpd/modules");
    }

    void add(const std::string & name, const std::string & text) { files.add_file(LINES + "/" + name, text); }
    void add_binaries(const Lines & names) {
        for (const std::string & name : names) {
            files.add_file("/etc/httpd/modules/mod_" + name + ".so");
        }
    }
    /// One of the server's own binaries, under a name.
    void add_real_binary(const std::string & file) {
        files.add_file("/etc/httpd/modules/" + file, test::whole_file(test::module_binary(file)));
    }

    core::Catalog all() const {
        auto catalog = io::scan_all(files, layout);
        REQUIRE(catalog);
        return std::move(catalog).value();
    }

    core::Plan plan(Action action, const Lines & names, Kind kind = Kind::MODULE) const {
        core::Request request;
        request.action = action;
        request.kind = kind;
        request.arguments = names;
        const auto catalog = io::scan_for(files, layout, request);
        REQUIRE(catalog);
        return core::make_plan(catalog.value(), request);
    }

    test::MemoryFileSystem files;
    core::Layout layout;
};

std::string line_of(const std::string & name, bool active = true) {
    return std::string(active ? "" : "#") + "LoadModule " + name + "_module modules/mod_" + name + ".so\n";
}

Lines enabled(const core::Catalog & catalog, Kind kind = Kind::MODULE) {
    Lines names;
    for (const core::Entry & entry : catalog.entries) {
        if (entry.kind == kind && entry.enabled()) {
            names.push_back(entry.name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

const core::Entry & get(const core::Catalog & catalog, const std::string & name) {
    const core::EntryId id = catalog.find(Kind::MODULE, name);
    REQUIRE(id != core::NO_ENTRY);
    return catalog.entries[id];
}

/// "CODE path:line before -> after" for each operation on a file.
Lines edits(const core::Plan & plan) {
    Lines found;
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            const std::string code = test::name_of(operation.code);
            if (code == "EDIT_LINE") {
                found.push_back(code + " " + operation.path + ":" + std::to_string(operation.line) + " " +
                                operation.replaced_target + " -> " + operation.target);
            } else if (code == "RENAME_FILE") {
                found.push_back(code + " " + operation.replaced_path + " -> " + operation.path);
            } else if (code == "CREATE_FILE" || code == "REMOVE_FILE") {
                found.push_back(code + " " + operation.path);
            }
        }
    }
    return found;
}

/// "CODE subject object path" and each place, for each error.
Lines errors(const core::Plan & plan) {
    Lines found;
    for (const core::Notice & notice : plan.notices) {
        if (notice.severity == Severity::ERROR) {
            std::string & text = found.emplace_back(test::name_of(notice.code) + " " + notice.subject);
            text += notice.object.empty() ? "" : " " + notice.object;
            text += notice.path.empty() ? "" : " " + notice.path;
            for (const core::Location & location : notice.where) {
                text += " " + location.file + ":" + std::to_string(location.line);
            }
        }
    }
    return found;
}

}  // namespace

TEST_CASE("lines and binaries make entries") {
    Tree tree;
    tree.add("00-base.conf", line_of("alias") + line_of("rewrite", false) + line_of("gone", false) + line_of("lost"));
    tree.add("00-mpm.conf", line_of("mpm_prefork", false) + line_of("mpm_event"));
    tree.add("README", line_of("readme"));
    tree.add(".hidden.conf", line_of("hidden"));
    tree.add_binaries({"alias", "rewrite", "mpm_event", "mpm_prefork", "extra"});
    const core::Catalog catalog = tree.all();
    CHECK(enabled(catalog) == Lines{"alias", "lost", "mpm_event"});
    CHECK(catalog.find(Kind::MODULE, "readme") == core::NO_ENTRY);
    CHECK(catalog.find(Kind::MODULE, "hidden") == core::NO_ENTRY);
    CHECK(get(catalog, "rewrite").available);
    CHECK(get(catalog, "extra").available);
    CHECK_FALSE(get(catalog, "gone").available);
    CHECK(get(catalog, "lost").available);
    CHECK(get(catalog, "rewrite").file == LINES + "/00-base.conf");
    CHECK(get(catalog, "rewrite").place->line == 2);
    CHECK(core::is_mpm(get(catalog, "mpm_prefork")));
    CHECK(get(catalog, "lost").facts.load_modules.front().presence == Presence::MISSING);
}

TEST_CASE("enabling and disabling switch the comment of one line") {
    Tree tree;
    const std::string text = "# about\n" + line_of("proxy") + "# \tLoadModule x_module modules/mod_x.so\r\n";
    tree.add("00-base.conf", text);
    tree.add_binaries({"proxy", "x"});
    const core::Plan plan = tree.plan(Action::ENABLE, {"x"});
    CHECK(edits(plan) == Lines{"EDIT_LINE " + LINES +
                               "/00-base.conf:3 # \tLoadModule x_module modules/mod_x.so\r ->  \tLoadModule x_module "
                               "modules/mod_x.so\r"});
    CHECK(plan.texts == std::map<std::string, std::string>{{LINES + "/00-base.conf", text}});
    CHECK(plan.needs_reload);
    CHECK(edits(tree.plan(Action::DISABLE, {"proxy"})) ==
          Lines{"EDIT_LINE " + LINES +
                "/00-base.conf:2 LoadModule proxy_module modules/mod_proxy.so -> #LoadModule proxy_module "
                "modules/mod_proxy.so"});
    CHECK(tree.plan(Action::DISABLE, {"x"}).steps.empty());
    CHECK(tree.plan(Action::ENABLE, {"proxy"}).steps.empty());
}

TEST_CASE("a module can be named in many ways") {
    Tree tree;
    tree.add("00-base.conf", line_of("rewrite", false) + "#LoadModule mod_shib modules/mod_shib.so\n");
    tree.add_binaries({"rewrite", "shib"});
    for (const std::string name : {"rewrite", "mod_rewrite", "rewrite_module", "mod_rewrite.so", "rew*", "mod_rew*"}) {
        INFO(name);
        const core::Plan plan = tree.plan(Action::ENABLE, {name});
        REQUIRE(plan.units.size() == 1);
        CHECK(plan.units.front() == core::Unit{"rewrite", UnitState::CHANGES});
    }
    CHECK(tree.plan(Action::ENABLE, {"mod_shib"}).units.front() == core::Unit{"shib", UnitState::CHANGES});
    CHECK(errors(tree.plan(Action::ENABLE, {"mod_rewrit"})) == Lines{"NOT_FOUND rewrit"});
}

TEST_CASE("dependencies come from the table, and from magic comments where there are any") {
    Tree tree;
    tree.add("00-proxy.conf", line_of("proxy", false) + line_of("proxy_http", false) + "# Depends: other\n" +
                                  line_of("proxy_ftp", false));
    tree.add("00-base.conf", line_of("other", false) + line_of("third", false));
    tree.add("10-third.conf", "# Depends: proxy\n\n" + line_of("fourth", false) + line_of("fifth", false));
    tree.add_binaries({"proxy", "proxy_http", "proxy_ftp", "other", "third", "fourth", "fifth"});
    const core::Catalog catalog = tree.all();
    const auto depends = [&](const std::string & name) {
        Lines found;
        for (const core::Reference & reference : get(catalog, name).facts.depends) {
            found.push_back(reference.name + ":" + std::to_string(reference.line));
        }
        return found;
    };
    CHECK(depends("proxy_http") == Lines{"proxy:2"});
    CHECK(depends("proxy_ftp") == Lines{"other:3"});
    CHECK(depends("third").empty());
    CHECK(depends("fourth") == Lines{"proxy:1"});
    CHECK(depends("fifth") == Lines{"proxy:1"});
    CHECK(edits(tree.plan(Action::ENABLE, {"proxy_http"})).size() == 2);
    // What is neither there nor part of the server is missed; with no server to ask, nothing is.
    tree.add("00-proxy.conf", line_of("proxy_http"));
    tree.files.erase("/etc/httpd/modules/mod_proxy.so");
    CHECK(get(tree.all(), "proxy_http").facts.depends.empty());
    tree.files.add_file("/usr/sbin/httpd", test::whole_file(test::SERVER_BINARY));
    CHECK(get(tree.all(), "proxy_http").facts.depends.size() == 1);
    tree.add("00-base.conf", line_of("logio", false));
    tree.add_binaries({"logio"});
    CHECK(get(tree.all(), "logio").facts.depends.empty());
}

TEST_CASE("an MPM takes the place of the other in one file") {
    Tree tree;
    tree.add("00-mpm.conf", line_of("mpm_prefork", false) + "\n" + line_of("mpm_event"));
    tree.add_binaries({"mpm_prefork", "mpm_event"});
    const core::Plan plan = tree.plan(Action::SWITCH, {"prefork"});
    CHECK(
        edits(plan) ==
        Lines{"EDIT_LINE " + LINES +
                  "/00-mpm.conf:1 #LoadModule mpm_prefork_module modules/mod_mpm_prefork.so -> LoadModule "
                  "mpm_prefork_module modules/mod_mpm_prefork.so",
              "EDIT_LINE " + LINES +
                  "/00-mpm.conf:3 LoadModule mpm_event_module modules/mod_mpm_event.so -> #LoadModule mpm_event_module "
                  "modules/mod_mpm_event.so"});
    CHECK(edits(tree.plan(Action::SWITCH, {"event"})).empty());
    CHECK(errors(tree.plan(Action::ENABLE, {"mpm_prefork"})).size() == 1);
    const auto mpms = [&] {
        Lines found;
        for (const core::Finding & finding : core::check(tree.all())) {
            found.push_back(test::name_of(finding.code));
        }
        return found;
    };
    CHECK(mpms().empty());
    tree.add("00-mpm.conf", line_of("mpm_prefork") + line_of("mpm_event"));
    CHECK(mpms() == Lines{"SEVERAL_MPMS", "CONFLICT"});
    tree.add("00-mpm.conf", line_of("mpm_prefork", false) + line_of("mpm_event", false));
    CHECK(mpms() == Lines{"NO_MPM"});
}

TEST_CASE("what cannot be edited with certainty is refused with its place and the reason") {
    Tree tree;
    tree.add("00-cgi.conf", "<IfModule !mpm_prefork_module>\n  " + line_of("cgid") + "</IfModule>\n");
    tree.add("00-twice.conf", line_of("twice", false) + line_of("twice"));
    tree.add("00-thrice.conf", line_of("thrice") + line_of("thrice"));
    tree.add("00-made.conf", "# DO NOT EDIT: made by x\n" + line_of("made", false));
    tree.add("00-indented.conf", "\t" + line_of("indented", false));
    tree.add("00-gone.conf", line_of("gone", false));
    tree.files.add_file("/etc/elsewhere.conf", line_of("linked", false));
    tree.files.add_link(LINES + "/00-linked.conf", "/etc/elsewhere.conf");
    tree.add_binaries({"cgid", "twice", "thrice", "made", "indented", "linked"});
    const auto refused = [&](Action action, const std::string & name) {
        const core::Plan plan = tree.plan(action, {name});
        CHECK(plan.refused);
        CHECK(plan.steps.empty());
        const Lines found = errors(plan);
        REQUIRE(found.size() == 1);
        return found.front();
    };
    CHECK(refused(Action::DISABLE, "cgid") ==
          "LINE_IN_CONTAINER cgid IfModule !mpm_prefork_module " + LINES + "/00-cgi.conf:2");
    CHECK(refused(Action::DISABLE, "twice") ==
          "SEVERAL_LINES twice " + LINES + "/00-twice.conf:1 " + LINES + "/00-twice.conf:2");
    CHECK(refused(Action::ENABLE, "made") == "GENERATED_FILE made DO NOT EDIT: made by x " + LINES + "/00-made.conf " +
                                                 LINES + "/00-made.conf:1 " + LINES + "/00-made.conf:2");
    CHECK(refused(Action::ENABLE, "indented") == "LINE_NOT_REVERSIBLE indented " + LINES + "/00-indented.conf:1");
    CHECK(refused(Action::ENABLE, "gone") == "NO_BINARY gone modules/mod_gone.so " + LINES + "/00-gone.conf:1");
    CHECK(refused(Action::ENABLE, "linked") ==
          "FILE_IS_LINK linked /etc/elsewhere.conf " + LINES + "/00-linked.conf " + LINES + "/00-linked.conf:1");
    // What is as wanted already needs no edit.
    CHECK(tree.plan(Action::ENABLE, {"cgid", "twice"}).steps.empty());
    CHECK_FALSE(tree.plan(Action::ENABLE, {"cgid", "twice"}).refused);
    // Two lines of which one counts are no defect of the server's; two active ones are worth a word.
    Lines findings;
    for (const core::Finding & finding : core::check(tree.all())) {
        if (finding.code == FindingCode::SEVERAL_LINES) {
            findings.push_back(finding.subject);
        }
    }
    CHECK(findings == Lines{"thrice"});
}

TEST_CASE("a dependency that cannot be edited refuses the module that needs it") {
    Tree tree;
    tree.add("00-proxy.conf", "<IfDefine PROXY>\n" + line_of("proxy") + "</IfDefine>\n" + line_of("proxy_http", false));
    tree.add_binaries({"proxy", "proxy_http"});
    CHECK(errors(tree.plan(Action::ENABLE, {"proxy_http"})) ==
          Lines{"LINE_IN_CONTAINER proxy IfDefine PROXY " + LINES + "/00-proxy.conf:2",
                "DEPENDENCY_FAILED proxy_http proxy"});
}

TEST_CASE("a binary without a line gets a file of its own, after what it depends on") {
    Tree tree;
    tree.add("50-proxy.conf", line_of("proxy"));
    tree.add("10-headers.conf", "# taken\n");
    for (const std::string file : {"mod_proxy_http.so", "mod_rewrite.so", "mod_headers.so"}) {
        tree.add_real_binary(file);
    }
    tree.add_binaries({"proxy", "broken"});
    const core::Plan plan = tree.plan(Action::ENABLE, {"proxy_http", "mod_rewrite", "headers"});
    CHECK(edits(plan) == Lines{"CREATE_FILE " + LINES + "/50-proxy_http.conf",
                               "CREATE_FILE " + LINES + "/10-rewrite.conf",
                               "CREATE_FILE " + LINES + "/11-headers.conf"});
    const std::string text = plan.steps[1].operations.front().target;
    CHECK(text.ends_with("\nLoadModule rewrite_module modules/mod_rewrite.so\n"));
    CHECK(errors(tree.plan(Action::ENABLE, {"broken"})) == Lines{"NO_IDENTIFIER broken modules/mod_broken.so"});

    // What was made says so, and goes again; once it says anything else, it is a file like others.
    tree.add("10-rewrite.conf", text);
    const core::Plan back = tree.plan(Action::DISABLE, {"rewrite"});
    CHECK(edits(back) == Lines{"REMOVE_FILE " + LINES + "/10-rewrite.conf"});
    CHECK(back.steps.front().operations.front().replaced_target == text);
    CHECK(back.texts.at(LINES + "/10-rewrite.conf") == text);
    tree.add("10-rewrite.conf", text + "# mine\n");
    CHECK(edits(tree.plan(Action::DISABLE, {"rewrite"})).front().starts_with("EDIT_LINE "));
    tree.add("10-rewrite.conf", line_of("rewrite"));
    CHECK(edits(tree.plan(Action::DISABLE, {"rewrite"})).front().starts_with("EDIT_LINE "));
}

TEST_CASE("files of their own come before what depends on them, and in each other's order") {
    Tree tree;
    tree.add("05-http.conf", line_of("proxy_http", false));
    for (const std::string file : {"mod_proxy.so", "mod_dav.so", "mod_dav_fs.so", "mod_mpm_event.so",
                                   "mod_auth_basic.so", "mod_authn_core.so"}) {
        tree.add_real_binary(file);
    }
    tree.add_binaries({"proxy_http"});
    const auto made = [&](const std::string & name) { return edits(tree.plan(Action::ENABLE, {name})); };
    CHECK(made("proxy_http") == Lines{"CREATE_FILE " + LINES + "/00-proxy.conf",
                                      "EDIT_LINE " + LINES +
                                          "/05-http.conf:1 #LoadModule proxy_http_module modules/mod_proxy_http.so -> "
                                          "LoadModule proxy_http_module modules/mod_proxy_http.so"});
    CHECK(made("dav_fs") == Lines{"CREATE_FILE " + LINES + "/10-dav.conf", "CREATE_FILE " + LINES + "/10-dav_fs.conf"});
    CHECK(made("auth_basic") ==
          Lines{"CREATE_FILE " + LINES + "/10-authn_core.conf", "CREATE_FILE " + LINES + "/11-auth_basic.conf"});
    CHECK(made("mpm_event") == Lines{"CREATE_FILE " + LINES + "/00-mpm_event.conf"});
    tree.add("00-aaa.conf", line_of("proxy_http", false));
    tree.files.erase(LINES + "/05-http.conf");
    CHECK(errors(tree.plan(Action::ENABLE, {"proxy"})) == Lines{"NO_FILE_NAME proxy " + LINES});
}

TEST_CASE("confs are switched by their files' names") {
    Tree tree;
    tree.files.add_file(CONFS + "/welcome.conf");
    tree.files.add_file(CONFS + "/app.conf.disabled", "# Depends: php\n");
    tree.files.add_file(CONFS + "/both.conf");
    tree.files.add_file(CONFS + "/both.conf.disabled");
    tree.files.add_file(CONFS + "/README");
    tree.add("10-php.conf", "LoadModule php_module modules/libphp.so\n");
    CHECK(edits(tree.plan(Action::DISABLE, {"welcome.conf"}, Kind::CONF)) ==
          Lines{"RENAME_FILE " + CONFS + "/welcome.conf -> " + CONFS + "/welcome.conf.disabled"});
    CHECK(edits(tree.plan(Action::ENABLE, {"app"}, Kind::CONF)) ==
          Lines{"RENAME_FILE " + CONFS + "/app.conf.disabled -> " + CONFS + "/app.conf"});
    CHECK(errors(tree.plan(Action::DISABLE, {"both"}, Kind::CONF)) ==
          Lines{"SEVERAL_FILES both " + CONFS + "/both.conf:0 " + CONFS + "/both.conf.disabled:0"});
    CHECK(errors(tree.plan(Action::ENABLE, {"README"}, Kind::CONF)) == Lines{"NOT_FOUND README"});
    CHECK(enabled(tree.all(), Kind::CONF) == Lines{"both", "welcome"});
    tree.add("10-php.conf", "#LoadModule php_module modules/libphp.so\n");
    const core::Plan plan = tree.plan(Action::ENABLE, {"app"}, Kind::CONF);
    CHECK(plan.refused);
    CHECK(plan.notices.back().code == NoticeCode::MODULE_NOT_ENABLED);
    CHECK(plan.notices.back().where == std::vector<core::Location>{{CONFS + "/app.conf.disabled", 1}});
}

TEST_CASE("what a layout has not is refused") {
    Tree tree;
    CHECK(errors(tree.plan(Action::ENABLE, {"shop", "www"}, Kind::SITE)) ==
          Lines{"NOT_IN_LAYOUT shop", "NOT_IN_LAYOUT www"});
    CHECK(errors(tree.plan(Action::DISABLE, {"s*"}, Kind::SITE)).front().starts_with("NO"));
    const auto sites = io::scan_enabled(tree.files, tree.layout, Kind::SITE);
    REQUIRE(sites);
    CHECK(sites.value().entries.empty());
}

TEST_CASE("a file that cannot be read could have a line for anything") {
    Tree tree;
    tree.add("00-base.conf", line_of("alias", false));
    tree.add("10-secret.conf", line_of("rewrite"));
    tree.add_binaries({"alias", "rewrite"});
    tree.files.deny(LINES + "/10-secret.conf");
    core::Request request;
    request.arguments = {"alias"};
    const auto catalog = io::scan_for(tree.files, tree.layout, request);
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().code() == ErrorCode::CANNOT_READ);
    CHECK(catalog.error().path() == LINES + "/10-secret.conf");
    CHECK(catalog.error().system_error() == EACCES);
    // Questions are answered as well as can be.
    const auto findings = core::check(tree.all());
    CHECK(std::any_of(findings.begin(), findings.end(), [](const core::Finding & finding) {
        return finding.code == FindingCode::MALFORMED_FILE && finding.diagnostic == DiagnosticCode::UNREADABLE;
    }));
    tree.files.erase(LINES + "/10-secret.conf");
    tree.add("10-secret.conf", std::string(1024 * 1024 + 1, '#'));
    CHECK_FALSE(io::scan_for(tree.files, tree.layout, request));
    tree.files.erase(LINES + "/10-secret.conf");
    tree.files.add_other(LINES + "/10-pipe.conf");
    CHECK(io::scan_for(tree.files, tree.layout, request));
}

TEST_CASE("a dependency whose line comes later is found") {
    Tree tree;
    tree.add("00-proxy.conf", "LoadModule proxy_http_module modules/mod_proxy_http.so\n");
    tree.add("10-proxy.conf", "LoadModule proxy_module modules/mod_proxy.so\n");
    tree.add_real_binary("mod_proxy.so");
    tree.add_real_binary("mod_proxy_http.so");
    const core::Catalog catalog = tree.all();
    REQUIRE(catalog.late.size() == 1);
    CHECK(catalog.entries[catalog.late.front().dependent].name == "proxy_http");
}

TEST_CASE("questions by name read the files of lines once each") {
    Tree tree;
    tree.add("00-base.conf", line_of("alias") + line_of("rewrite", false));
    tree.add_binaries({"alias", "rewrite"});
    tree.files.clear_log();
    const auto catalog = io::scan_names(tree.files, tree.layout, Kind::MODULE, {"alias_module", "rewrite"});
    REQUIRE(catalog);
    CHECK(get(catalog.value(), "alias").enabled());
    CHECK_FALSE(get(catalog.value(), "rewrite").enabled());
    std::size_t reads = 0;
    for (const std::string & call : tree.files.log()) {
        reads += call == "read " + LINES + "/00-base.conf" ? 1 : 0;
    }
    CHECK(reads == 1);
}

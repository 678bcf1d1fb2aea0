// SPDX-License-Identifier: Apache-2.0
#include "io/word_scan.hpp"

#include "core/change.hpp"
#include "core/check.hpp"
#include "core/layouts.hpp"
#include "core/planner.hpp"
#include "io/scan.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"
#include "support/names.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace confgraph;
using Words = std::vector<std::string>;

namespace {

const std::string FILE_PATH = "/etc/sysconfig/apache2";

/// A configuration whose modules are words of a variable.
struct Tree {
    explicit Tree(const std::string & modules, const std::string & mpm = "\"prefork\"") {
        set("# before\nAPACHE_MODULES=" + modules + "\nAPACHE_MPM=" + mpm + "\nAPACHE_TIMEOUT=300\n");
        for (const std::string name : {"alias", "rewrite", "proxy", "proxy_http", "authz_core", "authz_host"}) {
            files.add_file("/usr/lib64/apache2/mod_" + name + ".so");
        }
        files.add_file("/usr/lib64/apache2-prefork/mod_php8.so");
        files.add_file("/usr/sbin/httpd-prefork");
        files.add_file("/usr/sbin/httpd-event");
        files.add_file("/usr/sbin/httpd-event.rpmsave");
        files.add_folder("/etc/apache2/conf.d");
    }

    void set(const std::string & text) { files.add_file(FILE_PATH, text); }

    core::Catalog all() const {
        auto catalog = io::scan_all(files, layout);
        REQUIRE(catalog);
        return std::move(catalog).value();
    }

    core::Plan plan(Action action, const Words & names) const {
        core::Request request;
        request.action = action;
        request.arguments = names;
        const auto catalog = io::scan_for(files, layout, request);
        REQUIRE(catalog);
        return core::make_plan(catalog.value(), request);
    }

    /// What the file says after a change; the notices' codes where the plan is refused.
    std::string after(Action action, const Words & names) const {
        const core::Plan made = plan(action, names);
        if (made.refused) {
            std::string codes;
            for (const core::Notice & notice : made.notices) {
                if (notice.severity == Severity::ERROR) {
                    codes += test::name_of(notice.code) + " ";
                }
            }
            return codes;
        }
        const auto changes = core::changes_of(made);
        REQUIRE(changes);
        for (const core::Change & change : changes.value()) {
            if (change.code == core::ChangeCode::TEXT) {
                REQUIRE(change.name == "apache2");
                return change.after.value_or("nothing");
            }
        }
        return "unchanged";
    }

    test::MemoryFileSystem files;
    core::Layout layout = core::layout_of(LayoutName::SUSE, {});
};

std::string file(const std::string & modules, const std::string & mpm = "\"prefork\"") {
    return "# before\nAPACHE_MODULES=" + modules + "\nAPACHE_MPM=" + mpm + "\nAPACHE_TIMEOUT=300\n";
}

Words names(const core::Catalog & catalog, bool enabled) {
    Words list;
    for (const core::Entry & entry : catalog.entries) {
        if (entry.kind == Kind::MODULE && (enabled ? entry.enabled() : entry.available)) {
            list.push_back(entry.name);
        }
    }
    std::sort(list.begin(), list.end());
    return list;
}

}  // namespace

TEST_CASE("words are modules, however they are written, and so are binaries and servers") {
    const Tree tree("\"alias mod_rewrite /opt/mod_own.so gone\"");
    const core::Catalog catalog = tree.all();
    CHECK(names(catalog, true) == Words{"alias", "gone", "mpm_prefork", "own", "rewrite"});
    CHECK(names(catalog, false) == Words{"alias", "authz_core", "authz_host", "mpm_event", "mpm_prefork", "php8",
                                         "proxy", "proxy_http", "rewrite"});
    const core::Entry & rewrite = catalog.entries[catalog.find(Kind::MODULE, "rewrite")];
    CHECK(*rewrite.place == core::Place{.path = FILE_PATH, .line = 2, .enabled = "mod_rewrite"});
    CHECK(rewrite.facts.load_modules.front().path == "/usr/lib64/apache2/mod_rewrite.so");
    CHECK(catalog.entries[catalog.find(Kind::MODULE, "php8")].facts.load_modules.front().path ==
          "/usr/lib64/apache2-prefork/mod_php8.so");
    // Binaries that are not there are found out.
    Words missing;
    for (const core::Finding & finding : core::check(catalog)) {
        if (finding.code == FindingCode::BINARY_MISSING) {
            missing.push_back(finding.path);
        }
    }
    std::sort(missing.begin(), missing.end());
    CHECK(missing == Words{"/opt/mod_own.so", "/usr/lib64/apache2/mod_gone.so"});
}

TEST_CASE("a word comes and goes, with what it depends on, and nothing else") {
    Tree tree("\"alias\"");
    CHECK(tree.after(Action::ENABLE, {"rewrite"}) == file("\"alias rewrite\""));
    CHECK(tree.after(Action::ENABLE, {"mod_proxy_http.so"}) == file("\"alias proxy proxy_http\""));
    CHECK(tree.after(Action::ENABLE, {"authz_host", "alias"}) == file("\"alias authz_core authz_host\""));
    CHECK(tree.after(Action::ENABLE, {"nothing"}) == "NOT_FOUND ");
    tree.set(file("'proxy alias mod_proxy_http'"));
    CHECK(tree.after(Action::DISABLE, {"proxy_http"}) == file("'proxy alias'"));
    CHECK(tree.after(Action::DISABLE, {"proxy"}) == "DEPENDENTS ");
    CHECK(tree.after(Action::DISABLE, {"rewrite"}) == "unchanged");
}

TEST_CASE("the MPM is the value of a variable of its own") {
    Tree tree("\"alias\"");
    CHECK(tree.after(Action::SWITCH, {"event"}) == file("\"alias\"", "\"event\""));
    CHECK(tree.after(Action::SWITCH, {"prefork"}) == "unchanged");
    CHECK(tree.after(Action::SWITCH, {"worker"}) == "NOT_FOUND ");
    CHECK(tree.after(Action::DISABLE, {"mpm_prefork"}) == "MPM_IS_SERVER ");
    CHECK(tree.after(Action::ENABLE, {"mpm_event"}) == "CONFLICT ");
    // Without a choice, the distribution takes the first that it finds.
    tree.set(file("\"alias\"", "''"));
    CHECK(names(tree.all(), true) == Words{"alias", "mpm_prefork"});
    CHECK(tree.after(Action::SWITCH, {"event"}) == file("\"alias\"", "'event'"));
    CHECK(tree.after(Action::SWITCH, {"prefork"}) == "unchanged");
    tree.files.erase("/usr/sbin/httpd-prefork");
    CHECK(names(tree.all(), true) == Words{"alias", "mpm_event"});
    // One that is chosen, and not there, can be replaced.
    tree.set(file("\"alias\"", "worker # why"));
    CHECK(tree.after(Action::SWITCH, {"event"}) == file("\"alias\"", "event # why"));
}

TEST_CASE("everybody takes the same MPM for the one that is started") {
    struct Example {
        std::string mpm;
        std::string chosen;
    };
    const Example example = GENERATE(values<Example>({
        {"event", "event"},
        {"\"\"", "prefork"},
        // What is likely, where only a shell could tell; and nothing where not even that is there.
        {"\"prefork\"\nAPACHE_MPM=\"event\"", "event"},
        {"\"event\"\n. /etc/more", "event"},
        {"\"$OTHER\"", ""},
        {"$(cat /etc/mpm)", ""},
    }));
    CAPTURE(example.mpm);
    Tree tree("\"alias\"", example.mpm);
    tree.files.add_file("/usr/lib64/apache2-event/mod_of_event.so");
    const std::string server = example.chosen.empty() ? tree.layout.server : "/usr/sbin/httpd-" + example.chosen;
    CHECK(io::chosen_server(tree.files, tree.layout) == server);
    const core::Catalog all = tree.all();
    const Words enabled = names(all, true);
    const Words available = names(all, false);
    const auto has = [](const Words & list, const std::string & name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (const std::string mpm : {"prefork", "event"}) {
        CHECK(has(enabled, "mpm_" + mpm) == (mpm == example.chosen));
    }
    CHECK(has(available, "php8") == (example.chosen == "prefork"));
    CHECK(has(available, "of_event") == (example.chosen == "event"));
}

TEST_CASE("which server is started is asked without looking at modules") {
    Tree tree("\"alias\"", "\"event\"");
    tree.files.clear_log();
    CHECK(io::chosen_server(tree.files, tree.layout) == "/usr/sbin/httpd-event");
    CHECK(tree.files.accesses_below("/usr") == 0);
    tree.set(file("\"alias\"", "\"\""));
    tree.files.clear_log();
    CHECK(io::chosen_server(tree.files, tree.layout) == "/usr/sbin/httpd-prefork");
    CHECK(tree.files.accesses_below("/usr/lib64") == 0);
}

TEST_CASE("a variant goes along with the MPM") {
    Tree tree("\"alias cgi\"");
    tree.files.add_file("/usr/lib64/apache2/mod_cgi.so");
    tree.files.add_file("/usr/lib64/apache2/mod_cgid.so");
    CHECK(tree.after(Action::SWITCH, {"event"}) == file("\"alias cgid\"", "\"event\""));
}

TEST_CASE("what a shell would have to tell is left alone, with the line and the reason") {
    struct Example {
        std::string modules;
        std::string reason;
        unsigned line;
    };
    const Example example = GENERATE(values<Example>({
        {"\"alias $MORE\"", "has a value that a shell would have to expand", 2},
        {"\"alias \\\nproxy\"", "has a value that a shell would have to expand", 2},
        {"\"alias\nproxy\"", "has a value of several lines", 2},
        {"\"alias\"\nAPACHE_MODULES=\"proxy\"", "is assigned twice", 3},
        {"\"alias\"\nAPACHE_MODULES+=\" proxy\"", "is appended to", 3},
        {"\"alias\"\n. /etc/more", "may be changed by a command", 3},
    }));
    CAPTURE(example.modules);
    const Tree tree(example.modules);
    const core::Plan plan = tree.plan(Action::ENABLE, {"rewrite"});
    REQUIRE(plan.refused);
    REQUIRE_FALSE(plan.notices.empty());
    CHECK(plan.notices.front().code == NoticeCode::VALUE_UNCLEAR);
    CHECK(plan.notices.front().path == "APACHE_MODULES");
    CHECK(plan.notices.front().object == example.reason);
    CHECK(plan.notices.front().where == std::vector<core::Location>{{FILE_PATH, example.line}});
    // What is likely enabled is told all the same, and cannot be disabled.
    const std::string likely = example.reason == "is assigned twice" ? "proxy" : "alias";
    const Words enabled = names(tree.all(), true);
    CHECK(std::find(enabled.begin(), enabled.end(), likely) != enabled.end());
    CHECK(tree.after(Action::DISABLE, {likely}) == "VALUE_UNCLEAR ");
    const auto findings = core::check(tree.all());
    CHECK(std::any_of(findings.begin(), findings.end(), [](const core::Finding & finding) {
        return finding.code == FindingCode::MALFORMED_FILE && finding.diagnostic == DiagnosticCode::VALUE_UNCLEAR;
    }));
}

TEST_CASE("two words for one module are left alone") {
    const Tree tree("\"rewrite mod_rewrite alias alias\"");
    CHECK(tree.after(Action::DISABLE, {"rewrite"}) == "SEVERAL_WORDS ");
    CHECK(tree.after(Action::DISABLE, {"alias"}) == file("\"rewrite mod_rewrite\""));
}

TEST_CASE("a file that cannot be read is an error") {
    Tree tree("\"alias\"");
    tree.files.deny(FILE_PATH);
    core::Request request;
    request.arguments = {"rewrite"};
    const auto catalog = io::scan_for(tree.files, tree.layout, request);
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().path() == FILE_PATH);
}

// SPDX-License-Identifier: Apache-2.0
#include "io/tree_check.hpp"

#include "core/stock_modules.hpp"

#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

using namespace confgraph::package;
using confgraph::DiagnosticCode;
using confgraph::test::TemporaryFolder;
using confgraph::test::whole_file;
using Problems = std::vector<core::TreeProblem>;

namespace {

std::string seed(const std::string & name) { return whole_file(CONFGRAPH_CORPUS + name); }

/// A build tree with one module, beside an installed configuration that is not this machine's.
class Tree {
public:
    Tree() {
        folder.add_file("installed/mods-available/installed.load", "");
        REQUIRE(::setenv("APACHE_CONFDIR", folder.at("installed").c_str(), 1) == 0);
        binary("mod_example.so", "x86-64");
        load("example", "LoadModule example_module /usr/lib/apache2/modules/mod_example.so\n");
    }
    Tree(const Tree &) = delete;
    Tree & operator=(const Tree &) = delete;
    ~Tree() { ::unsetenv("APACHE_CONFDIR"); }

    void load(const std::string & name, const std::string & text) const { folder.add_file(load_path(name), text); }
    void binary(const std::string & name, const std::string & from) const {
        folder.add_file(binary_path(name), seed(from));
    }
    static std::string load_path(const std::string & name) {
        return "tree/etc/apache2/mods-available/" + name + ".load";
    }
    static std::string binary_path(const std::string & name) { return "tree/usr/lib/apache2/modules/" + name; }
    [[nodiscard]] std::string file(const std::string & name) const { return folder.at(load_path(name)); }

    [[nodiscard]] Problems check(const io::Expectations & expectations = {}, const std::string & path = "tree") const {
        auto problems = io::check_tree(folder.at(path), expectations);
        REQUIRE(problems);
        return problems.value();
    }

    TemporaryFolder folder;
};

}  // namespace

TEST_CASE("a tree with nothing wrong has no problems") {
    const Tree tree;
    CHECK(tree.check().empty());
    CHECK(tree.check({}, "tree///").empty());
    // Modules of the tree, of the installed server, and of any server.
    tree.load("example",
              "# Depends: other installed ssl\n# Conflicts: whatever\n<IfModule !x.c>\n"
              "LoadModule example_module \"/usr/lib/apache2/modules/mod_example.so\"\n</IfModule>\n"
              "LoadFile /usr/lib/nowhere.so\n");
    tree.load("other", "# Depends: example\n");
    tree.folder.add_file("tree/etc/apache2/mods-available/example.conf", "# Depends: nonsense\n");
    CHECK(tree.check().empty());
}

TEST_CASE("a tree that is not there is an error") {
    const Tree tree;
    const auto missing = io::check_tree(tree.folder.at("gone"), {});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::CANNOT_READ);
    CHECK(missing.error().path == tree.folder.at("gone"));
    CHECK(missing.error().system_error == ENOENT);
    const auto file = io::check_tree(tree.folder.at(Tree::load_path("example")), {});
    REQUIRE_FALSE(file);
    CHECK(file.error().system_error == ENOTDIR);
    tree.folder.add_file("strange/etc/apache2/mods-available", "no folder");
    const auto strange = io::check_tree(tree.folder.at("strange"), {});
    REQUIRE_FALSE(strange);
    CHECK(strange.error().path == tree.folder.at("strange/etc/apache2/mods-available"));
}

TEST_CASE("a dependency that no module satisfies is named with its line") {
    const Tree tree;
    tree.load("example",
              "# a comment\n# Depends: ssl rewrte\n# Depends: third\nLoadModule example_module "
              "/usr/lib/apache2/modules/mod_example.so\n");
    Problems problems = tree.check();
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == TreeProblemCode::UNKNOWN_DEPENDENCY);
    CHECK(problems[0].file == tree.file("example"));
    CHECK(problems[0].line == 2);
    CHECK(problems[0].text == "rewrte");
    CHECK(problems[0].others == std::vector<std::string>{"rewrite"});
    CHECK(problems[1].line == 3);
    CHECK(problems[1].text == "third");
    // Another package of the same source may have it.
    tree.folder.add_file("other/etc/apache2/mods-available/third.load", "");
    problems = tree.check({{}, {tree.folder.at("nowhere"), tree.folder.at("other")}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].text == "rewrte");
}

TEST_CASE("what the parser has to say is told once, by line") {
    const Tree tree;
    tree.load("example",
              "# Depends: ssl.load\n#depends: x\nLoadModule example_module\nLoadModule example_module "
              "/usr/lib/apache2/modules/mod_example.so\n# Depends: ssl\n");
    const Problems problems = tree.check();
    REQUIRE(problems.size() == 4);
    const std::vector<std::pair<unsigned, DiagnosticCode>> expected = {{1, DiagnosticCode::NAME_WITH_SUFFIX},
                                                                       {2, DiagnosticCode::NEARLY_MAGIC},
                                                                       {3, DiagnosticCode::LOAD_MODULE_INCOMPLETE},
                                                                       {5, DiagnosticCode::AFTER_DIRECTIVE}};
    for (std::size_t i = 0; i < problems.size(); ++i) {
        CHECK(problems[i].code == TreeProblemCode::MALFORMED_FILE);
        CHECK(problems[i].line == expected[i].first);
        CHECK(problems[i].diagnostic == expected[i].second);
    }
}

TEST_CASE("a file whose name cannot be a module's is told of") {
    const Tree tree;
    tree.load("-x", "");
    const Problems problems = tree.check();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == TreeProblemCode::BAD_NAME);
    CHECK(problems[0].file == tree.file("-x"));
    CHECK(problems[0].line == 0);
}

TEST_CASE("a binary is looked for in the tree, in other trees, and on the system") {
    const Tree tree;
    tree.load("example",
              "LoadModule example_module /usr/lib/apache2/modules/mod_gone.so\n"
              "LoadModule a_module modules/mod_relative.so\n"
              "LoadModule a_module ${FOLDER}/mod_variable.so\n");
    Problems problems = tree.check();
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == TreeProblemCode::BINARY_MISSING);
    CHECK(problems[0].line == 1);
    CHECK(problems[0].text == "/usr/lib/apache2/modules/mod_gone.so");
    CHECK(problems[1].text == "/etc/apache2/modules/mod_relative.so");
    // A link of the tree does not lead out of it.
    tree.folder.add_link(Tree::binary_path("mod_gone.so"), "/usr/lib/elsewhere/mod_gone.so");
    CHECK(tree.check().size() == 2);
    tree.folder.add_file("other/usr/lib/apache2/modules/mod_gone.so", seed("i386"));
    tree.folder.add_file("tree/etc/apache2/modules/mod_relative.so", seed("several"));
    problems = tree.check({{}, {tree.folder.at("other")}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == TreeProblemCode::NO_SUCH_MODULE);
    CHECK(problems[0].line == 2);
    CHECK(problems[0].object == "a_module");
    CHECK(problems[0].others == std::vector<std::string>{"mod_example", "old_module", "next_module"});

    tree.load("example", "LoadModule alias_module " + confgraph::test::module_binary("mod_alias.so") + "\n");
    problems = tree.check();
    REQUIRE_FALSE(problems.empty());
    CHECK(problems[0].code == TreeProblemCode::BINARY_OUTSIDE);
}

TEST_CASE("links of a tree are followed inside of it") {
    const TemporaryFolder folder;
    folder.add_file("outside/wrong.load", "# Depends: no such\nLoadModule\n");
    folder.add_file("tree/srv/inside.load", "LoadModule\n");
    folder.add_link("tree/etc/apache2/mods-available", folder.at("outside"));
    CHECK(io::check_tree(folder.at("tree"), {}).value().empty());
    folder.erase("tree/etc/apache2/mods-available");
    folder.add_link("tree/etc/apache2/mods-available", "/srv");
    const Problems problems = io::check_tree(folder.at("tree"), {}).value();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].file == folder.at("tree/etc/apache2/mods-available/inside.load"));
}

TEST_CASE("another system can count as this one") {
    const Tree tree;
    // Where the environment has the installed configuration, below the root.
    const std::string conf = "root" + tree.folder.at("installed");
    tree.folder.add_file(conf + "/mods-available/only_there.load", "");
    tree.folder.add_file("root/srv/mod_there.so", seed("x86-64"));
    tree.folder.add_link("root/usr/lib/there.so", "/srv/mod_there.so");
    tree.load("example", "# Depends: only_there\nLoadModule example_module /usr/lib/there.so\n");
    CHECK(tree.check().size() == 2);
    const Problems problems = tree.check({{}, {}, tree.folder.at("root")});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == TreeProblemCode::BINARY_OUTSIDE);
    CHECK(problems[0].text == "/usr/lib/there.so");
}

TEST_CASE("what is no module binary is told of with the reason") {
    const Tree tree;
    tree.load("example",
              "LoadModule x_module /usr/lib/apache2/modules/text.so\n"
              "LoadModule x_module /usr/lib/apache2/modules/short.so\n"
              "LoadModule x_module /usr/lib/apache2/modules/none.so\n");
    tree.folder.add_file(Tree::binary_path("text.so"), "text");
    tree.folder.add_file(Tree::binary_path("short.so"), seed("x86-64").substr(0, 500));
    tree.binary("none.so", "none");
    const Problems problems = tree.check();
    REQUIRE(problems.size() == 3);
    REQUIRE(problems[0].error);
    CHECK(problems[0].error->code == ErrorCode::NOT_ELF);
    REQUIRE(problems[1].error);
    CHECK(problems[1].error->code == ErrorCode::MALFORMED);
    CHECK(problems[2].code == TreeProblemCode::NO_SUCH_MODULE);
    CHECK(problems[2].others.empty());
}

TEST_CASE("the number in a binary has to be the declared one") {
    const Tree tree;
    CHECK(tree.check({20120211, {}}).empty());
    Problems problems = tree.check({20051115, {}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == TreeProblemCode::WRONG_MMN);
    CHECK(problems[0].file == tree.file("example"));
    CHECK(problems[0].line == 1);
    CHECK(problems[0].object == "example_module");
    CHECK(problems[0].mmn == 20120211);
    CHECK(problems[0].declared_mmn == 20051115);

    // Beside the tree, as debhelper leaves it; then in the tree, as it is packed.
    tree.folder.add_file("tree.substvars", "shlibs:Depends=libc6\nmisc:Depends=x, apache2-api-20051115\n");
    problems = tree.check();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].others == std::vector<std::string>{tree.folder.at("tree.substvars")});
    tree.folder.add_file("tree/DEBIAN/control", "Package: x\nPre-Depends: a\nDepends: libc6, apache2-api-20120211\n");
    CHECK(tree.check().empty());
    tree.folder.add_file("tree/DEBIAN/control", "Package: x\nDepends: libc6,\n apache2-api-20211221\n");
    problems = tree.check();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].declared_mmn == 20211221);
    CHECK(problems[0].others == std::vector<std::string>{tree.folder.at("tree/DEBIAN/control")});
    CHECK(tree.check({20120211, {}}).empty());
}

TEST_CASE("binaries that nothing loads count as well, and must not differ among themselves") {
    const Tree tree;
    tree.binary("more.so", "several");
    Problems problems = tree.check();
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == TreeProblemCode::MIXED_MMN);
    CHECK(problems[0].file == tree.folder.at(Tree::binary_path("more.so")));
    CHECK(problems[0].line == 0);
    CHECK(problems[0].object == "old_module");
    CHECK(problems[0].mmn == 20051115);
    CHECK(problems[0].declared_mmn == 20120211);
    CHECK(problems[1].mmn == 20211221);
    problems = tree.check({20120211, {}});
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].code == TreeProblemCode::WRONG_MMN);
}

TEST_CASE("a package that says what it depends on has to depend on the number") {
    const Tree tree;
    const auto missing = [&](const std::string & file) {
        const Problems problems = tree.check();
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].code == TreeProblemCode::MISSING_DEPENDENCY);
        CHECK(problems[0].file == tree.folder.at(file));
        CHECK(problems[0].text == tree.folder.at(Tree::binary_path("mod_example.so")));
        CHECK(problems[0].mmn == 20120211);
    };
    // Nothing says it; then a variable may still come.
    CHECK(tree.check().empty());
    tree.folder.add_file("control", "Source: x\n\nPackage: tree\nDepends: ${misc:Depends}\n");
    CHECK(tree.check().empty());
    tree.folder.add_file("tree.substvars", "shlibs:Depends=libc6\n");
    missing("tree.substvars");
    CHECK(tree.check({20120211, {}}).empty());
    tree.folder.add_file("control", "Source: x\n\nPackage: other\nDepends: apache2-api-20120211\n\n\nPackage: tree\n");
    missing("tree.substvars");
    tree.folder.add_file("control",
                         "Source: x\n\n\nPackage:  tree\nDepends: libc6,\n apache2-api-20120211\n\nPackage: z");
    CHECK(tree.check().empty());
    tree.folder.add_file("tree/DEBIAN/control", "Package: tree\nDepends: libc6\n");
    missing("tree/DEBIAN/control");
    tree.folder.add_file("tree/DEBIAN/control", "Package: tree\nDepends: apache2-api-20120211-openssl3\n");
    missing("tree/DEBIAN/control");
    // A server provides it.
    tree.folder.add_file("tree/DEBIAN/control", "Package: tree\nProvides: apache2-api-20120211\n");
    CHECK(tree.check().empty());
    tree.folder.add_file("empty/DEBIAN/control", "Package: empty\nDepends: libc6\n");
    CHECK(tree.check({}, "empty").empty());
}

TEST_CASE("the server's own modules are known without it") {
    for (const char * name : {"ssl", "rewrite", "mpm_event", "access_compat", "xml2enc", "proxy_http2"}) {
        CHECK(core::is_stock_module(name));
    }
    for (const char * name : {"", "mod_ssl", "ssl_module", "php8.2", "SSL", "shib"}) {
        CHECK_FALSE(core::is_stock_module(name));
    }
}

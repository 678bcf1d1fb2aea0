// SPDX-License-Identifier: Apache-2.0
// The library as its users see it: public headers only, linked with the shared library.
#include <confgraph-package/binary.hpp>
#include <confgraph-package/dependency.hpp>
#include <confgraph-package/error.hpp>
#include <confgraph-package/headers.hpp>
#include <confgraph-package/package.hpp>
#include <confgraph-package/tree_check.hpp>

#include "support/binaries.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cstdlib>
#include <string>
#include <type_traits>

using namespace confgraph::package;
using confgraph::test::TemporaryFolder;
using confgraph::test::whole_file;

namespace {

/// Values can be handed around: copied, moved, replaced.
template <class T>
constexpr bool IS_VALUE = std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                              std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                          sizeof(T) == sizeof(std::shared_ptr<int>);

}  // namespace

TEST_CASE("public classes are values, and hold one pointer") {
    STATIC_REQUIRE(IS_VALUE<BinaryTree>);
    STATIC_REQUIRE(IS_VALUE<Directive>);
    STATIC_REQUIRE(IS_VALUE<Error>);
    STATIC_REQUIRE(IS_VALUE<Headers>);
    STATIC_REQUIRE(IS_VALUE<Module>);
    STATIC_REQUIRE(IS_VALUE<ModuleBinary>);
    STATIC_REQUIRE(IS_VALUE<TreeExpectations>);
    STATIC_REQUIRE(IS_VALUE<TreeProblem>);
    CHECK(true);
}

TEST_CASE("a binary is read from a file and from memory") {
    const std::string path = std::string(CONFGRAPH_CORPUS) + "s390x";
    const auto read = ModuleBinary::read(path);
    REQUIRE(read);
    const auto parsed = ModuleBinary::parse(whole_file(path), "in a package");
    REQUIRE(parsed);
    CHECK(read.value().path() == path);
    CHECK(parsed.value().path() == "in a package");
    for (const ModuleBinary & binary : {read.value(), parsed.value()}) {
        CHECK(binary.machine() == "s390");
        CHECK(binary.bits() == 64);
        CHECK(binary.big_endian());
        CHECK(binary.rpm_isa() == "s39064");
        REQUIRE(binary.modules().size() == 1);
        // A part keeps alive what it is a part of.
        const Directive directive = binary.modules().front().directives().at(1);
        CHECK(directive.name() == "<IfExample");
        CHECK((directive.allowed() & ALLOWED_EXEC_ON_READ) != 0);
        CHECK(directive.arguments() == Arguments::RAW_ARGS);
        CHECK(directive.help() == "a container");
        const Module module = binary.modules().front();
        CHECK(module.identifier() == "example_module");
        CHECK(module.source() == "mod_example.c");
        CHECK(module.mmn_major() == 20120211);
        CHECK(module.mmn_minor() == 142);
        CHECK(module.cookie() == "AP24");
        CHECK(module.directives_known());
    }
    const auto damaged = ModuleBinary::parse(whole_file(path).substr(0, 600), "in a package");
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code() == ErrorCode::MALFORMED);
    CHECK(damaged.error().path() == "in a package");
    CHECK(damaged.error().part() == Part::SEGMENTS);
}

TEST_CASE("a folder of binaries is read") {
    const auto tree = BinaryTree::read(CONFGRAPH_CORPUS);
    REQUIRE(tree);
    CHECK(tree.value().errors().empty());
    CHECK(tree.value().binaries().size() == 18);
    CHECK_FALSE(BinaryTree::read("/nonexistent"));
}

TEST_CASE("headers are read from a folder, and from where they are installed") {
    const TemporaryFolder folder;
    folder.add_file("ap_mmn.h", "#define MODULE_MAGIC_NUMBER_MAJOR 20051115\n#define MODULE_MAGIC_NUMBER_MINOR 41\n");
    const auto headers = Headers::read(folder.path());
    REQUIRE(headers);
    CHECK(headers.value().path() == folder.at("ap_mmn.h"));
    CHECK(headers.value().mmn_major() == 20051115);
    CHECK(headers.value().mmn_minor() == 41);
    CHECK(Headers::read(folder.at("none")).error().code() == ErrorCode::CANNOT_READ);
    folder.add_file("ap_mmn.h", "nothing\n");
    CHECK(Headers::read(folder.path()).error().code() == ErrorCode::NO_MMN);
    CHECK(Headers::usual_folders().size() >= 4);
}

TEST_CASE("each distribution has a way of its own to say it") {
    CHECK(dependency(Flavour::DEB, 20120211, "x8664") == "apache2-api-20120211");
    CHECK(dependency(Flavour::RPM, 20120211, "x8664") == "httpd-mmn = 20120211x8664");
    CHECK(dependency(Flavour::RPM, 20120211, "") == "httpd-mmn = 20120211");
    CHECK(dependency(Flavour::SUSE, 20120211, "") == "apache_mmn_20120211");
    CHECK(dependency(Flavour::PLD, 20120211, "") == "apache(modules-api) = 20120211");
    CHECK(dependency(Flavour::ALT, 20120211, "") == "apache2-mmn = 20120211");
    using Names = std::vector<std::string>;
    CHECK(provisions(Flavour::DEB, 20120211, "x8664") == Names{"apache2-api-20120211"});
    CHECK(provisions(Flavour::RPM, 20120211, "x8664") == Names{"httpd-mmn = 20120211", "httpd-mmn = 20120211x8664"});
    CHECK(provisions(Flavour::RPM, 20120211, "") == Names{"httpd-mmn = 20120211"});
    CHECK(provisions(Flavour::SUSE, 20120211, "") == Names{"apache_mmn_20120211"});
    const TemporaryFolder folder;
    REQUIRE(::setenv("DPKG_ADMINDIR", folder.path().c_str(), 1) == 0);
    CHECK(openssl_dependency(20120211).starts_with("apache2-api-20120211-openssl"));
    folder.add_file("status",
                    "Package: apache2-bin\nStatus: hold ok installed\nProvides: apache2-api-20120211-openssl7\n");
    CHECK(openssl_dependency(20120211) == "apache2-api-20120211-openssl7");
    CHECK(openssl_dependency(20211221).starts_with("apache2-api-20211221-openssl"));
    CHECK(openssl_dependency(20211221) != "apache2-api-20211221-openssl7");
    REQUIRE(::unsetenv("DPKG_ADMINDIR") == 0);
#if defined(__x86_64__) && defined(__LP64__)
    CHECK(native_rpm_isa() == "x8664");
#endif
}

TEST_CASE("a build tree is checked") {
    const TemporaryFolder folder;
    folder.add_file("etc/apache2/mods-available/x.load",
                    "# Depends: nonsense-of-a-test\n#Depends: ssl\nLoadModule x_module /usr/lib/x/mod_x.so\n");
    folder.add_file("usr/lib/x/mod_x.so", "text");
    const auto problems =
        check_tree(folder.path(), TreeExpectations().with_mmn(20120211).with_other_tree("/nonexistent"));
    REQUIRE(problems);
    REQUIRE(problems.value().size() == 3);
    const TreeProblem & unknown = problems.value().at(0);
    CHECK(unknown.code() == TreeProblemCode::UNKNOWN_DEPENDENCY);
    CHECK_FALSE(unknown.is_error());
    CHECK(unknown.file() == folder.at("etc/apache2/mods-available/x.load"));
    CHECK(unknown.line() == 1);
    CHECK(unknown.text() == "nonsense-of-a-test");
    CHECK_FALSE(unknown.error());
    const TreeProblem & nearly = problems.value().at(1);
    CHECK_FALSE(nearly.is_error());
    CHECK(nearly.diagnostic() == confgraph::DiagnosticCode::NEARLY_MAGIC);
    const TreeProblem & text = problems.value().at(2);
    CHECK(text.is_error());
    REQUIRE(text.error());
    CHECK(text.error()->code() == ErrorCode::NOT_ELF);
    CHECK(text.object().empty());
    CHECK(text.others().empty());
    CHECK(text.mmn() == 0);
    CHECK(text.declared_mmn() == 0);
    CHECK(is_stock_module("ssl"));
    CHECK_FALSE(check_tree("/nonexistent", {}));
}

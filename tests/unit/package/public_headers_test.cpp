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
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace confgraph::package;
using confgraph::test::TemporaryFolder;
using confgraph::test::whole_file;

namespace {

using Files = std::vector<std::string>;

std::string seed(const std::string & kind, const std::string & name) {
    return std::string(CONFGRAPH_CORPUS) + "../" + kind + "/" + name;
}

/// Values can be handed around: copied, moved, replaced.
template <class T>
constexpr bool IS_VALUE = std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T> &&
                              std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                          sizeof(T) == sizeof(std::shared_ptr<int>);

}  // namespace

TEST_CASE("public classes are values, and hold one pointer") {
    STATIC_REQUIRE(IS_VALUE<BinaryTree>);
    STATIC_REQUIRE(IS_VALUE<DevelopmentTree>);
    STATIC_REQUIRE(IS_VALUE<Directive>);
    STATIC_REQUIRE(IS_VALUE<Error>);
    STATIC_REQUIRE(IS_VALUE<Headers>);
    STATIC_REQUIRE(IS_VALUE<Module>);
    STATIC_REQUIRE(IS_VALUE<ModuleBinary>);
    STATIC_REQUIRE(IS_VALUE<Package>);
    STATIC_REQUIRE(IS_VALUE<PackageFile>);
    STATIC_REQUIRE(IS_VALUE<PackageLimits>);
    STATIC_REQUIRE(IS_VALUE<PackageProblem>);
    STATIC_REQUIRE(IS_VALUE<Relation>);
    STATIC_REQUIRE(IS_VALUE<Script>);
    STATIC_REQUIRE(IS_VALUE<TreeExpectations>);
    STATIC_REQUIRE(IS_VALUE<TreeProblem>);
    STATIC_REQUIRE(IS_VALUE<Trigger>);
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
}

TEST_CASE("what is installed to compile modules with is found, and read") {
    CHECK(DevelopmentTree::usual_include_folders().size() >= 4);
    CHECK(DevelopmentTree::usual_settings_files().size() >= 4);
    const TemporaryFolder folder;
    CHECK(DevelopmentTree::find(folder.path()).error().code() == ErrorCode::CANNOT_READ);
    folder.add_file("usr/lib64/httpd/build/config_vars.mk",
                    "exp_includedir = /usr/include/httpd\nHTTPD_MMN = 20120211\n");
    folder.add_file("usr/include/httpd/ap_mmn.h",
                    "#define MODULE_MAGIC_NUMBER_MAJOR 20120211\n#define MODULE_MAGIC_NUMBER_MINOR 142\n");
    folder.add_file("usr/include/httpd/.mmn", "20120211aarch64\n");
    const auto tree = DevelopmentTree::find(folder.path());
    REQUIRE(tree);
    const Headers headers = tree.value().headers();
    CHECK(headers.path() == folder.at("usr/include/httpd/ap_mmn.h"));
    CHECK(headers.mmn_minor() == 142);
    CHECK(tree.value().include_folder() == folder.at("usr/include/httpd"));
    CHECK(tree.value().settings_file() == folder.at("usr/lib64/httpd/build/config_vars.mk"));
    CHECK(tree.value().setting("exp_includedir") == "/usr/include/httpd");
    CHECK_FALSE(tree.value().setting("libexecdir"));
    CHECK(tree.value().settings_mmn_major() == 20120211);
    CHECK(tree.value().mmn_file() == folder.at("usr/include/httpd/.mmn"));
    CHECK(tree.value().mmn_text() == "20120211aarch64");
    CHECK(tree.value().mmn_file_major() == 20120211);
    CHECK(tree.value().mmn_file_rpm_isa() == "aarch64");
    const auto read = DevelopmentTree::read(folder.at("usr/include/httpd"));
    REQUIRE(read);
    CHECK(read.value().settings_file().empty());
    CHECK(read.value().settings_mmn_major() == 0);
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

TEST_CASE("a package is read within limits") {
    for (const std::string kind : {"deb", "rpm"}) {
        INFO(kind);
        const std::string path = seed(kind, "xz");
        const auto read = Package::read(path);
        REQUIRE(read);
        REQUIRE(read.value().binaries().size() == 1);
        CHECK(read.value().errors().empty());
        const auto error = [&](const PackageLimits & limits) {
            const auto refused = Package::read(path, limits);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().path() == path);
            return refused.error().code();
        };
        const PackageLimits limits;
        CHECK(error(limits.with_files(1)) == ErrorCode::TOO_MUCH);
        CHECK(error(limits.with_unpacked_bytes(500)) == ErrorCode::TOO_MUCH);
        CHECK(error(limits.with_control_bytes(100)) == ErrorCode::TOO_MUCH);
        CHECK(error(limits.with_binary_bytes(100)) == ErrorCode::TOO_LARGE);
        // What is not read as a whole may be larger.
        CHECK(Package::read(path, limits.with_binary_bytes(100), [](const PackageFile &, PackageContent &) {}));
        CHECK(Package::read(path, limits.with_files(3).with_control_bytes(20000).with_binary_bytes(984)));
    }
}

TEST_CASE("the files of a package are handed out as they come") {
    const std::string binary = whole_file(std::string(CONFGRAPH_CORPUS) + "x86-64");
    for (const auto & [kind, expected] :
         {std::pair<std::string, Files>{"deb", {"/", "/usr/lib/apache2/modules/mod_example.so"}},
          std::pair<std::string, Files>{"rpm",
                                        {"/usr/lib64/httpd/modules", "/usr/lib64/httpd/modules/mod_example.so",
                                         "/usr/lib64/httpd/modules/mod_other.so"}}}) {
        INFO(kind);
        Files seen;
        std::string content;
        const auto read =
            Package::read(seed(kind, "gzip"), PackageLimits(), [&](const PackageFile & file, PackageContent & bytes) {
                seen.push_back(file.path());
                for (std::string_view part = bytes.next(); !part.empty(); part = bytes.next()) {
                    content.append(part);
                }
                CHECK(bytes.next().empty());
            });
        REQUIRE(read);
        CHECK(seen == expected);
        CHECK(content == binary);
        CHECK(read.value().binaries().empty());
        CHECK(read.value().version() == (kind == "deb" ? "1" : "1-1"));
        Files listed;
        for (const PackageFile & file : read.value().files()) {
            listed.push_back(file.path());
            CHECK(file.size() == (file.type() == PackageFileType::FILE ? binary.size() : 0));
            CHECK(file.target() == (file.type() == PackageFileType::LINK ? "mod_example.so" : ""));
        }
        CHECK(listed == expected);
        // What is not taken is passed over.
        unsigned count = 0;
        CHECK(Package::read(seed(kind, "xz"), PackageLimits(), [&](const PackageFile &, PackageContent & bytes) {
            static_cast<void>(bytes.next());
            ++count;
        }));
        CHECK(count == expected.size());
    }
    const TemporaryFolder folder;
    folder.add_file("short.deb", whole_file(seed("deb", "plain")).substr(0, 12000));
    std::size_t bytes_seen = 0;
    const auto damaged =
        Package::read(folder.at("short.deb"), PackageLimits(), [&](const PackageFile &, PackageContent & bytes) {
            for (auto part = bytes.next(); !part.empty(); part = bytes.next()) {
                bytes_seen += part.size();
            }
        });
    REQUIRE_FALSE(damaged);
    CHECK(damaged.error().code() == ErrorCode::MALFORMED);
    CHECK_FALSE(Package::is_package(folder.at("gone")));
    CHECK(Package::is_package(folder.at("short.deb")));
}

TEST_CASE("what a package declares, and what it loads, is checked") {
    const auto read = Package::read(seed("deb", "plain"));
    REQUIRE(read);
    CHECK(check_package(read.value()).empty());
    CHECK(check_load_files(read.value(), TreeExpectations()).empty());
    const auto problems = check_package(read.value(), 20211221);
    REQUIRE_FALSE(problems.empty());
    CHECK(problems.front().code() == PackageProblemCode::MIXED_MMN);
    CHECK(problems.front().is_error());
    CHECK(problems.front().file() == "/usr/lib/apache2/modules/mod_example.so");
    CHECK(problems.front().other().empty());
    CHECK(problems.front().mmn() == 20120211);
    CHECK(problems.front().other_mmn() == 20211221);
}

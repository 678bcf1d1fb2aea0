// SPDX-License-Identifier: Apache-2.0
#include "core/ar.hpp"
#include "core/package.hpp"
#include "core/package_check.hpp"
#include "core/relation.hpp"

#include "support/catch.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace confgraph::package;

namespace {

core::Binary binary(const std::string & path, int mmn) {
    core::Binary made;
    made.path = path;
    made.rpm_isa = "x8664";
    made.modules.push_back({"x_module", "mod_x.c", mmn, 1, "AP24", {}, true});
    return made;
}

std::vector<PackageProblemCode> codes(const core::Package & package, int mmn = 0) {
    std::vector<PackageProblemCode> found;
    for (const core::PackageProblem & problem : core::check_package(package, mmn)) {
        found.push_back(problem.code);
    }
    return found;
}

}  // namespace

TEST_CASE("Dependencies are read as Debian writes them") {
    const auto list = core::parse_relations(" a (>= 1:2~) | b:any,\n c [amd64] , d(<<3)<!nocheck>,, ");
    CHECK(list ==
          std::vector<core::Relation>{{"a", ">=", "1:2~", false}, {"b", "", "", true}, {"c"}, {"d", "<<", "3", false}});
    CHECK(core::text_of(list[0], true) == "a (>= 1:2~)");
    CHECK(core::text_of(list[0], false) == "a >= 1:2~");
    CHECK(core::parse_relations(",|(,").empty());
}

TEST_CASE("Names of members are where they are installed") {
    CHECK(core::installed_path("./usr//lib/./x/") == "/usr/lib/x");
    CHECK(core::installed_path("/usr/x..y") == "/usr/x..y");
    CHECK(core::installed_path("./") == "/");
    CHECK(core::installed_path("../x").empty());
    CHECK(core::installed_path("./x/..").empty());
    CHECK(core::installed_path(std::string_view("x\0y", 3)).empty());
}

TEST_CASE("What unpacked files may have grows with the package, up to a limit") {
    core::Limits limits;
    CHECK(limits.unpacked_of(1) == 64U << 20);
    CHECK(limits.unpacked_of(1U << 20) == 200ULL << 20);
    CHECK(limits.unpacked_of(~0ULL) == limits.unpacked_bytes);
    limits.unpacked_bytes = 100;
    CHECK(limits.unpacked_of(1U << 20) == 100);
}

TEST_CASE("Each limit can be set, and leaves the others") {
    const core::Limits usual;
    const auto is = [](const PackageLimits & limits, const core::Limits & expected) {
        return limits.impl().unpacked_bytes == expected.unpacked_bytes && limits.impl().growth == expected.growth &&
               limits.impl().files == expected.files && limits.impl().binary_bytes == expected.binary_bytes &&
               limits.impl().control_bytes == expected.control_bytes;
    };
    const PackageLimits limits;
    CHECK(is(limits, usual));
    CHECK(is(limits.with_unpacked_bytes(1), {1, usual.growth, usual.files, usual.binary_bytes, usual.control_bytes}));
    CHECK(is(limits.with_growth(2), {usual.unpacked_bytes, 2, usual.files, usual.binary_bytes, usual.control_bytes}));
    CHECK(is(limits.with_files(3), {usual.unpacked_bytes, usual.growth, 3, usual.binary_bytes, usual.control_bytes}));
    CHECK(is(limits.with_binary_bytes(4), {usual.unpacked_bytes, usual.growth, usual.files, 4, usual.control_bytes}));
    CHECK(is(limits.with_control_bytes(5), {usual.unpacked_bytes, usual.growth, usual.files, usual.binary_bytes, 5}));
    CHECK(is(limits.with_control_bytes(5).with_files(3).with_growth(2),
             {usual.unpacked_bytes, 2, 3, usual.binary_bytes, 5}));
    CHECK(is(limits, usual));
}

TEST_CASE("A .load file is known by its place") {
    CHECK(core::is_load_file("/etc/apache2/mods-available/x.load"));
    CHECK(core::is_load_file("/etc/httpd2/conf/mods-available/x.load"));
    for (const std::string path :
         {"/etc/apache2/mods-available/.load", "/etc/apache2/mods-available/x.conf", "/etc/apache2/mods-enabled/x.load",
          "/usr/share/mods-available/x.load", "/etc/apache2/mods-available/sub/x.load", "/etc/x.load", "", "/"}) {
        INFO(path);
        CHECK_FALSE(core::is_load_file(path));
    }
}

TEST_CASE("Links in a package lead to files of it") {
    const std::vector<core::PackageFile> list = {
        {"/usr/lib/mod.so", PackageFileType::FILE, 1, {}},
        {"/usr/lib/relative.so", PackageFileType::LINK, 0, "mod.so"},
        {"/lib", PackageFileType::LINK, 0, "usr/lib"},
        {"/opt/absolute.so", PackageFileType::LINK, 0, "/lib/relative.so"},
        {"/opt/up.so", PackageFileType::LINK, 0, "../../../usr/lib/mod.so"},
        {"/opt/self", PackageFileType::LINK, 0, "self"},
        {"/opt/grows", PackageFileType::LINK, 0, "grows/grows"},
        {"/opt/outside", PackageFileType::LINK, 0, "/elsewhere/mod.so"},
        {"/usr/lib", PackageFileType::FOLDER, 0, {}},
    };
    std::map<std::string, const core::PackageFile *, std::less<>> files;
    for (const core::PackageFile & file : list) {
        files.emplace(file.path, &file);
    }
    for (const std::string path : {"/usr/lib/mod.so", "/usr/lib/relative.so", "/lib/mod.so", "/opt/absolute.so",
                                   "/opt/up.so", "//usr/./lib/../lib/mod.so", "/../usr/lib/mod.so"}) {
        INFO(path);
        CHECK(core::resolve_in_package(files, path) == "/usr/lib/mod.so");
    }
    for (const std::string path :
         {"/opt/self", "/opt/grows", "/opt/outside", "/usr/lib", "/usr/lib/gone.so", "", "/"}) {
        INFO(path);
        CHECK(core::resolve_in_package(files, path).empty());
    }
}

TEST_CASE("Triggers are read line by line") {
    CHECK(core::parse_triggers("# none\n\ninterest-noawait  /usr/x # why\nactivate y\n") ==
          std::vector<core::Trigger>{{"interest-noawait", "/usr/x"}, {"activate", "y"}});
}

TEST_CASE("Each distribution's name for a module magic number is understood") {
    const auto of = [](core::Relation relation, PackageKind kind) {
        const auto found = core::declaration_of(relation, kind);
        return found ? found->mmn : -1;
    };
    CHECK(of({"apache2-api-20120211"}, PackageKind::DEB) == 20120211);
    CHECK(of({"apache2-api-20120211-openssl1.1"}, PackageKind::DEB) == 20120211);
    CHECK(of({"apache2-api-x"}, PackageKind::DEB) == 0);
    CHECK(of({"apache2"}, PackageKind::DEB) == -1);
    CHECK(of({"httpd-mmn", "=", "20120211x8664"}, PackageKind::RPM) == 20120211);
    CHECK(of({"httpd-mmn"}, PackageKind::RPM) == 0);
    CHECK(of({"apache_mmn_20120211"}, PackageKind::RPM) == 20120211);
    CHECK(of({"apache(modules-api)", "=", "20120211"}, PackageKind::RPM) == 20120211);
    CHECK(of({"apache2-mmn", "=", "20120211"}, PackageKind::RPM) == 20120211);
    CHECK(of({"httpd", ">=", "2"}, PackageKind::RPM) == -1);
}

TEST_CASE("What a package declares is compared with its modules") {
    core::Package package{"x.deb"};
    CHECK(codes(package).empty());
    package.depends = {{"apache2-api-20120211"}};
    CHECK(codes(package) == std::vector{PackageProblemCode::SUPERFLUOUS_DEPENDENCY});
    package.binaries.push_back(binary("/a.so", 20120211));
    CHECK(codes(package).empty());
    CHECK(codes(package, 20120211).empty());
    CHECK(codes(package, 20211221) == std::vector{PackageProblemCode::MIXED_MMN, PackageProblemCode::WRONG_DEPENDENCY});
    package.binaries.front().uses_openssl = true;
    CHECK(codes(package) == std::vector{PackageProblemCode::MISSING_OPENSSL});
    package.depends.push_back({"apache2-api-20120211-openssl1.1"});
    CHECK(codes(package).empty());
    package.depends.erase(package.depends.begin());
    CHECK(codes(package) == std::vector{PackageProblemCode::MISSING_DEPENDENCY});
    package.depends = {{"apache2-api-20051115"}};
    package.binaries.front().uses_openssl = false;
    CHECK(codes(package) == std::vector{PackageProblemCode::WRONG_DEPENDENCY});
    package.depends.clear();
    package.provides = {{"apache2-api-20120211"}};
    CHECK(codes(package).empty());
    package.provides = {{"apache2-api-20051115"}};
    CHECK(codes(package) == std::vector{PackageProblemCode::WRONG_PROVISION});
}

TEST_CASE("An archive whose reading fails is no archive that is damaged") {
    const auto found = core::find_deb_members(
        [](std::uint64_t, std::size_t) -> core::Result<std::string> {
            return core::Error{ErrorCode::CANNOT_READ, {}, 5, Part::NONE, 0, 0};
        },
        1000);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::CANNOT_READ);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/build_settings.hpp"
#include "io/development_tree.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <string>

using namespace confgraph::package;
using confgraph::test::TemporaryFolder;

namespace {

constexpr const char * HEADER = "#define MODULE_MAGIC_NUMBER_MAJOR 20120211\n#define MODULE_MAGIC_NUMBER_MINOR 142\n";
const io::DevelopmentPlaces PLACES = {{"/usr/first.mk", "/usr/second.mk"}, {"/usr/include/one", "/usr/include/two"}};

}  // namespace

TEST_CASE("settings refer to each other") {
    const auto settings = core::BuildSettings::parse(
        "prefix =\n"
        "exec_prefix = ${prefix}/usr\n"
        " includedir\t=  $(exec_prefix)/include/apache2  \r\n"
        "none = a${nothing}b\n"
        "signs = $ $x ${open $(open\n"
        "twice = 1\ntwice = 2\n"
        "equals = -DX=1\n"
        "no setting\n= nor this");
    CHECK(settings.value("includedir") == "/usr/include/apache2");
    CHECK(settings.value("prefix") == "");
    CHECK(settings.value("none") == "ab");
    CHECK(settings.value("signs") == "$ $x ${open $(open");
    CHECK(settings.value("twice") == "2");
    CHECK(settings.value("equals") == "-DX=1");
    CHECK_FALSE(settings.value("nothing"));
    CHECK_FALSE(settings.value(""));
    CHECK_FALSE(core::BuildSettings::parse("").value("includedir"));
}

TEST_CASE("settings that have no end have no value") {
    std::string text = "self = ${self}\na = ${b}\nb = ${a}\nleaf =\nbytes = 0123456789\n";
    // Each refers to the one before ten times.
    for (const std::string start : {"leaf", "bytes"}) {
        std::string last = start;
        for (int i = 0; i < 15; ++i) {
            const std::string name = start + std::to_string(i);
            text += name + " =";
            for (int j = 0; j < 10; ++j) {
                text += "${" + last + "}";
            }
            text += "\n";
            last = name;
        }
    }
    const auto settings = core::BuildSettings::parse(text);
    for (const std::string name : {"self", "a", "b", "leaf14", "bytes14"}) {
        INFO(name);
        CHECK_FALSE(settings.value(name));
    }
    CHECK(settings.value("bytes0")->size() == 100);
}

TEST_CASE("the settings say where the headers are") {
    const TemporaryFolder folder;
    folder.add_file("usr/second.mk", "prefix = /opt\nincludedir = ${prefix}/include\nHTTPD_MMN = 20120211\n");
    folder.add_file("usr/include/one/ap_mmn.h", "nothing");
    folder.add_file("opt/include/ap_mmn.h", HEADER);
    folder.add_file("opt/include/.mmn", "20120211x8664\n");
    const auto tree = io::find_development_tree(folder.path() + "//", PLACES);
    REQUIRE(tree);
    CHECK(tree.value().headers == core::Headers{folder.at("opt/include/ap_mmn.h"), 20120211, 142});
    CHECK(tree.value().include_folder == folder.at("opt/include"));
    CHECK(tree.value().settings_file == folder.at("usr/second.mk"));
    CHECK(tree.value().settings.value("HTTPD_MMN") == "20120211");
    CHECK(tree.value().note_file == folder.at("opt/include/.mmn"));
    CHECK(tree.value().note == core::MmnNote{"20120211x8664", 20120211});
    // The first settings hold, and of them what apxs compiles with.
    folder.add_file("usr/first.mk", "includedir = /nowhere\nexp_includedir = /usr/include/two\n");
    folder.add_file("usr/include/two/ap_mmn.h", HEADER);
    CHECK(io::find_development_tree(folder.path(), PLACES).value().include_folder == folder.at("usr/include/two"));
    folder.add_file("usr/first.mk", "exp_includedir = /nowhere\n");
    const auto gone = io::find_development_tree(folder.path(), PLACES);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().path == folder.at("nowhere/ap_mmn.h"));
    CHECK(gone.error().system_error == ENOENT);
}

TEST_CASE("without settings the usual folders are looked at") {
    const TemporaryFolder folder;
    const auto nothing = io::find_development_tree(folder.path(), PLACES);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().path == folder.at("usr/include/one/ap_mmn.h"));
    CHECK(nothing.error().system_error == ENOENT);
    folder.add_file("usr/include/two/ap_mmn.h", HEADER);
    const auto tree = io::find_development_tree(folder.path(), PLACES);
    REQUIRE(tree);
    CHECK(tree.value().include_folder == folder.at("usr/include/two"));
    CHECK(tree.value().settings_file.empty());
    CHECK(tree.value().note_file.empty());
    CHECK_FALSE(tree.value().note);
    const auto read = io::read_include_folder(folder.at("usr/include/two"));
    REQUIRE(read);
    CHECK(read.value().headers == tree.value().headers);
    // What is there and wrong is not passed over.
    folder.add_file("usr/include/two/.mmn", "missing-httpd-devel\n");
    const auto wrong = io::find_development_tree(folder.path(), PLACES);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::NO_MMN);
    CHECK(wrong.error().path == folder.at("usr/include/two/.mmn"));
    folder.add_file("usr/include/one/ap_mmn.h", "nothing\n");
    CHECK(io::find_development_tree(folder.path(), PLACES).error().path == folder.at("usr/include/one/ap_mmn.h"));
    folder.add_file("usr/first.mk", std::string(2UL * 1024 * 1024, 'x'));
    CHECK(io::find_development_tree(folder.path(), PLACES).error().code == ErrorCode::TOO_LARGE);
}

TEST_CASE("links stay below the root") {
    const TemporaryFolder folder;
    folder.add_file("opt/real/ap_mmn.h", HEADER);
    std::filesystem::create_directories(folder.at("usr/include"));
    std::filesystem::create_symlink("/opt/real", folder.at("usr/include/one"));
    const auto tree = io::find_development_tree(folder.path(), PLACES);
    REQUIRE(tree);
    CHECK(tree.value().headers.path == folder.at("usr/include/one/ap_mmn.h"));
}

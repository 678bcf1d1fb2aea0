// SPDX-License-Identifier: Apache-2.0
#include "io/dpkg_database.hpp"

#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

#include <cerrno>
#include <string>

using namespace confgraph;
using test::MemoryFileSystem;

namespace {

std::string stanza(const std::string & package, const std::string & state, const std::string & more = {}) {
    return "Package: " + package + "\nStatus: install ok " + state + "\nPriority: optional\n" + more + "\n";
}

/// The state of apache2; "none" when it is unknown, and errno where reading failed.
std::string state_of(const MemoryFileSystem & files, const std::string & package = "apache2") {
    const auto found = io::find_package(files, "/dpkg", package);
    if (!found) {
        return std::to_string(found.error().system_error());
    }
    return found.value() ? found.value()->state : "none";
}

}  // namespace

TEST_CASE("a package is found by its whole name") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", stanza("apache2-bin", "unpacked") + stanza("xapache2", "half-installed") +
                                       stanza("apache2", "installed") + stanza("zlib1g", "config-files"));
    CHECK(state_of(files) == "installed");
    CHECK(state_of(files, "apache2-bin") == "unpacked");
    CHECK(state_of(files, "zlib1g") == "config-files");
    CHECK(state_of(files, "apache") == "none");
    CHECK(state_of(files, "") == "none");
}

TEST_CASE("words of a description are no package") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", stanza("other", "installed", "Description: x\n Package: apache2\n Status: y\n"));
    CHECK(state_of(files) == "none");
}

TEST_CASE("the last line may lack its end") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", "Package: apache2\nStatus: install ok unpacked");
    CHECK(state_of(files) == "unpacked");
    files.add_file("/dpkg/status", "Package: apache2\n");
    CHECK(state_of(files).empty());
}

TEST_CASE("an update is newer than the status, and a later one newer than an earlier one") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", stanza("apache2", "installed"));
    files.add_file("/dpkg/updates/0001", stanza("apache2", "half-configured"));
    files.add_file("/dpkg/updates/0000", stanza("apache2", "unpacked"));
    files.add_file("/dpkg/updates/0002", stanza("other", "installed"));
    files.add_file("/dpkg/updates/tmp.i", stanza("apache2", "config-files"));
    CHECK(state_of(files) == "half-configured");
    files.add_file("/dpkg/updates/0010", stanza("apache2", "not-installed"));
    CHECK(state_of(files) == "not-installed");
}

TEST_CASE("installed and configured is what dpkg calls so") {
    for (const char * state : {"installed", "triggers-awaited", "triggers-pending"}) {
        CHECK(core::DpkgPackage{state, {}}.configured());
    }
    for (const char * state : {"not-installed", "config-files", "half-installed", "unpacked", "half-configured", ""}) {
        CHECK_FALSE(core::DpkgPackage{state, {}}.configured());
    }
}

TEST_CASE("of several architectures one that is configured counts") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", stanza("apache2", "installed", "Architecture: amd64\n") +
                                       stanza("apache2", "config-files", "Architecture: i386\n"));
    CHECK(state_of(files) == "installed");
}

TEST_CASE("what a package provides is kept as it is written") {
    MemoryFileSystem files;
    files.add_file("/dpkg/status", stanza("apache2-bin", "installed",
                                          "Provides: apache2-api-20120211, apache2-api-20120211-openssl1.1\n"));
    const auto found = io::find_package(files, "/dpkg", "apache2-bin");
    REQUIRE(found);
    REQUIRE(found.value());
    CHECK(found.value()->provides == "apache2-api-20120211, apache2-api-20120211-openssl1.1");
}

TEST_CASE("without a database there is an error") {
    MemoryFileSystem files;
    CHECK(state_of(files) == std::to_string(ENOENT));
    files.add_folder("/dpkg");
    CHECK(state_of(files) == std::to_string(ENOENT));
    files.add_file("/dpkg/status", stanza("apache2", "installed"));
    CHECK(state_of(files) == "installed");
    files.add_file("/dpkg/updates/0000", stanza("apache2", "unpacked"));
    files.deny("/dpkg/updates/0000");
    CHECK(state_of(files) == std::to_string(EACCES));
}

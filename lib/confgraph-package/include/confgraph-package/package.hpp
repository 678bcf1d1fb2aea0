// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/binary.hpp>
#include <confgraph-package/error.hpp>
#include <confgraph/export.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package {

namespace core {
class Content;
struct Limits;
struct Package;
struct PackageFile;
struct PackageProblem;
struct Relation;
struct Script;
struct Trigger;
}  // namespace core

/// The format of a package.
enum class PackageKind : std::uint8_t { DEB, RPM };

/// What a package may hold at most, so that reading one that was made to do harm ends soon and in little memory. What
/// comes by default is more than any package of Debian's or Fedora's archives holds.
class CONFGRAPH_API PackageLimits {
public:
    PackageLimits();

    /// The bytes of all files together once they are unpacked.
    [[nodiscard]] PackageLimits with_unpacked_bytes(std::uint64_t bytes) const;
    /// How many times as large as the package they may be, once they are more than 64 MiB.
    [[nodiscard]] PackageLimits with_growth(std::uint64_t times) const;
    /// The number of files.
    [[nodiscard]] PackageLimits with_files(std::uint64_t count) const;
    /// The bytes of a binary, which is read as a whole.
    [[nodiscard]] PackageLimits with_binary_bytes(std::uint64_t bytes) const;
    /// The bytes of what the package says of itself: a script, a list of dependencies, all of a .rpm's header.
    [[nodiscard]] PackageLimits with_control_bytes(std::uint64_t bytes) const;

    [[nodiscard]] const core::Limits & impl() const { return *impl_; }

private:
    explicit PackageLimits(std::shared_ptr<const core::Limits> impl);
    std::shared_ptr<const core::Limits> impl_;
};

/// A name that a package depends on or provides, with the version if it gives one.
class CONFGRAPH_API Relation {
public:
    explicit Relation(std::shared_ptr<const core::Relation> impl);

    /// The name, without the version.
    [[nodiscard]] const std::string & name() const;
    /// "=", ">=" and so on; empty without a version.
    [[nodiscard]] const std::string & relation() const;
    /// As written; empty without one.
    [[nodiscard]] const std::string & version() const;
    /// Whether it may be there in place of the one before.
    [[nodiscard]] bool alternative() const;

private:
    std::shared_ptr<const core::Relation> impl_;
};

/// A script that the package manager runs.
class CONFGRAPH_API Script {
public:
    explicit Script(std::shared_ptr<const core::Script> impl);

    /// As the package manager calls it: "postinst" in a .deb, "post" in a .rpm.
    [[nodiscard]] const std::string & name() const;
    /// All of it, as the package has it.
    [[nodiscard]] const std::string & text() const;

private:
    std::shared_ptr<const core::Script> impl_;
};

/// Something that sets off a script.
class CONFGRAPH_API Trigger {
public:
    explicit Trigger(std::shared_ptr<const core::Trigger> impl);

    /// As the package manager calls it: "interest-noawait", "triggerin", "transfiletriggerin".
    [[nodiscard]] const std::string & kind() const;
    /// The package, the file or the trigger that it is about.
    [[nodiscard]] const std::string & name() const;

private:
    std::shared_ptr<const core::Trigger> impl_;
};

/// What a file of a package is.
enum class PackageFileType : std::uint8_t { FILE, FOLDER, LINK, OTHER };

/// A file in a package.
class CONFGRAPH_API PackageFile {
public:
    explicit PackageFile(std::shared_ptr<const core::PackageFile> impl);

    /// Where it is to be installed: an absolute path without "." and "..".
    [[nodiscard]] const std::string & path() const;
    /// What it is once it is installed.
    [[nodiscard]] PackageFileType type() const;
    /// In bytes; of FILE only. Of several hard links one alone comes with the content, in a .deb the first, in a .rpm
    /// the last one; while the package is read the others have 0, and in Package::files() the same as that one.
    [[nodiscard]] std::uint64_t size() const;
    /// Where a LINK leads.
    [[nodiscard]] const std::string & target() const;

private:
    std::shared_ptr<const core::PackageFile> impl_;
};

/// The content of a file of a package while that is read.
class CONFGRAPH_API PackageContent {
public:
    /// Made by the library alone.
    explicit PackageContent(core::Content & impl) : impl_(&impl) {}

    /// The next part of it, good until the next call; empty at the end, and where the package is damaged, which the
    /// reader of the package tells.
    std::string_view next();

private:
    core::Content * impl_;
};

/// A package of Debian's or rpm's format. Nothing of it is unpacked to a file system, and nothing is executed.
class CONFGRAPH_API Package {
public:
    explicit Package(std::shared_ptr<const core::Package> impl);

    /// Reads all that the package says of itself, its list of files, and the module binaries and .load files among
    /// these.
    static Result<Package> read(const std::string & path, const PackageLimits & limits = PackageLimits());
    /// Reads the same but for the content of files; calls for each file in the order of the package. What is not read
    /// of a content is passed over.
    static Result<Package> read(const std::string & path, const PackageLimits & limits,
                                const std::function<void(const PackageFile &, PackageContent &)> & visit);
    /// Whether a file begins as packages of a kind that is known do. False for one that cannot be read.
    static bool is_package(const std::string & path);

    /// The file, as given.
    [[nodiscard]] const std::string & path() const;
    /// Its format.
    [[nodiscard]] PackageKind kind() const;
    /// The name that its package manager knows it by.
    [[nodiscard]] const std::string & name() const;
    /// The version: "2.4.57-2"; of a .rpm with epoch, if there is one, and release.
    [[nodiscard]] const std::string & version() const;
    /// As the package manager writes it: "amd64", "x86_64", "all", "noarch".
    [[nodiscard]] const std::string & architecture() const;
    /// What it cannot be installed, or used, without.
    [[nodiscard]] std::vector<Relation> depends() const;
    /// The names under which it can be depended on, beside its own.
    [[nodiscard]] std::vector<Relation> provides() const;
    /// What the package manager runs, in the package's own order.
    [[nodiscard]] std::vector<Script> scripts() const;
    /// What sets off scripts.
    [[nodiscard]] std::vector<Trigger> triggers() const;
    /// All that it installs, in the package's own order.
    [[nodiscard]] std::vector<PackageFile> files() const;
    /// The binaries that hold modules, by path.
    [[nodiscard]] std::vector<ModuleBinary> binaries() const;
    /// Files called *.so that could not be understood. Their path() is that inside of the package.
    [[nodiscard]] std::vector<Error> errors() const;

    [[nodiscard]] const core::Package & impl() const { return *impl_; }

private:
    std::shared_ptr<const core::Package> impl_;
};

/// What can be wrong with the dependencies of a package.
enum class PackageProblemCode : std::uint8_t {
    UNREADABLE_BINARY,       ///< a file called *.so cannot be understood: PackageProblem::error()
    MIXED_MMN,               ///< modules are for different numbers: file() and other()
    MISSING_DEPENDENCY,      ///< the modules of file() need expected(), and nothing like it is declared
    WRONG_DEPENDENCY,        ///< declared() is not what the modules of file() need, which is expected()
    WRONG_PROVISION,         ///< a server provides declared(), and the module of file() is for expected()
    SUPERFLUOUS_DEPENDENCY,  ///< declared() is declared, and there is no module
    MISSING_OPENSSL,         ///< file() uses mod_ssl's OpenSSL, and expected() is not declared
    SUPERFLUOUS_OPENSSL,     ///< declared() is declared, and no module seems to use mod_ssl's OpenSSL
};

/// Something wrong with a package, as data.
class CONFGRAPH_API PackageProblem {
public:
    explicit PackageProblem(std::shared_ptr<const core::PackageProblem> impl);

    /// What is wrong; it says what the others mean.
    [[nodiscard]] PackageProblemCode code() const;
    /// Whether the package would not work, or where it should not; else it is a blemish.
    [[nodiscard]] bool is_error() const;
    /// The binary concerned.
    [[nodiscard]] const std::string & file() const;
    /// For MIXED_MMN, the other binary; else empty.
    [[nodiscard]] const std::string & other() const;
    /// A dependency that is declared, as the package manager writes it; may be empty.
    [[nodiscard]] const std::string & declared() const;
    /// The dependency that ought to be, written likewise; may be empty.
    [[nodiscard]] const std::string & expected() const;
    /// For MIXED_MMN, the major module magic number of file(); else 0.
    [[nodiscard]] int mmn() const;
    /// For MIXED_MMN, that of other(); else 0.
    [[nodiscard]] int other_mmn() const;
    /// The index in Package::errors().
    [[nodiscard]] std::size_t error() const;

private:
    std::shared_ptr<const core::PackageProblem> impl_;
};

/// Compares what a package declares with the module binaries in it. With mmn, that is what they have to be for.
CONFGRAPH_API std::vector<PackageProblem> check_package(const Package & package, int mmn = 0);

}  // namespace confgraph::package

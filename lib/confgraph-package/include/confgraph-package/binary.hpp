// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>
#include <confgraph/export.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Binaries and packages of modules of the Apache HTTP Server.
namespace confgraph::package {

namespace core {
struct Binary;
struct Directive;
struct Module;
}  // namespace core

/// Where a directive may stand: bits of Directive::allowed(). The first five are what AllowOverride names.
enum Allowed : std::uint32_t {
    ALLOWED_LIMIT = 1,
    ALLOWED_OPTIONS = 2,
    ALLOWED_FILE_INFO = 4,
    ALLOWED_AUTH_CONFIG = 8,
    ALLOWED_INDEXES = 16,
    ALLOWED_UNSET = 32,         ///< where no AllowOverride was given
    ALLOWED_DIRECTORY = 64,     ///< inside of Directory sections and their like
    ALLOWED_SERVER = 128,       ///< outside of them
    ALLOWED_EXEC_ON_READ = 256  ///< carried out while the configuration is read
};

/// How a directive takes its arguments, in the server's words.
enum class Arguments : std::uint8_t {
    RAW_ARGS,
    TAKE1,
    TAKE2,
    ITERATE,
    ITERATE2,
    FLAG,
    NO_ARGS,
    TAKE12,
    TAKE3,
    TAKE23,
    TAKE123,
    TAKE13,
    TAKE_ARGV,
    OTHER,  ///< a number that the server has no word for
};

/// A directive that a module registers.
class CONFGRAPH_API Directive {
public:
    explicit Directive(std::shared_ptr<const core::Directive> impl);

    /// The name, for a container with a "<" in front: "<IfVersion".
    [[nodiscard]] const std::string & name() const;
    /// Bits of Allowed; others are the server's own business.
    [[nodiscard]] std::uint32_t allowed() const;
    /// How it takes its arguments.
    [[nodiscard]] Arguments arguments() const;
    /// What the server says of its use; may be empty.
    [[nodiscard]] const std::string & help() const;

private:
    std::shared_ptr<const core::Directive> impl_;
};

/// A module record: what LoadModule looks for in a binary.
class CONFGRAPH_API Module {
public:
    explicit Module(std::shared_ptr<const core::Module> impl);

    /// The module identifier, which is the symbol's name: "rewrite_module".
    [[nodiscard]] const std::string & identifier() const;
    /// The source file's name, without folders: "mod_rewrite.c".
    [[nodiscard]] const std::string & source() const;
    /// The major module magic number of the server it was compiled for: 20120211.
    [[nodiscard]] int mmn_major() const;
    /// The minor module magic number, which the server does not look at.
    [[nodiscard]] int mmn_minor() const;
    /// The four letters of its cookie: "AP24" for every httpd 2.4.
    [[nodiscard]] std::string_view cookie() const;
    /// What it adds to the configuration, in the order of its table.
    [[nodiscard]] std::vector<Directive> directives() const;
    /// Whether directives() are all: a table that lies in another binary cannot be read.
    [[nodiscard]] bool directives_known() const;

private:
    std::shared_ptr<const core::Module> impl_;
};

/// What is in a binary that the server could load, of whatever machine. Nothing of it is executed.
class CONFGRAPH_API ModuleBinary {
public:
    explicit ModuleBinary(std::shared_ptr<const core::Binary> impl);

    /// Reads a file. A binary without module records is no error.
    static Result<ModuleBinary> read(const std::string & path);
    /// Reads what is in memory already; path is what errors shall name.
    static Result<ModuleBinary> parse(std::string bytes, const std::string & path);

    /// The file, as given.
    [[nodiscard]] const std::string & path() const;
    /// Its module records, by the order of their symbols.
    [[nodiscard]] std::vector<Module> modules() const;
    /// The machine: "x86-64".
    [[nodiscard]] std::string_view machine() const;
    /// 32 or 64.
    [[nodiscard]] int bits() const;
    /// Whether its numbers begin with the most significant byte.
    [[nodiscard]] bool big_endian() const;
    /// The machine as rpm's macros %{__isa_name}%{__isa_bits} have it: "x8664"; empty where the binary does not tell.
    [[nodiscard]] const std::string & rpm_isa() const;
    /// Whether it uses the interface of mod_ssl that hands out OpenSSL's own objects, so that both have to be built for
    /// the same OpenSSL: it reaches into the record of mod_ssl, or adds itself to one of its hooks.
    [[nodiscard]] bool uses_openssl() const;

private:
    std::shared_ptr<const core::Binary> impl_;
};

/// What ModuleBinary::rpm_isa() is for binaries of the machine that this runs on.
CONFGRAPH_API std::string native_rpm_isa();

/// What was found below a folder.
class CONFGRAPH_API BinaryTree {
public:
    struct Impl;
    explicit BinaryTree(std::shared_ptr<const Impl> impl);

    /// Looks at every file below a folder, or at the file itself. Links are not followed. A file that is no loadable
    /// binary, or has no module record, is passed over; so is one that cannot be understood, unless it is called *.so.
    /// A file that is named itself has to be a loadable binary.
    static Result<BinaryTree> read(const std::string & path);

    /// The binaries that hold modules, by path.
    [[nodiscard]] const std::vector<ModuleBinary> & binaries() const;
    /// Files called *.so that could not be read or understood.
    [[nodiscard]] const std::vector<Error> & errors() const;

private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace confgraph::package

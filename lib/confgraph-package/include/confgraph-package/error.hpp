// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>
#include <confgraph/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace confgraph::package {

namespace core {
struct Error;
}

/// Why a binary, a package, a header or a folder could not be read.
enum class ErrorCode : std::uint8_t {
    CANNOT_READ,      ///< the system says why: system_error()
    NOT_A_FILE,       ///< a folder, a FIFO, a socket or a device where a file should be
    TOO_LARGE,        ///< the file is larger than any module
    NOT_ELF,          ///< the file is no ELF binary
    NOT_LOADABLE,     ///< an ELF file that nothing can load: an object file, detached debugging information
    UNKNOWN_MACHINE,  ///< the relocations of this machine are not known; number() is the machine's
    MALFORMED,        ///< part(), at offset(), makes no sense or lies outside of the file
    TOO_MUCH,         ///< part() holds more than any module does
    NO_MMN,           ///< a header without the module magic number
    NOT_A_PACKAGE,    ///< the file is neither a .deb nor a .rpm
    BAD_MEMBER_NAME,  ///< member() of a package leads out of it
    UNKNOWN_FORMAT,   ///< member() of a package is compressed, or packed, in a way that is not known
    NO_LIBRARY,       ///< a library that this needs cannot be loaded; detail() says why
};

/// Which part of a binary, or of a package, is concerned.
enum class Part : std::uint8_t {
    NONE,
    HEADER,
    SEGMENTS,
    DYNAMIC,
    SYMBOLS,
    RELOCATIONS,
    MODULE,
    DIRECTIVES,
    ARCHIVE,     ///< what holds the members of a .deb
    MEMBER,      ///< member() of a package
    RPM_HEADER,  ///< what a .rpm says of itself
    UNPACKED,    ///< the files of a package, taken together
};

/// An error: what failed, on which file, and where in it.
class CONFGRAPH_API Error {
public:
    explicit Error(std::shared_ptr<const core::Error> impl);

    /// What failed.
    [[nodiscard]] ErrorCode code() const;
    /// The file or folder concerned.
    [[nodiscard]] const std::string & path() const;
    /// errno of the failed call; 0 when no system call failed.
    [[nodiscard]] int system_error() const;
    /// Which part it is about; NONE when it is about the file as a whole.
    [[nodiscard]] Part part() const;
    /// In bytes from the start of the file.
    [[nodiscard]] std::uint64_t offset() const;
    /// For UNKNOWN_MACHINE, e_machine.
    [[nodiscard]] unsigned number() const;
    /// The member of a package that is concerned; empty when it is not one of its members.
    [[nodiscard]] const std::string & member() const;
    /// What a library said; often empty.
    [[nodiscard]] const std::string & detail() const;

private:
    std::shared_ptr<const core::Error> impl_;
};

/// A value, or why it could not be read.
template <class T>
using Result = confgraph::Result<T, Error>;

}  // namespace confgraph::package

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph/export.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace confgraph {

namespace core {
struct Error;
}

/// Why something could not be done.
enum class ErrorCode : std::uint8_t {
    CANNOT_READ,           ///< a file or folder could not be read; system_error() says why
    CANNOT_CREATE_LINK,    ///< a symbolic link could not be made
    CANNOT_REMOVE_LINK,    ///< a symbolic link could not be removed
    CANNOT_WRITE_MARKER,   ///< a marker could not be made
    CANNOT_REMOVE_MARKER,  ///< a marker could not be removed
    ENVVARS_FAILED,        ///< the shell could not evaluate the envvars file
    ENVVARS_MALFORMED,     ///< what the shell printed for the envvars file makes no sense
    NOT_A_SERVER,          ///< the server binary is missing, or no server
    CHANGED_MEANWHILE,     ///< an entry is no longer what the plan was made for
};

/// An error: what failed, on which file, and the system's reason.
class CONFGRAPH_API Error {
public:
    explicit Error(std::shared_ptr<const core::Error> impl);

    [[nodiscard]] ErrorCode code() const;
    /// The file or folder concerned.
    [[nodiscard]] const std::string & path() const;
    /// errno of the failed call; 0 when no system call failed.
    [[nodiscard]] int system_error() const;
    /// What could not be brought back to what it was before; empty when nothing was changed in the end.
    [[nodiscard]] const std::vector<std::string> & not_undone() const;

private:
    std::shared_ptr<const core::Error> impl_;
};

}  // namespace confgraph

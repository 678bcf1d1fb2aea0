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
    ENVVARS_NOT_PLAIN,     ///< only a shell can tell what line() of the envvars file does, and it is not to be executed
    LAYOUT_MALFORMED,      ///< a line of the layout's configuration file makes no sense; line() and text() say which
    NO_INSTANCES,          ///< the layout that text() names has no instances
    NOT_A_SERVER,          ///< the server binary is missing, or no server
    CHANGED_MEANWHILE,     ///< an entry is no longer what the plan was made for, or matches no side of an old journal
    CANNOT_LOCK,           ///< the lock could not be opened or made
    LOCKED,                ///< another process held the lock for too long; text() says which
    PLAN_CHANGED,          ///< others changed something, and the new plan was not accepted unseen
    JOURNAL_DAMAGED,       ///< the journal is none, or was altered; line() says where
    JOURNAL_UNKNOWN,       ///< the journal is of a newer version of confgraph
    JOURNAL_ELSEWHERE,     ///< the journal is about other folders than these; text() says which
    CANNOT_WRITE_JOURNAL,  ///< the journal could not be written
    CANNOT_STAGE,          ///< the copy of the enabled folder could not be made
    CANNOT_FLUSH,          ///< a file or folder could not be flushed to its disk
    CANNOT_CLEAN_UP,       ///< something temporary could not be removed
    CANNOT_CREATE_FILE,    ///< a file or folder could not be made
    NOT_AN_INSTANCE,       ///< no record says that there is such an instance
    INSTANCE_RUNS,         ///< the server of an instance runs; text() is the number of its process, if that is known
    SERVER_REFUSED,        ///< the server refuses the changed configuration; text() says why, in its words
    CANNOT_WRITE_FILE,     ///< a file could not be written, or not be put in the place of the old one
    CANNOT_REMOVE_FILE,    ///< a file could not be removed
    CANNOT_RENAME_FILE,    ///< a file could not be given another name
    FILE_TOO_LARGE,        ///< a file is larger than those that are edited, or would become so
};

/// An error: what failed, on which file, and the system's reason.
class CONFGRAPH_API Error {
public:
    explicit Error(std::shared_ptr<const core::Error> impl);

    /// What failed.
    [[nodiscard]] ErrorCode code() const;
    /// The file or folder concerned.
    [[nodiscard]] const std::string & path() const;
    /// errno of the failed call; 0 when no system call failed.
    [[nodiscard]] int system_error() const;
    /// The line of path() concerned; 0 when it is about the file as a whole.
    [[nodiscard]] unsigned line() const;
    /// What else there is to say, in the words of others: not fit to be printed raw.
    [[nodiscard]] const std::string & text() const;
    /// What could not be brought back to what it was before; empty when nothing was changed in the end.
    [[nodiscard]] const std::vector<std::string> & not_undone() const;

private:
    std::shared_ptr<const core::Error> impl_;
};

}  // namespace confgraph

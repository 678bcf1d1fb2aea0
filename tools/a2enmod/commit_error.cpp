// SPDX-License-Identifier: Apache-2.0
#include "commit_error.hpp"

#include "notice_text.hpp"

#include <confgraph/text.hpp>

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace a2enmod {

using confgraph::ErrorCode;

std::string error_text(const confgraph::Error & error) {
    std::string path = confgraph::escape(error.path());
    const int number = error.system_error();
    const std::string reason = number == 0 ? std::string("no reason given") : std::strerror(number);
    std::string state = "nothing was changed";
    if (!error.not_undone().empty()) {
        state = "could not be undone: " + words(error.not_undone());
    }
    if (number == EACCES || number == EPERM) {
        state += "; run this as root";
    }
    switch (error.code()) {
        case ErrorCode::CANNOT_READ:
            return fmt::format("Could not read {}: {}; {}", path, reason, state);
        case ErrorCode::CANNOT_CREATE_LINK:
            return fmt::format("Could not create {}: {}; {}", path, reason, state);
        case ErrorCode::CANNOT_REMOVE_LINK:
            return fmt::format("Could not remove {}: {}; {}", path, reason, state);
        case ErrorCode::CANNOT_WRITE_MARKER:
            return fmt::format("Failed to create marker '{}': {}; {}", path, reason, state);
        case ErrorCode::CANNOT_REMOVE_MARKER:
            return fmt::format("Failed to remove old marker '{}': {}; {}", path, reason, state);
        case ErrorCode::ENVVARS_FAILED:
            return fmt::format("Could not read {}: the shell that evaluates it failed; {}; correct that file", path,
                               state);
        case ErrorCode::ENVVARS_MALFORMED:
            return fmt::format("Could not parse {}: it changes what env prints; {}; correct that file", path, state);
        case ErrorCode::NOT_A_SERVER:
            return fmt::format("{} is no server binary of this machine", path);
        case ErrorCode::CHANGED_MEANWHILE:
            return fmt::format("{} was changed by someone else meanwhile; {}; run this again", path, state);
    }
    return path;
}

}  // namespace a2enmod

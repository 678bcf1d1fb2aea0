// SPDX-License-Identifier: Apache-2.0
#include "commit_error.hpp"

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
    const std::string_view advice = number == EACCES || number == EPERM ? "; run this as root" : "";
    switch (error.code()) {
        case ErrorCode::CANNOT_READ:
            return fmt::format("Could not read {}: {}; nothing was changed{}", path, reason, advice);
        case ErrorCode::CANNOT_CREATE_LINK:
            return fmt::format("Could not create {}: {}; nothing was changed{}", path, reason, advice);
        case ErrorCode::CANNOT_REMOVE_LINK:
            return fmt::format("Could not remove {}: {}; nothing was changed{}", path, reason, advice);
        case ErrorCode::CANNOT_WRITE_MARKER:
            return fmt::format("Failed to create marker '{}': {}; nothing was changed{}", path, reason, advice);
        case ErrorCode::CANNOT_REMOVE_MARKER:
            return fmt::format("Failed to remove old marker '{}': {}; nothing was changed{}", path, reason, advice);
        case ErrorCode::ENVVARS_FAILED:
            return fmt::format(
                "Could not read {}: the shell that evaluates it failed; nothing was changed; correct that file", path);
        case ErrorCode::ENVVARS_MALFORMED:
            return fmt::format(
                "Could not parse {}: it prints something when it is evaluated; nothing was changed; correct that file",
                path);
        case ErrorCode::NOT_A_SERVER:
            return fmt::format("{} is no server binary of this machine", path);
        case ErrorCode::CHANGED_MEANWHILE:
            return fmt::format("{} was changed by someone else meanwhile; nothing was changed; run this again", path);
    }
    return path;
}

}  // namespace a2enmod

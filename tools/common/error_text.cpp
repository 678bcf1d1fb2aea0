// SPDX-License-Identifier: Apache-2.0
#include "common/error_text.hpp"

#include "common/output.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace tool {

using confgraph::Error;
using confgraph::ErrorCode;
using confgraph::escape;

namespace {

constexpr std::string_view LEAVE_ENVVARS_OUT = "correct it, or leave that file out with APACHE_ENVVARS=/dev/null";

std::string reason_of(const Error & error) {
    return error.system_error() == 0 ? std::string("no reason given") : std::strerror(error.system_error());
}

/// What a file is, or was to be, that something could not be done with.
std::string_view action_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::CANNOT_READ:
            return "read";
        case ErrorCode::CANNOT_CREATE_LINK:
        case ErrorCode::CANNOT_CREATE_FILE:
            return "create";
        case ErrorCode::CANNOT_REMOVE_LINK:
        case ErrorCode::CANNOT_REMOVE_FILE:
        case ErrorCode::CANNOT_CLEAN_UP:
            return "remove";
        case ErrorCode::CANNOT_WRITE_FILE:
            return "write";
        case ErrorCode::CANNOT_RENAME_FILE:
            return "rename a file to";
        case ErrorCode::CANNOT_LOCK:
            return "lock";
        case ErrorCode::CANNOT_WRITE_JOURNAL:
            return "write the journal";
        case ErrorCode::CANNOT_STAGE:
            return "make the copy";
        case ErrorCode::CANNOT_FLUSH:
            return "flush to the disk";
        default:
            return "change";
    }
}

/// What of the change is left, and who can make it.
std::string state_after(const Error & error) {
    std::string state = "nothing was changed";
    if (!error.not_undone().empty()) {
        state = "could not be undone: " + words(error.not_undone());
    }
    if (error.system_error() == EACCES || error.system_error() == EPERM) {
        state += "; run this as root";
    }
    return state;
}

std::string in_parentheses(const std::string & text) { return text.empty() ? "" : fmt::format(" ({})", escape(text)); }

}  // namespace

std::string error_text(const Error & error) {
    const std::string path = escape(error.path());
    const std::string place = error.line() == 0 ? path : fmt::format("{}:{}", path, error.line());
    const std::string reason = reason_of(error);
    const std::string state = state_after(error);
    const std::string detail = in_parentheses(error.text());
    switch (error.code()) {
        case ErrorCode::CANNOT_WRITE_MARKER:
            return fmt::format("Failed to create marker '{}': {}; {}", path, reason, state);
        case ErrorCode::CANNOT_REMOVE_MARKER:
            return fmt::format("Failed to remove old marker '{}': {}; {}", path, reason, state);
        case ErrorCode::ENVVARS_FAILED:
            return fmt::format("Could not read {}: the shell that evaluates it failed; {}; correct that file", path,
                               state);
        case ErrorCode::ENVVARS_MALFORMED:
            return fmt::format("Could not parse {}: it changes what env prints; {}; correct that file", path, state);
        case ErrorCode::ENVVARS_NOT_PLAIN:
            if (error.line() == 0) {
                return fmt::format("Could not read {}: {}; {}; {}", path, reason, state, LEAVE_ENVVARS_OUT);
            }
            return fmt::format(
                "{}: only a shell can tell what this line does{}, and nothing in a root is executed; {}; {}", place,
                detail, state, LEAVE_ENVVARS_OUT);
        case ErrorCode::LAYOUT_MALFORMED:
            return fmt::format("{} is no setting of a layout{}; {}; correct that line (confgraph-layouts(7) has them)",
                               place, detail, state);
        case ErrorCode::NO_INSTANCES:
            return fmt::format("There are no instances in the layout {} (configured in {}); {}", escape(error.text()),
                               path, state);
        case ErrorCode::NOT_A_SERVER:
            return fmt::format("{} is no server binary of this machine", path);
        case ErrorCode::CHANGED_MEANWHILE:
            if (!error.text().empty()) {
                return fmt::format(
                    "{} was changed by someone else since a change was interrupted; {}; put links and markers right by "
                    "hand (confgraph(7) explains it), and remove the journal {}",
                    path, state, escape(error.text()));
            }
            return fmt::format("{} was changed by someone else meanwhile; {}; run this again", path, state);
        case ErrorCode::LOCKED:
            return fmt::format(
                "Another command is still changing the configuration: {} is locked{}; {}; run this again later, or "
                "wait longer with --wait=SECONDS",
                path, detail, state);
        case ErrorCode::PLAN_CHANGED:
            return fmt::format("The configuration was changed by someone else meanwhile; {}; run this again", state);
        case ErrorCode::JOURNAL_DAMAGED:
            return fmt::format(
                "{}: the journal of an interrupted change is damaged{}; {}; look at it (confgraph(7) explains it), put "
                "links and markers right by hand, and remove it",
                place, detail, state);
        case ErrorCode::JOURNAL_UNKNOWN:
            return fmt::format(
                "{}: the journal of an interrupted change was written by a newer version of confgraph{}; {}; run a "
                "command of that version",
                place, detail, state);
        case ErrorCode::JOURNAL_ELSEWHERE:
            return fmt::format(
                "{}: the journal of an interrupted change is about other folders than these{}; {}; run this with the "
                "folders that it names (confgraph(7) explains it)",
                place, detail, state);
        case ErrorCode::NOT_AN_INSTANCE:
            return fmt::format("{} was not made by a2instance; {}", path, state);
        case ErrorCode::INSTANCE_RUNS:
            return fmt::format("The server of {} runs{}; {}; stop it first", path,
                               error.text().empty() ? "" : " as process " + escape(error.text()), state);
        case ErrorCode::FILE_TOO_LARGE:
            return fmt::format("{} is too large to be edited: a file may have one mebibyte; {}", path, state);
        case ErrorCode::SERVER_REFUSED:
            return fmt::format("The server refuses the configuration that this would make; {}", state);
        default:
            return fmt::format("Could not {} {}: {}; {}", action_of(error.code()), path, reason, state);
    }
}

std::string error_text(const Error & error, const std::string & root) {
    const std::string text = error_text(error);
    return root.empty() ? text : fmt::format("{} (in the root {})", text, escape(root));
}

std::string problem_text(const Error & error) {
    return fmt::format("could not {} {}: {}", action_of(error.code()), escape(error.path()), reason_of(error));
}

std::string indented(std::string_view words) {
    std::string text;
    while (!words.empty()) {
        const auto end = std::min(words.find('\n'), words.size());
        if (const std::string line = escape(words.substr(0, end)); !line.empty()) {
            text += fmt::format("    {}\n", line);
        }
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return text;
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "common/error_text.hpp"

#include "common/language.hpp"
#include "common/output.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

namespace tool {

using confgraph::Error;
using confgraph::ErrorCode;
using confgraph::escape;

namespace {

std::string leave_envvars_out() { return phrase("correct it, or leave that file out with APACHE_ENVVARS=/dev/null"); }

std::string reason_of(const Error & error) {
    return error.system_error() == 0 ? phrase("no reason given") : system_text(error.system_error());
}

/// What a file is, or was to be, that something could not be done with.
std::string action_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::CANNOT_READ:
            return phrase("read");
        case ErrorCode::CANNOT_CREATE_LINK:
        case ErrorCode::CANNOT_CREATE_FILE:
            return phrase("create");
        case ErrorCode::CANNOT_REMOVE_LINK:
        case ErrorCode::CANNOT_REMOVE_FILE:
        case ErrorCode::CANNOT_CLEAN_UP:
            return phrase("remove");
        case ErrorCode::CANNOT_WRITE_FILE:
            return phrase("write");
        case ErrorCode::CANNOT_RENAME_FILE:
            return phrase("rename a file to");
        case ErrorCode::CANNOT_LOCK:
            return phrase("lock");
        case ErrorCode::CANNOT_WRITE_JOURNAL:
            return phrase("write the journal");
        case ErrorCode::CANNOT_STAGE:
            return phrase("make the copy");
        case ErrorCode::CANNOT_FLUSH:
            return phrase("flush to the disk");
        default:
            return phrase("change");
    }
}

/// What of the change is left, and who can make it.
std::string state_after(const Error & error) {
    std::string state = phrase("nothing was changed");
    if (!error.not_undone().empty()) {
        state = phrase("could not be undone: {}", words(error.not_undone()));
    }
    if (error.system_error() == EACCES || error.system_error() == EPERM) {
        state += phrase("; run this as root");
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
            return phrase("Failed to create marker '{}': {}; {}", path, reason, state);
        case ErrorCode::CANNOT_REMOVE_MARKER:
            return phrase("Failed to remove old marker '{}': {}; {}", path, reason, state);
        case ErrorCode::ENVVARS_FAILED:
            return phrase("Could not read {}: the shell that evaluates it failed; {}; correct that file", path, state);
        case ErrorCode::ENVVARS_MALFORMED:
            return phrase("Could not parse {}: it changes what env prints; {}; correct that file", path, state);
        case ErrorCode::ENVVARS_NOT_PLAIN:
            if (error.line() == 0) {
                return phrase("Could not read {}: {}; {}; {}", path, reason, state, leave_envvars_out());
            }
            return phrase("{}: only a shell can tell what this line does{}, and nothing in a root is executed; {}; {}",
                          place, detail, state, leave_envvars_out());
        case ErrorCode::LAYOUT_MALFORMED:
            return phrase("{} is no setting of a layout{}; {}; correct that line (confgraph-layouts(7) has them)",
                          place, detail, state);
        case ErrorCode::NO_INSTANCES:
            return fmt::format("{}; {}", no_instances_text(error.text(), error.path()), state);
        case ErrorCode::NOT_A_SERVER:
            return phrase("{} is no server binary of this machine", path);
        case ErrorCode::CHANGED_MEANWHILE:
            if (!error.text().empty()) {
                return phrase(
                    "{} was changed by someone else since a change was interrupted; {}; put links and markers right by "
                    "hand (confgraph(7) explains it), and remove the journal {}",
                    path, state, escape(error.text()));
            }
            return phrase("{} was changed by someone else meanwhile; {}; run this again", path, state);
        case ErrorCode::LOCKED:
            return phrase(
                "Another command is still changing the configuration: {} is locked{}; {}; run this again later, or "
                "wait longer with --wait=SECONDS",
                path, detail, state);
        case ErrorCode::PLAN_CHANGED:
            return phrase("The configuration was changed by someone else meanwhile; {}; run this again", state);
        case ErrorCode::JOURNAL_DAMAGED:
            return phrase(
                "{}: the journal of an interrupted change is damaged{}; {}; look at it (confgraph(7) explains it), put "
                "links and markers right by hand, and remove it",
                place, detail, state);
        case ErrorCode::JOURNAL_UNKNOWN:
            return phrase(
                "{}: the journal of an interrupted change was written by a newer version of confgraph{}; {}; run a "
                "command of that version",
                place, detail, state);
        case ErrorCode::JOURNAL_ELSEWHERE:
            return phrase(
                "{}: the journal of an interrupted change is about other folders than these{}; {}; run this with the "
                "folders that it names (confgraph(7) explains it)",
                place, detail, state);
        case ErrorCode::NOT_AN_INSTANCE:
            return phrase("{} was not made by a2instance; {}", path, state);
        case ErrorCode::INSTANCE_RUNS:
            return phrase("The server of {} runs{}; {}; stop it first", path,
                          error.text().empty() ? "" : phrase(" as process {}", escape(error.text())), state);
        case ErrorCode::FILE_TOO_LARGE:
            return phrase("{} is too large to be edited: a file may have one mebibyte; {}", path, state);
        case ErrorCode::SERVER_REFUSED:
            return phrase("The server refuses the configuration that this would make; {}", state);
        default:
            return phrase("Could not {} {}: {}; {}", action_of(error.code()), path, reason, state);
    }
}

std::string no_instances_text(std::string_view layout, std::string_view config_folder) {
    return phrase("There are no instances in the layout {} of {}", escape(layout), escape(config_folder));
}

std::string error_text(const Error & error, const std::string & root) {
    const std::string text = error_text(error);
    return root.empty() ? text : phrase("{} (in the root {})", text, escape(root));
}

std::string problem_text(const Error & error) {
    return phrase("could not {} {}: {}", action_of(error.code()), escape(error.path()), reason_of(error));
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

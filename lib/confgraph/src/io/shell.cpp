// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "io/environment.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace confgraph::io {

namespace {

// Linux allows 2 MiB for the environment of a program.
constexpr std::size_t MAX_OUTPUT_BYTES = 4UL * 1024 * 1024;

/// What a descriptor gives until its end, or until that is too much.
std::string read_all(int descriptor) {
    std::string text;
    char buffer[4096];
    while (text.size() < MAX_OUTPUT_BYTES) {
        const ssize_t length = ::read(descriptor, buffer, sizeof buffer);
        if (length > 0) {
            text.append(buffer, static_cast<std::size_t>(length));
        } else if (length == 0 || errno != EINTR) {
            break;
        }
    }
    return text;
}

bool is_name(std::string_view text) {
    const auto letter = [](char byte) {
        return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
    };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char byte) {
        return letter(byte) || (byte >= '0' && byte <= '9');
    });
}

Result<std::map<std::string, std::string>> evaluate(const std::string & file, const char * const * environment) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return core::make_error(ErrorCode::ENVVARS_FAILED, file, errno);
    }
    // What the file prints is not the answer. A name without a slash would be looked for in PATH.
    const std::string path = file.find('/') == std::string::npos ? "./" + file : file;
    const char * const arguments[] = {"sh", "-c", ". \"$1\" >&2 && env -0", "sh", path.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    pid_t child = 0;
    const int error = ::posix_spawn(&child, "/bin/sh", &actions, nullptr, const_cast<char * const *>(arguments),
                                    const_cast<char * const *>(environment));
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    const std::string output = error == 0 ? read_all(ends[0]) : std::string();
    ::close(ends[0]);
    if (error != 0) {
        return core::make_error(ErrorCode::ENVVARS_FAILED, file, error);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return core::make_error(ErrorCode::ENVVARS_FAILED, file, errno);
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return core::make_error(ErrorCode::ENVVARS_FAILED, file, 0);
    }
    std::map<std::string, std::string> variables;
    for (std::string_view rest = output; !rest.empty();) {
        const auto end = rest.find('\0');
        const std::string_view entry = rest.substr(0, end);
        const auto equals = entry.find('=');
        if (end == std::string_view::npos || equals == std::string_view::npos || !is_name(entry.substr(0, equals))) {
            return core::make_error(ErrorCode::ENVVARS_MALFORMED, file, 0);
        }
        variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
        rest.remove_prefix(end + 1);
    }
    return variables;
}

}  // namespace

Result<std::map<std::string, std::string>> evaluate_with_shell(const std::string & file) {
    const char * const environment[] = {nullptr};
    return evaluate(file, environment);
}

Result<std::map<std::string, std::string>> evaluate_for(const std::string & file, const std::string & config) {
    const std::string variable = "APACHE_CONFDIR=" + config;
    const char * const environment[] = {variable.c_str(), nullptr};
    return evaluate(file, environment);
}

}  // namespace confgraph::io

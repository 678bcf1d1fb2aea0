// SPDX-License-Identifier: Apache-2.0
#include "common/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tool {

namespace {

/// Starts a program; input, output and error are what becomes its descriptors 0, 1 and 2, if not negative.
std::optional<pid_t> start(const std::vector<std::string> & arguments, int input, int output, int error_output = -1) {
    std::vector<char *> words;
    words.reserve(arguments.size() + 1);
    for (const std::string & argument : arguments) {
        words.push_back(const_cast<char *>(argument.c_str()));
    }
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    if (input >= 0) {
        ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    }
    if (output >= 0) {
        ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    }
    if (error_output >= 0) {
        ::posix_spawn_file_actions_adddup2(&actions, error_output, STDERR_FILENO);
    }
    // This process ignores SIGPIPE; others expect it to do what it does.
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, words.front(), &actions, &attributes, words.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? std::optional(child) : std::nullopt;
}

std::optional<int> wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return std::nullopt;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<int> run(const std::vector<std::string> & arguments, bool output_to_stderr) {
    const auto child = start(arguments, -1, output_to_stderr ? STDERR_FILENO : -1);
    return child ? wait_for(*child) : std::nullopt;
}

std::optional<int> run_silently(const std::vector<std::string> & arguments) {
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const auto child = start(arguments, nowhere, nowhere, nowhere);
    ::close(nowhere);
    return child ? wait_for(*child) : std::nullopt;
}

std::optional<std::string> filter(const std::vector<std::string> & arguments, std::string_view input) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    if (::pipe2(out.data(), O_CLOEXEC) != 0) {
        ::close(in[0]);
        ::close(in[1]);
        return std::nullopt;
    }
    const auto child = start(arguments, in[0], out[1]);
    ::close(in[0]);
    ::close(out[1]);
    std::string output;
    bool writing = child.has_value();
    bool reading = child.has_value();
    ::fcntl(in[1], F_SETFL, O_NONBLOCK);
    while (reading) {
        if (writing && input.empty()) {
            ::close(in[1]);
            writing = false;
        }
        std::array<pollfd, 2> waits = {{{out[0], POLLIN, 0}, {writing ? in[1] : -1, POLLOUT, 0}}};
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
            break;
        }
        if (writing && waits[1].revents != 0) {
            const ssize_t written = ::write(in[1], input.data(), input.size());
            if (written > 0) {
                input.remove_prefix(static_cast<std::size_t>(written));
            } else if (errno != EAGAIN && errno != EINTR) {
                input = {};
            }
        }
        if (waits[0].revents != 0) {
            std::array<char, 16384> buffer{};
            const ssize_t length = ::read(out[0], buffer.data(), buffer.size());
            if (length > 0) {
                output.append(buffer.data(), static_cast<std::size_t>(length));
            } else {
                reading = length < 0 && errno == EINTR;
            }
        }
    }
    if (writing || !child) {
        ::close(in[1]);
    }
    ::close(out[0]);
    const auto status = child ? wait_for(*child) : std::nullopt;
    return status == 0 ? std::optional(output) : std::nullopt;
}

}  // namespace tool

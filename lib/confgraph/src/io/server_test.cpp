// SPDX-License-Identifier: Apache-2.0
#include "io/server_test.hpp"

#include "io/descriptor.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

namespace {

// Enough for every message of a server; what follows is of no more use.
constexpr std::size_t MAX_WORDS_BYTES = 16UL * 1024;
// Between two times that it is told that the server still is at it.
constexpr int PAUSE_MILLISECONDS = 200;

// What the control script of the server does for a test: variables from the envvars file, the server with the folder of
// the configuration as its root. All names are arguments and never part of the script.
constexpr const char * SCRIPT = R"(
if [ -r "$1" ]; then . "$1" >/dev/null; fi
unset HOME
set -f
exec ${APACHE_HTTPD:-"$2"} -d "$3" ${APACHE_ARGUMENTS-} -t
)";

/// Shows a folder in the place of another one to this process and those it starts.
bool show_in_place(const char * staged, const char * enabled) {
    // Private first: otherwise the whole machine would see it.
    return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount(staged, enabled, nullptr, MS_BIND, nullptr) == 0;
}

struct Pipe {
    Descriptor read{};
    Descriptor write{};
};

Pipe make_pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return Pipe();
    }
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The new process. It says nothing on complaint when the server was started.
[[noreturn]] void become_server(const std::array<const char *, 8> & words, const char * staged, const char * enabled,
                                int output, int complaint) {
    const auto fail = [&](ServerAnswer why) {
        static_cast<void>(!::write(complaint, &why, sizeof why));
        ::_exit(127);
    };
    if (*staged != '\0' && !show_in_place(staged, enabled)) {
        fail(ServerAnswer::NOT_PERMITTED);
    }
    static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(output, STDERR_FILENO) < 0) {
        fail(ServerAnswer::NO_SERVER);
    }
    ::execv("/bin/sh", const_cast<char * const *>(words.data()));
    fail(ServerAnswer::NO_SERVER);
    ::_exit(127);
}

std::string read_words(const Descriptor & from, const std::function<void()> & going_on) {
    std::string words;
    std::array<char, 4096> buffer{};
    while (true) {
        pollfd asked{from.value(), POLLIN, 0};
        if (going_on) {
            going_on();
            if (uninterrupted([&] { return ::poll(&asked, 1, PAUSE_MILLISECONDS); }) == 0) {
                continue;
            }
        }
        const ssize_t length = uninterrupted([&] { return ::read(from.value(), buffer.data(), buffer.size()); });
        if (length <= 0) {
            return words;
        }
        words.append(buffer.data(), std::min(static_cast<std::size_t>(length), MAX_WORDS_BYTES - words.size()));
    }
}

}  // namespace

ServerVerdict test_server(const core::Layout & layout, const std::string & staged,
                          const std::function<void()> & going_on) {
    // Nothing of a system that does not run is executed.
    if (!layout.root.empty()) {
        return {ServerAnswer::NO_SERVER, {}};
    }
    if (::access(layout.server.c_str(), X_OK) != 0 && std::getenv("APACHE_HTTPD") == nullptr) {
        return {ServerAnswer::NO_SERVER, {}};
    }
    Pipe output = make_pipe();
    Pipe complaint = make_pipe();
    if (!output.read.open() || !complaint.read.open()) {
        return {ServerAnswer::NO_SERVER, {}};
    }
    const std::string & enabled = layout.of(Kind::MODULE).enabled;
    // A name without a slash would be looked for in PATH.
    const std::string envvars = layout.envvars.empty()                          ? "/dev/null"
                                : layout.envvars.find('/') == std::string::npos ? "./" + layout.envvars
                                                                                : layout.envvars;
    const std::array<const char *, 8> words = {
        "sh", "-c", SCRIPT, "sh", envvars.c_str(), layout.server.c_str(), layout.config.c_str(), nullptr};
    const pid_t child = ::fork();
    if (child < 0) {
        return {ServerAnswer::NO_SERVER, {}};
    }
    if (child == 0) {
        ::setenv("APACHE_CONFDIR", layout.config.c_str(), 1);
        become_server(words, staged.c_str(), enabled.c_str(), output.write.value(), complaint.write.value());
    }
    // Else reading would never come to an end.
    output.write = Descriptor();
    complaint.write = Descriptor();
    ServerVerdict verdict{ServerAnswer::ACCEPTS, read_words(output.read, going_on)};
    const ssize_t complained =
        uninterrupted([&] { return ::read(complaint.read.value(), &verdict.answer, sizeof verdict.answer); });
    int status = 0;
    const pid_t ended = uninterrupted([&] { return ::waitpid(child, &status, 0); });
    if (complained == static_cast<ssize_t>(sizeof verdict.answer)) {
        return verdict;
    }
    if (ended != child) {
        return {ServerAnswer::NO_SERVER, {}};
    }
    verdict.answer = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ServerAnswer::ACCEPTS : ServerAnswer::REFUSES;
    return verdict;
}

}  // namespace confgraph::io

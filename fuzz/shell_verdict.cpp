// SPDX-License-Identifier: Apache-2.0
#include "shell_verdict.hpp"

#include "require.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

/// A folder for the one file that shells are given, removed at exit.
class Folder {
public:
    Folder() {
        REQUIRE_INVARIANT(::mkdtemp(name_) != nullptr);
        REQUIRE_INVARIANT(::chmod(name_, 0755) == 0);
        REQUIRE_INVARIANT(::mkdir((std::string(name_) + "/empty").c_str(), 0755) == 0);
        file_ = ::open(path().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        REQUIRE_INVARIANT(file_ >= 0);
        REQUIRE_INVARIANT(::fchmod(file_, 0644) == 0);
    }
    Folder(const Folder &) = delete;
    Folder & operator=(const Folder &) = delete;
    ~Folder() {
        ::close(file_);
        std::error_code ignored;
        std::filesystem::remove_all(name_, ignored);
    }

    [[nodiscard]] std::string path() const { return std::string(name_) + "/envvars"; }
    [[nodiscard]] std::string empty() const { return std::string(name_) + "/empty"; }

    void fill(std::string_view text) const {
        REQUIRE_INVARIANT(::ftruncate(file_, 0) == 0);
        REQUIRE_INVARIANT(::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }

private:
    char name_[32] = "/tmp/fuzz-envvars-XXXXXX";
    int file_ = -1;
};

std::string read_all(int descriptor) {
    std::string text;
    char buffer[4096];
    while (true) {
        const ssize_t length = ::read(descriptor, buffer, sizeof buffer);
        if (length > 0) {
            text.append(buffer, static_cast<std::size_t>(length));
        } else if (length == 0 || errno != EINTR) {
            return text;
        }
    }
}

}  // namespace

std::optional<std::map<std::string, std::string>> evaluate_confined(std::string_view text) {
    static const Folder folder;
    folder.fill(text);
    std::vector<std::string> words;
    if (::geteuid() == 0) {
        words = {"/usr/bin/setpriv", "--reuid=65534",  "--regid=65534",
                 "--clear-groups",   "--no-new-privs", "--bounding-set=-all"};
    }
    words.insert(
        words.end(),
        {"/bin/sh", "-c",
         "ulimit -f 0 && ulimit -t 1 && cd \"$2\" && exec /usr/bin/env -i /bin/sh -c '. \"$1\" && env -0' sh \"$1\"",
         "sh", folder.path(), folder.empty()});
    std::vector<char *> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string & word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    char * const environment[] = {nullptr};

    int ends[2];
    REQUIRE_INVARIANT(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    REQUIRE_INVARIANT(::posix_spawn(&child, arguments.front(), &actions, nullptr, arguments.data(), environment) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    const std::string output = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        REQUIRE_INVARIANT(errno == EINTR);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return std::nullopt;
    }
    std::map<std::string, std::string> variables;
    for (std::string_view rest = output; !rest.empty();) {
        const auto end = rest.find('\0');
        const auto equals = rest.substr(0, end).find('=');
        if (end == std::string_view::npos || equals == std::string_view::npos) {
            return std::nullopt;
        }
        variables.emplace(rest.substr(0, equals), rest.substr(equals + 1, end - equals - 1));
        rest.remove_prefix(end + 1);
    }
    return variables;
}

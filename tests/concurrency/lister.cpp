// SPDX-License-Identifier: Apache-2.0

// Lists a folder again and again, as the server does when it starts: opens it, and reads it to the end once. Counts the
// MPMs that each listing shows. Ends when standard input does; then prints how many listings there were, and how many
// of them showed no MPM and several.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace {

// How often standard input is looked at: seldom enough to keep the loop tight.
constexpr unsigned long LISTINGS_BETWEEN_LOOKS = 256;

bool input_ended() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) != 0;
}

/// The number of files mpm_*.load that one listing shows; -1 when the folder cannot be listed.
int count_mpms(const char * path) {
    DIR * folder = ::opendir(path);
    if (folder == nullptr) {
        return -1;
    }
    int count = 0;
    errno = 0;
    while (const dirent * entry = ::readdir(folder)) {
        const std::string_view name = entry->d_name;
        // mpm_itk is called so, but is a module that lies upon an MPM.
        count += name.starts_with("mpm_") && name.ends_with(".load") && name != "mpm_itk.load" ? 1 : 0;
    }
    const int error = errno;
    ::closedir(folder);
    return error == 0 ? count : -1;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc != 2) {
        std::fputs("Usage: lister FOLDER\n", stderr);
        return 2;
    }
    unsigned long listings = 0;
    unsigned long none = 0;
    unsigned long several = 0;
    unsigned long failed = 0;
    std::puts("ready");
    std::fflush(stdout);
    while (listings % LISTINGS_BETWEEN_LOOKS != 0 || !input_ended()) {
        const int count = count_mpms(argv[1]);
        ++listings;
        none += count == 0 ? 1 : 0;
        several += count > 1 ? 1 : 0;
        failed += count < 0 ? 1 : 0;
    }
    std::printf("%lu %lu %lu %lu\n", listings, none, several, failed);
    return 0;
}

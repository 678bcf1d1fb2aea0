// SPDX-License-Identifier: Apache-2.0

// Makes the links and markers of sites by the bare system calls, in the order in which a2ensite makes them: what the
// file system costs.
// Usage: raw_links CONFIG STATE COUNT

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

int fail(const std::string & path) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), std::strerror(errno));
    return 1;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc != 4) {
        std::fputs("Usage: raw_links CONFIG STATE COUNT\n", stderr);
        return 2;
    }
    const std::string enabled = std::string(argv[1]) + "/sites-enabled/";
    const std::string state = argv[2];
    const long count = std::strtol(argv[3], nullptr, 10);
    for (const char * folder : {"/site", "/site/enabled_by_admin"}) {
        if (::mkdir((state + folder).c_str(), 0777) != 0) {
            return fail(state + folder);
        }
    }
    for (long i = 0; i < count; ++i) {
        char name[32];
        std::snprintf(name, sizeof name, "site%06ld", i);
        const std::string link = enabled + name + ".conf";
        if (::symlink((std::string("../sites-available/") + name + ".conf").c_str(), link.c_str()) != 0) {
            return fail(link);
        }
        const std::string marker = state + "/site/enabled_by_admin/" + name;
        const int descriptor =
            ::open(marker.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0666);
        if (descriptor < 0) {
            return fail(marker);
        }
        ::close(descriptor);
    }
    return 0;
}

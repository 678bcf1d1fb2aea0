// SPDX-License-Identifier: Apache-2.0

// Makes the links and markers of sites by the bare system calls, the same ones as a2ensite makes and in the same order,
// and nothing else: what the file system costs.
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
    const std::string enabled = std::string(argv[1]) + "/sites-enabled";
    const std::string state = argv[2];
    const long count = std::strtol(argv[3], nullptr, 10);
    const std::string markers = state + "/site/enabled_by_admin";
    for (const std::string & folder : {state + "/site", markers}) {
        if (::mkdir(folder.c_str(), 0777) != 0) {
            return fail(folder);
        }
    }
    const int marker_folder = ::open(markers.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int link_folder = ::open(enabled.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (marker_folder < 0 || link_folder < 0) {
        return fail(enabled);
    }
    for (long i = 0; i < count; ++i) {
        char name[32];
        std::snprintf(name, sizeof name, "site%06ld", i);
        const int descriptor = ::openat(marker_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 || ::close(descriptor) != 0) {
            return fail(name);
        }
    }
    for (long i = 0; i < count; ++i) {
        char name[32];
        char target[64];
        std::snprintf(name, sizeof name, "site%06ld.conf", i);
        std::snprintf(target, sizeof target, "../sites-available/%s", name);
        if (::symlinkat(target, link_folder, name) != 0) {
            return fail(name);
        }
    }
    return 0;
}

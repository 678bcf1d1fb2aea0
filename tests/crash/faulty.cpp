// SPDX-License-Identifier: Apache-2.0

// A tool with a fault, one for each that the harness has to find. Usage: faulty FAULT

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

std::string conf;
std::string state;
bool failed = false;

bool exists(const std::string & path) {
    struct stat status = {};
    return ::lstat(path.c_str(), &status) == 0;
}

void note(bool ok, const std::string & what) {
    if (!ok && !failed) {
        std::fprintf(stderr, "ERROR: %s: %s\n", what.c_str(), std::strerror(errno));
        failed = true;
    }
}

void add_link(const std::string & name) {
    const std::string path = conf + "/mods-enabled/" + name;
    note(exists(path) || ::symlink(("../mods-available/" + name).c_str(), path.c_str()) == 0, path);
}

void remove_link(const std::string & name) {
    const std::string path = conf + "/mods-enabled/" + name;
    note(!exists(path) || ::unlink(path.c_str()) == 0, path);
}

void write_file(const std::string & path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    note(descriptor >= 0, path);
    ::close(descriptor);
}

std::string marker() { return state + "/module/enabled_by_maint/rewrite"; }

}  // namespace

int main(int argc, char ** argv) {
    const std::string fault = argc == 2 ? argv[1] : "";
    conf = std::getenv("APACHE_CONFDIR");           // NOLINT(concurrency-mt-unsafe)
    state = std::getenv("APACHE_STATE_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    if (fault == "sound") {
        add_link("rewrite.load");
    } else if (fault == "torn") {  // in two steps
        add_link("proxy.load");
        add_link("proxy.conf");
    } else if (fault == "zero") {  // the old one goes first
        remove_link("mpm_event.conf");
        remove_link("mpm_event.load");
        add_link("mpm_prefork.load");
    } else if (fault == "two") {  // the old one goes last
        add_link("mpm_prefork.load");
        remove_link("mpm_event.conf");
        remove_link("mpm_event.load");
    } else if (fault == "marker") {  // what is enabled is taken for done
        if (!exists(conf + "/mods-enabled/rewrite.load")) {
            add_link("rewrite.load");
            write_file(marker());
        }
    } else if (fault == "leaves") {  // a name that no other process knows
        const std::string temporary = conf + "/temporary." + std::to_string(::getpid());
        write_file(temporary);
        add_link("rewrite.load");
        note(::unlink(temporary.c_str()) == 0, temporary);
    } else if (fault == "refused") {  // a module outlives what it needs
        remove_link("proxy.load");
        remove_link("proxy_http.load");
    } else if (fault == "status") {  // errors are not told
        failed = true;
        add_link("rewrite.load");
        failed = !exists(conf + "/mods-enabled/rewrite.load");
    } else if (fault == "repeats") {  // what is done is done again
        add_link("rewrite.load");
        write_file(marker());
    } else if (fault == "reader") {
        add_link("rewrite.load");
        write_file(marker());
    } else if (fault == "ask") {
        std::printf("%d %d\n", exists(conf + "/mods-enabled/rewrite.load") ? 1 : 0, exists(marker()) ? 1 : 0);
    } else {
        std::fputs("Usage: faulty FAULT\n", stderr);
        return 2;
    }
    return failed ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0

// Times reading the files of a folder of modules, against reading and planning a change that reaches all of them.
// Usage: plan_bench FOLDER MODULES EDGES ROUNDS
// Writes the modules to FOLDER and prints one line for each round: seconds for reading the files by the bare system
// calls, for scan and plan, and for the plan alone; first of enabling one module that needs all others, then of
// enabling all by a pattern.

#include "core/planner.hpp"
#include "io/posix_file_system.hpp"
#include "io/scan.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using confgraph::Action;
using confgraph::Kind;
using confgraph::core::Layout;
using confgraph::core::Request;

struct Size {
    unsigned modules = 0;
    unsigned edges = 0;
};

std::string module_name(unsigned number) {
    char name[32];
    std::snprintf(name, sizeof name, "module%06u", number);
    return name;
}

/// Each module depends on the one before it, so that the last reaches all, and on some others further up; nothing is
/// enabled yet.
void write_modules(const std::filesystem::path & folder, Size size) {
    const auto available = folder / "mods-available";
    std::filesystem::create_directories(available);
    std::filesystem::create_directories(folder / "mods-enabled");
    std::mt19937 random(1);
    unsigned left = size.edges;
    for (unsigned i = 0; i < size.modules; ++i) {
        std::ofstream file(available / (module_name(i) + ".load"));
        const unsigned files_left = size.modules - i;
        // An even share of the edges that are left; as the first modules can take few, the others get more.
        const unsigned share = std::min(i, (left + files_left - 1) / files_left);
        if (share > 0) {
            file << "# Depends: " << module_name(i - 1);
            for (unsigned edge = 1; edge < share; ++edge) {
                // Distinct ones: each out of its own part of the modules before.
                const unsigned part = i / share;
                file << ' '
                     << module_name((edge - 1) * part + static_cast<unsigned>(random() % std::max(part - 1, 1U)));
            }
            file << '\n';
            left -= share;
        }
        file << "LoadModule " << module_name(i) << "_module /usr/lib/apache2/modules/mod_" << module_name(i) << ".so\n";
    }
    if (left != 0) {
        std::fprintf(stderr, "%u edges are left over\n", left);
        std::exit(1);
    }
}

Layout layout_of(const std::filesystem::path & folder) {
    Layout layout;
    layout.config = folder;
    layout.state = folder / "state";
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        const std::string stem = kind == Kind::MODULE ? "mods" : kind == Kind::CONF ? "conf" : "sites";
        layout.of(kind).available = folder / (stem + "-available");
        layout.of(kind).enabled = folder / (stem + "-enabled");
        layout.of(kind).markers = layout.state + "/" + std::string(word(kind));
    }
    return layout;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double time_reading(const Layout & layout, Size size) {
    std::vector<std::string> paths;
    for (unsigned i = 0; i < size.modules; ++i) {
        paths.push_back(layout.of(Kind::MODULE).available + "/" + module_name(i) + ".load");
    }
    const auto start = std::chrono::steady_clock::now();
    std::size_t bytes = 0;
    for (const std::string & path : paths) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) {
            std::perror(path.c_str());
            std::exit(1);
        }
        char buffer[4096];
        for (ssize_t length = 0; (length = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
            bytes += static_cast<std::size_t>(length);
        }
        ::close(descriptor);
    }
    const double seconds = seconds_since(start);
    if (bytes == 0) {
        std::fputs("nothing was read\n", stderr);
        std::exit(1);
    }
    return seconds;
}

struct Times {
    double scan_and_plan = 0;
    double plan = 0;
};

Times time_planning(const Layout & layout, const std::string & argument, Size size) {
    const Request request{Action::ENABLE, Kind::MODULE, {argument}, false, false, false};
    const confgraph::io::PosixFileSystem files;
    const auto start = std::chrono::steady_clock::now();
    const auto catalog = confgraph::io::scan_for(files, layout, request);
    if (!catalog) {
        std::fputs("the scan failed\n", stderr);
        std::exit(1);
    }
    const auto scanned = std::chrono::steady_clock::now();
    const auto plan = confgraph::core::make_plan(catalog.value(), request);
    const Times times{seconds_since(start), seconds_since(scanned)};
    if (plan.refused || plan.steps.size() != size.modules) {
        std::fprintf(stderr, "%s: a plan of %zu steps, not %u\n", argument.c_str(), plan.steps.size(), size.modules);
        std::exit(1);
    }
    return times;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc != 5) {
        std::fputs("Usage: plan_bench FOLDER MODULES EDGES ROUNDS\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const Size size{static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)),
                    static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10))};
    write_modules(folder, size);
    const Layout layout = layout_of(folder);
    const std::string last = module_name(size.modules - 1);
    const auto round = [&](bool print) {
        const double reading = time_reading(layout, size);
        const Times one = time_planning(layout, last, size);
        const Times all = time_planning(layout, "module*", size);
        if (print) {
            std::printf("%.9f %.9f %.9f %.9f %.9f\n", reading, one.scan_and_plan, one.plan, all.scan_and_plan,
                        all.plan);
        }
    };
    round(false);
    for (long i = std::strtol(argv[4], nullptr, 10); i > 0; --i) {
        round(true);
    }
    return 0;
}

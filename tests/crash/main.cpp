// SPDX-License-Identifier: Apache-2.0

// Kills commands at each system call that changes something, lets each such call fail, and looks at what comes of it.
// See README.md.

#include "trial.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fcntl.h>
#include <getopt.h>
#include <new>
#include <sched.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <csignal>
#include <unistd.h>
#include <vector>

namespace {

using namespace crash;  // NOLINT(google-build-using-namespace): this is the program of these parts

constexpr const char * USAGE =
    "Usage: crash (--prefix DIR | --originals | --files EDIT | --selftest FAULTY) [OPTIONS]\n"
    "  --prefix DIR      an installation of confgraph: DIR/sbin/a2enmod and so on\n"
    "  --originals       Debian's tools in /usr/sbin; succeeds when they are found torn\n"
    "  --files EDIT      the program \"edit\", which changes files instead of links\n"
    "  --selftest FAULTY this program's own test: the program \"faulty\", whose faults have to be found\n"
    "  --group NAME      only this group of scenarios; this and the next may be repeated\n"
    "  --scenario NAME   only this scenario\n"
    "  --only N          only the N-th call\n"
    "  --trace           list the calls of the scenarios instead\n"
    "  --list            list the scenarios instead\n"
    "  --full            every error at every call of every scenario, and no call left out\n"
    "  --jobs N          so many at a time; by default one for each processor\n"
    "  --messages N      print so many failures of each scenario; 10 by default\n"
    "  --folder DIR      make the trees in this folder and on its file system, not in memory\n";

struct Options {
    Settings settings;
    std::string prefix;
    std::string edit;
    std::string faulty;
    std::set<std::string> groups;
    std::set<std::string> names;
    bool list = false;
    std::size_t jobs = 1;
    std::string folder;
};

/// Parses the command line. Ends the program where it is not right.
Options parse(int argc, char ** argv) {
    enum { PREFIX = 256, ORIGINALS, FILES, SELFTEST, GROUP, SCENARIO, ONLY, TRACE, LIST, FULL, JOBS, MESSAGES, FOLDER };
    const option long_options[] = {
        {"prefix", required_argument, nullptr, PREFIX}, {"originals", no_argument, nullptr, ORIGINALS},
        {"files", required_argument, nullptr, FILES},   {"selftest", required_argument, nullptr, SELFTEST},
        {"group", required_argument, nullptr, GROUP},   {"scenario", required_argument, nullptr, SCENARIO},
        {"only", required_argument, nullptr, ONLY},     {"trace", no_argument, nullptr, TRACE},
        {"list", no_argument, nullptr, LIST},           {"full", no_argument, nullptr, FULL},
        {"jobs", required_argument, nullptr, JOBS},     {"messages", required_argument, nullptr, MESSAGES},
        {"folder", required_argument, nullptr, FOLDER}, {nullptr, 0, nullptr, 0}};
    Options options;
    cpu_set_t processors;
    if (::sched_getaffinity(0, sizeof processors, &processors) == 0) {
        options.jobs = static_cast<std::size_t>(CPU_COUNT(&processors));
    }
    for (int letter = 0; (letter = ::getopt_long(argc, argv, "", long_options, nullptr)) != -1;) {
        const std::string value = ::optarg == nullptr ? "" : ::optarg;
        switch (letter) {
            case PREFIX:
                options.prefix = value;
                break;
            case ORIGINALS:
                options.settings.originals = true;
                break;
            case FILES:
                options.edit = value;
                break;
            case SELFTEST:
                options.faulty = value;
                options.settings.selftest = true;
                break;
            case GROUP:
                options.groups.insert(value);
                break;
            case SCENARIO:
                options.names.insert(value);
                break;
            case ONLY:
                options.settings.only = std::strtoul(value.c_str(), nullptr, 10);
                break;
            case TRACE:
                options.settings.trace = true;
                break;
            case LIST:
                options.list = true;
                break;
            case FULL:
                options.settings.full = true;
                break;
            case JOBS:
                options.jobs = std::max(1UL, std::strtoul(value.c_str(), nullptr, 10));
                break;
            case MESSAGES:
                options.settings.messages = std::strtoul(value.c_str(), nullptr, 10);
                break;
            case FOLDER:
                options.folder = value;
                break;
            default:
                std::fputs(USAGE, stderr);
                std::exit(2);
        }
    }
    const int sources = (options.prefix.empty() ? 0 : 1) + (options.settings.originals ? 1 : 0) +
                        (options.edit.empty() ? 0 : 1) + (options.faulty.empty() ? 0 : 1);
    if (::optind != argc || (sources != 1 && !options.list)) {
        std::fputs(USAGE, stderr);
        std::exit(2);
    }
    return options;
}

/// A folder for all trees. In memory, it is gone with this process, whatever happens.
class Workshop {
public:
    explicit Workshop(const std::string & folder) : in_memory_(folder.empty()) {
        std::string pattern = (in_memory_ ? std::filesystem::temp_directory_path().string() : folder) + "/crash.XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error(pattern + ": " + std::strerror(errno));
        }
        path_ = std::filesystem::canonical(pattern).string();
        if (in_memory_) {
            mount_memory(path_);
        } else {
            std::filesystem::permissions(path_, std::filesystem::perms(0755));
        }
    }
    Workshop(const Workshop &) = delete;
    Workshop & operator=(const Workshop &) = delete;
    ~Workshop() {
        if (in_memory_) {
            ::umount2(path_.c_str(), MNT_DETACH);
            ::rmdir(path_.c_str());
        } else if (programs_.empty() || (::umount2(programs_.c_str(), 0) == 0 && ::rmdir(programs_.c_str()) == 0)) {
            remove_all(path_);
        }
    }
    [[nodiscard]] const std::string & path() const { return path_; }

    /// Makes a folder reachable for everybody, whatever folders it lies in; read-only.
    [[nodiscard]] std::string show(const std::string & folder) {
        std::string place = path_ + "/programs";
        std::filesystem::create_directory(place);
        const std::string source = std::filesystem::canonical(folder).string();
        constexpr unsigned long READ_ONLY = MS_BIND | MS_REMOUNT | MS_RDONLY;
        if (::mount(source.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0) {
            throw std::runtime_error("mount --bind " + folder + ": " + std::strerror(errno));
        }
        programs_ = place;
        if (::mount(nullptr, place.c_str(), nullptr, READ_ONLY, nullptr) != 0) {
            throw std::runtime_error("mount -o remount,bind,ro " + folder + ": " + std::strerror(errno));
        }
        return place;
    }

private:
    bool in_memory_;
    std::string path_;
    std::string programs_;  ///< what show() mounted
};

/// Memory that child processes write to, too.
class SharedMemory {
public:
    SharedMemory() {
        void * memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            throw std::runtime_error(std::string("mmap: ") + std::strerror(errno));
        }
        shared_ = new (memory) Shared;
    }
    SharedMemory(const SharedMemory &) = delete;
    SharedMemory & operator=(const SharedMemory &) = delete;
    ~SharedMemory() { ::munmap(shared_, sizeof(Shared)); }
    Shared & operator*() { return *shared_; }

private:
    Shared * shared_ = nullptr;
};

/// One worker's process. Returns its exit status.
int work(const Settings & settings, const Scenario & scenario, const std::string & root, Shared & shared, bool first) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        // What it mounts, nobody else has to see.
        if (::unshare(CLONE_NEWNS) != 0) {
            throw std::runtime_error(std::string("unshare: ") + std::strerror(errno));
        }
        Trial(settings, scenario, root, shared, first).work();
        return 0;
    } catch (const std::exception & error) {
        std::fprintf(stderr, "crash: %s: %s\n", scenario.name.c_str(), error.what());
        return 1;
    }
}

/// Runs a scenario with several workers. False when one of them could not do its work.
bool run_scenario(const Options & options, const Scenario & scenario, const std::string & folder, Shared & shared) {
    const std::size_t jobs = options.settings.trace ? 1 : options.jobs;
    std::vector<pid_t> workers;
    for (std::size_t i = 0; i < jobs; ++i) {
        const std::string root = folder + "/" + std::to_string(i);
        std::fflush(nullptr);
        const pid_t worker = ::fork();
        if (worker == 0) {
            ::_exit(work(options.settings, scenario, root, shared, i == 0));
        }
        workers.push_back(worker);
    }
    bool ok = true;
    for (const pid_t worker : workers) {
        int status = 0;
        ok = ::waitpid(worker, &status, 0) == worker && status == 0 && ok;
    }
    return ok;
}

struct Figures {
    std::size_t tried = 0;
    std::array<std::size_t, FAULTS> faults = {};

    [[nodiscard]] std::size_t sum() const {
        std::size_t all = 0;
        for (const std::size_t one : faults) {
            all += one;
        }
        return all;
    }
};

const char * way_name(Way way) { return way == Way::EXCHANGE ? "exchange" : way == Way::ORDERED ? "ordered" : "links"; }

void print_head() {
    // The middle ones say how commands ended of which a call failed: by exit status.
    std::printf("%-22s %-8s %5s %6s %5s %5s %5s", "scenario", "way", "calls", "points", "end 0", "end 1", "end 3");
    for (const char * name : {"torn", "zero", "multi", "left", "marker", "server", "reader", "status", "repeat"}) {
        std::printf(" %6s", name);
    }
    std::printf("\n");
}

/// What a deliberately faulty tool has to be found guilty of; FAULTS: of nothing.
Fault expected_of(const std::string & name) {
    const std::pair<const char *, Fault> table[] = {
        {"sound", FAULTS},    {"torn", TORN},       {"zero", ZERO_MPM}, {"two", MULTI_MPM},  {"marker", MARKER},
        {"leaves", LEFTOVER}, {"refused", REFUSAL}, {"status", STATUS}, {"repeats", REPEAT}, {"reader", READER}};
    for (const auto & [known, fault] : table) {
        if (name == known) {
            return fault;
        }
    }
    throw std::runtime_error("no fault is known of " + name);
}

bool selftest_passes(const Scenario & scenario, const Figures & figures) {
    const Fault expected = expected_of(scenario.name);
    const bool ok = figures.tried > 0 && (expected == FAULTS ? figures.sum() == 0 : figures.faults[expected] > 0);
    if (!ok) {
        std::printf("FAILED selftest: %s: %s\n", scenario.name.c_str(),
                    expected == FAULTS ? "something was found" : "its fault was not found");
    }
    return ok;
}

int run_all(const Options & given) {
    Options options = given;
    std::vector<Scenario> chosen;
    for (Scenario & scenario : options.settings.selftest ? faulty_scenarios()
                               : options.edit.empty()    ? scenarios()
                                                         : file_scenarios()) {
        const bool wanted = (options.groups.empty() && options.names.empty()) ||
                            options.groups.count(scenario.group) != 0 || options.names.count(scenario.name) != 0;
        if (wanted && (!options.settings.originals || !scenario.originals.empty())) {
            chosen.push_back(std::move(scenario));
        }
    }
    if (chosen.empty()) {
        std::fputs("crash: there is no such scenario\n", stderr);
        return 2;
    }
    if (options.list) {
        for (const Scenario & scenario : chosen) {
            std::printf("%s %s\n", scenario.group.c_str(), scenario.name.c_str());
        }
        return 0;
    }
    enter_namespace();
    Workshop workshop(options.folder);
    if (options.settings.originals) {
        options.settings.programs = "/usr/sbin";
        options.settings.messages = 0;
    } else if (options.settings.selftest) {
        options.settings.programs = workshop.show(std::filesystem::path(options.faulty).parent_path().string());
        options.settings.messages = 0;
    } else if (!options.edit.empty()) {
        options.settings.programs = workshop.show(std::filesystem::path(options.edit).parent_path().string());
    } else {
        options.settings.programs = workshop.show(options.prefix) + "/sbin";
    }
    if (!options.settings.trace) {
        print_head();
    }
    Figures total;
    bool ok = true;
    for (const Scenario & scenario : chosen) {
        SharedMemory memory;
        Shared & shared = *memory;
        if (!run_scenario(options, scenario, workshop.path(), shared)) {
            return 2;
        }
        Figures figures;
        figures.tried = shared.tried;
        total.tried += figures.tried;
        for (std::size_t i = 0; i < FAULTS; ++i) {
            figures.faults[i] = shared.faults[i];
            total.faults[i] += figures.faults[i];
        }
        if (options.settings.trace) {
            continue;
        }
        std::printf("%-22s %-8s %5zu %6zu %5zu %5zu %5zu", scenario.name.c_str(), way_name(scenario.way),
                    shared.calls.load(), figures.tried, shared.done.load(), shared.refused.load(), shared.told.load());
        for (const std::size_t count : figures.faults) {
            std::printf(" %6zu", count);
        }
        std::printf("\n");
        std::fflush(stdout);
        ok = (options.settings.selftest ? selftest_passes(scenario, figures) : figures.tried > 0) && ok;
    }
    if (options.settings.trace) {
        return total.sum() == 0 ? 0 : 1;
    }
    std::printf("points tried %zu", total.tried);
    for (std::size_t i = 0; i < FAULTS; ++i) {
        std::printf(", %s %zu", FAULT_NAMES[i], total.faults[i]);
    }
    std::printf("\n");
    if (options.settings.selftest) {
        return ok ? 0 : 1;
    }
    // The harness can fail: Debian's tools are torn, and without an MPM at times.
    if (options.settings.originals) {
        return ok && total.faults[TORN] > 0 && total.faults[ZERO_MPM] > 0 ? 0 : 1;
    }
    return ok && total.sum() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char ** argv) {
    const Options options = parse(argc, argv);
    try {
        return run_all(options);
    } catch (const std::exception & error) {
        std::fprintf(stderr, "crash: %s\n", error.what());
        return 2;
    }
}

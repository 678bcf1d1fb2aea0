// SPDX-License-Identifier: Apache-2.0
#include "tracer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <grp.h>
#include <iterator>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <set>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace crash {

namespace {

// What is stopped for good after this time hangs. Far longer than anything here takes, so it decides nothing else.
constexpr int PATIENCE_SECONDS = 120;
constexpr int PIPE_SIZE = 1 << 20;
constexpr uid_t NOBODY = 65534;

#if defined(__x86_64__)
constexpr std::uint32_t ARCHITECTURE = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t ARCHITECTURE = AUDIT_ARCH_AARCH64;
#else
#error "The registers of this processor are not known here"
#endif

/// How the arguments of a call are shown, and what decides whether it counts.
enum class Form {
    PATH,        // (path, ...)
    AT,          // (folder, path, ...)
    TWO_PATHS,   // (path, path)
    TWO_AT,      // (folder, path, folder, path, ...)
    TEXT_AT,     // (text, folder, path): symlinkat
    OPEN,        // (path, flags)
    OPEN_AT,     // (folder, path, flags)
    OPEN_HOW,    // (folder, path, flags in memory): openat2
    DESCRIPTOR,  // (descriptor, ...)
    WRITE,       // the same; counts for a regular file only
    NOTHING,
};

struct Known {
    long number;
    const char * name;
    Form form;
};

#define CALL(name, form) \
    { SYS_##name, #name, Form::form }

constexpr Known KNOWN[] = {
// Old names that newer processors never had.
#ifdef SYS_open
    CALL(open, OPEN),
    CALL(creat, PATH),
    CALL(mkdir, PATH),
    CALL(rmdir, PATH),
    CALL(unlink, PATH),
    CALL(rename, TWO_PATHS),
    CALL(symlink, TWO_PATHS),
    CALL(link, TWO_PATHS),
    CALL(chown, PATH),
    CALL(lchown, PATH),
    CALL(chmod, PATH),
    CALL(mknod, PATH),
    CALL(utime, PATH),
    CALL(utimes, PATH),
    CALL(futimesat, AT),
#endif
#ifdef SYS_renameat
    CALL(renameat, TWO_AT),
#endif
#ifdef SYS_fchmodat2
    CALL(fchmodat2, AT),
#endif
    CALL(openat, OPEN_AT),
    CALL(openat2, OPEN_HOW),
    CALL(mkdirat, AT),
    CALL(unlinkat, AT),
    CALL(renameat2, TWO_AT),
    CALL(symlinkat, TEXT_AT),
    CALL(linkat, TWO_AT),
    CALL(mknodat, AT),
    CALL(fchownat, AT),
    CALL(fchmodat, AT),
    CALL(utimensat, AT),
    CALL(write, WRITE),
    CALL(pwrite64, WRITE),
    CALL(writev, WRITE),
    CALL(pwritev, WRITE),
    CALL(pwritev2, WRITE),
    CALL(ftruncate, DESCRIPTOR),
    CALL(fallocate, DESCRIPTOR),
    CALL(truncate, PATH),
    CALL(copy_file_range, NOTHING),
    CALL(sendfile, WRITE),
    CALL(splice, NOTHING),
    CALL(fsync, DESCRIPTOR),
    CALL(fdatasync, DESCRIPTOR),
    CALL(syncfs, DESCRIPTOR),
    CALL(sync_file_range, DESCRIPTOR),
    CALL(sync, NOTHING),
    CALL(fchown, DESCRIPTOR),
    CALL(fchmod, DESCRIPTOR),
    CALL(setxattr, PATH),
    CALL(lsetxattr, PATH),
    CALL(fsetxattr, DESCRIPTOR),
    CALL(removexattr, PATH),
    CALL(lremovexattr, PATH),
    CALL(fremovexattr, DESCRIPTOR),
    CALL(flock, DESCRIPTOR),
    CALL(mount, TWO_PATHS),
    CALL(umount2, PATH),
    CALL(unshare, NOTHING),
};

#undef CALL

constexpr std::uint32_t WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

const Known * find_known(std::uint64_t number) {
    const auto * known = std::find_if(std::begin(KNOWN), std::end(KNOWN), [&](const Known & one) {
        return static_cast<std::uint64_t>(one.number) == number;
    });
    return known == std::end(KNOWN) ? nullptr : known;
}

/// A filter that stops a process for its tracer at the calls that matter, and costs the others next to nothing.
std::vector<sock_filter> make_filter() {
    const auto statement = [](unsigned code, std::size_t value) {
        return sock_filter{static_cast<std::uint16_t>(code), 0, 0, static_cast<std::uint32_t>(value)};
    };
    const auto jump = [](unsigned code, std::size_t value, unsigned yes, unsigned no) {
        return sock_filter{static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(yes),
                           static_cast<std::uint8_t>(no), static_cast<std::uint32_t>(value)};
    };
    std::vector<sock_filter> filter = {
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        jump(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        // A program for another processor would make calls that nobody sees.
        statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
    };
    for (const Known & known : KNOWN) {
        const auto number = static_cast<std::size_t>(known.number);
        if (known.form == Form::OPEN || known.form == Form::OPEN_AT) {
            const std::size_t flags = known.form == Form::OPEN ? 1 : 2;
            filter.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
            // The lower half comes first: both processors are little-endian.
            filter.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 8 * flags));
            filter.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1));
            filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
            filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
        } else {
            filter.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
            filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
        }
    }
    filter.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    return filter;
}

[[noreturn]] void fail(const std::string & what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

/// A pipe whose end is read when all who could write to it are gone.
class Output {
public:
    Output() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) {
            fail("pipe2");
        }
        // The default would do for nearly all.
        ::fcntl(ends_[1], F_SETPIPE_SZ, PIPE_SIZE);
    }
    Output(const Output &) = delete;
    Output & operator=(const Output &) = delete;
    ~Output() {
        ::close(ends_[0]);
        close_writer();
    }

    [[nodiscard]] int writer() const { return ends_[1]; }
    void close_writer() {
        if (ends_[1] >= 0) {
            ::close(ends_[1]);
            ends_[1] = -1;
        }
    }
    [[nodiscard]] std::string read() const {
        std::string text;
        std::array<char, 65536> buffer{};
        for (;;) {
            const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
            if (count <= 0) {
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

private:
    std::array<int, 2> ends_ = {-1, -1};
};

/// Becomes the command. Never returns; the arrays are made before the fork.
[[noreturn]] void become(const Command & command, char * const * arguments, char * const * environment, int out,
                         int err, bool traced, const sock_fprog & filter) {
    ::setsid();
    ::signal(SIGPIPE, SIG_DFL);
    const int input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    ::umask(022);
    if (command.unprivileged && ::geteuid() == 0) {
        // In a user namespace without that user, the namespace's root remains, whom the kernel treats as its creator.
        ::setgroups(0, nullptr);
        if (::setgid(NOBODY) == 0) {
            ::setuid(NOBODY);
        }
    }
    if (traced) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0 || ::raise(SIGSTOP) != 0) {
            ::_exit(126);
        }
        if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
            // Who is not root has to give up gaining rights first. Root should not: the tools may behave differently.
            ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
                ::_exit(126);
            }
        }
    }
    ::execve(arguments[0], arguments, environment);
    const char * message = "cannot be run\n";
    if (::write(2, message, std::strlen(message)) < 0) {
        ::_exit(125);
    }
    ::_exit(127);
}

class Texts {
public:
    void add(std::string text) { texts_.push_back(std::move(text)); }
    char * const * pointers() {
        pointers_.clear();
        for (std::string & text : texts_) {
            pointers_.push_back(text.data());
        }
        pointers_.push_back(nullptr);
        return pointers_.data();
    }

private:
    std::vector<std::string> texts_;
    std::vector<char *> pointers_;
};

/// Stops the waiting for a command that does not end.
class Alarm {
public:
    Alarm() {
        struct sigaction action = {};
        action.sa_handler = [](int) {};
        ::sigaction(SIGALRM, &action, nullptr);  // without SA_RESTART: waiting is interrupted
        itimerval timer = {};
        timer.it_value.tv_sec = PATIENCE_SECONDS;
        timer.it_interval.tv_sec = 1;
        ::setitimer(ITIMER_REAL, &timer, nullptr);
    }
    Alarm(const Alarm &) = delete;
    Alarm & operator=(const Alarm &) = delete;
    ~Alarm() {
        const itimerval none = {};
        ::setitimer(ITIMER_REAL, &none, nullptr);
    }
};

/// What a process has at an address, up to the end of the string.
std::string read_string(pid_t process, std::uint64_t address) {
    std::string text;
    std::array<char, 256> buffer{};
    while (text.size() < 4096) {
        // Not across a page: the next one need not be there.
        const std::size_t size = std::min<std::size_t>(buffer.size(), 4096 - address % 4096);
        const iovec here = {buffer.data(), size};
        const iovec there = {reinterpret_cast<void *>(address), size};  // NOLINT: an address in another process
        const ssize_t count = ::process_vm_readv(process, &here, 1, &there, 1, 0);
        if (count <= 0) {
            return text + "?";
        }
        const char * end = static_cast<const char *>(std::memchr(buffer.data(), 0, static_cast<std::size_t>(count)));
        if (end != nullptr) {
            return text.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
        address += static_cast<std::uint64_t>(count);
    }
    return text;
}

std::string descriptor_path(pid_t process, std::uint64_t descriptor) {
    std::array<char, 4096> buffer{};
    const std::string folder = "/proc/" + std::to_string(process);
    const std::string place = static_cast<int>(descriptor) == AT_FDCWD
                                  ? folder + "/cwd"
                                  : folder + "/fd/" + std::to_string(static_cast<int>(descriptor));
    const ssize_t size = ::readlink(place.c_str(), buffer.data(), buffer.size());
    return size < 0 ? "?" : std::string(buffer.data(), static_cast<std::size_t>(size));
}

/// A path as a call names it, put behind the folder it is relative to.
std::string path_at(pid_t process, std::uint64_t folder, std::uint64_t address) {
    if (address == 0) {
        return descriptor_path(process, folder);
    }
    std::string path = read_string(process, address);
    if (path.starts_with('/') || static_cast<int>(folder) == AT_FDCWD) {
        return path;
    }
    return descriptor_path(process, folder) + (path.empty() ? "" : "/" + path);
}

bool is_regular(pid_t process, std::uint64_t descriptor) {
    struct stat status = {};
    const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(static_cast<int>(descriptor));
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string open_flags(std::uint64_t flags) {
    std::string text = (flags & O_ACCMODE) == O_WRONLY ? "O_WRONLY"
                       : (flags & O_ACCMODE) == O_RDWR ? "O_RDWR"
                                                       : "O_RDONLY";
    text += (flags & O_CREAT) != 0 ? "|O_CREAT" : "";
    text += (flags & O_EXCL) != 0 ? "|O_EXCL" : "";
    text += (flags & O_TRUNC) != 0 ? "|O_TRUNC" : "";
    return text;
}

/// The flags of openat2; without them, those of an open that writes.
std::uint64_t flags_at(pid_t process, std::uint64_t address) {
    std::uint64_t flags = 0;
    const iovec here = {&flags, sizeof flags};
    const iovec there = {reinterpret_cast<void *>(address), sizeof flags};  // NOLINT: an address in another process
    return ::process_vm_readv(process, &here, 1, &there, 1, 0) == static_cast<ssize_t>(sizeof flags) ? flags : O_RDWR;
}

/// The call a process is about to make. False when it changes nothing.
bool describe(pid_t process, const Known & known, const std::uint64_t * arguments, bool with_text, Call & call) {
    if (known.form == Form::WRITE && !is_regular(process, arguments[0])) {
        return false;
    }
    if (known.form == Form::OPEN || known.form == Form::OPEN_AT || known.form == Form::OPEN_HOW) {
        const std::uint64_t flags = known.form == Form::OPEN_HOW ? flags_at(process, arguments[2])
                                                                 : arguments[known.form == Form::OPEN ? 1 : 2];
        // Of the others, the filter lets through those that only read.
        if (known.form == Form::OPEN_HOW && (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) == 0) {
            return false;
        }
        const std::string path = known.form == Form::OPEN ? read_string(process, arguments[0])
                                                          : path_at(process, arguments[0], arguments[1]);
        if (path.starts_with("/dev/")) {
            return false;
        }
        call.creates = (flags & (O_CREAT | O_TRUNC)) != 0;
        call.name = known.name;
        call.text = call.name + "(" + path + ", " + open_flags(flags) + ")";
        return true;
    }
    call.name = known.name;
    call.creates = false;
    if (!with_text) {
        return true;
    }
    std::string text;
    switch (known.form) {
        case Form::PATH:
            text = read_string(process, arguments[0]);
            break;
        case Form::AT:
            text = path_at(process, arguments[0], arguments[1]);
            break;
        case Form::TWO_PATHS:
            text = read_string(process, arguments[0]) + ", " + read_string(process, arguments[1]);
            break;
        case Form::TWO_AT:
            text = path_at(process, arguments[0], arguments[1]) + ", " + path_at(process, arguments[2], arguments[3]);
            if (call.name == "renameat2" && arguments[4] != 0) {
                text += arguments[4] == 2 ? ", RENAME_EXCHANGE" : ", flags " + std::to_string(arguments[4]);
            }
            break;
        case Form::TEXT_AT:
            text = read_string(process, arguments[0]) + ", " + path_at(process, arguments[1], arguments[2]);
            break;
        case Form::DESCRIPTOR:
        case Form::WRITE:
            text = descriptor_path(process, arguments[0]);
            break;
        default:
            text = std::to_string(arguments[0]);
            break;
    }
    call.text = call.name + "(" + text + ")";
    return true;
}

/// Makes the call that a process is about to make return an error instead.
void refuse_call(pid_t process, int error) {
#if defined(__x86_64__)
    user_regs_struct registers = {};
    if (::ptrace(PTRACE_GETREGS, process, nullptr, &registers) != 0) {
        fail("PTRACE_GETREGS");
    }
    registers.orig_rax = static_cast<unsigned long long>(-1);
    registers.rax = static_cast<unsigned long long>(-error);
    if (::ptrace(PTRACE_SETREGS, process, nullptr, &registers) != 0) {
        fail("PTRACE_SETREGS");
    }
#else
    int number = -1;
    iovec place = {&number, sizeof number};
    constexpr int SYSTEM_CALL_REGISTER = 0x404;  // NT_ARM_SYSTEM_CALL
    if (::ptrace(PTRACE_SETREGSET, process, SYSTEM_CALL_REGISTER, &place) != 0) {
        fail("NT_ARM_SYSTEM_CALL");
    }
    user_regs_struct registers = {};
    place = {&registers, sizeof registers};
    if (::ptrace(PTRACE_GETREGSET, process, NT_PRSTATUS, &place) != 0) {
        fail("PTRACE_GETREGSET");
    }
    registers.regs[0] = static_cast<unsigned long long>(-error);
    if (::ptrace(PTRACE_SETREGSET, process, NT_PRSTATUS, &place) != 0) {
        fail("PTRACE_SETREGSET");
    }
#endif
}

void set_end(Run & run, int status) {
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    run.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/// The processes of one run, from their start to the end of the last.
class Tracer {
public:
    Tracer(pid_t first, const Disturbance & disturbance, bool keep_trace, Run & run)
        : first_(first), disturbance_(disturbance), keep_trace_(keep_trace), run_(run) {}

    void follow() {
        int status = 0;
        if (::waitpid(first_, &status, __WALL) != first_ || !WIFSTOPPED(status)) {
            fail("the traced process does not start");
        }
        constexpr long OPTIONS = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                                 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
        if (::ptrace(PTRACE_SETOPTIONS, first_, nullptr, OPTIONS) != 0) {
            fail("PTRACE_SETOPTIONS");
        }
        processes_.insert(first_);
        resume(first_, 0);
        for (;;) {
            const pid_t process = ::waitpid(-1, &status, __WALL);
            if (process < 0 && errno == ECHILD) {
                return;
            }
            if (process < 0 && errno == EINTR) {
                run_.hung = true;
                kill_all();
                continue;
            }
            if (process < 0) {
                fail("waitpid");
            }
            if (WIFSTOPPED(status)) {
                stopped(process, status);
                continue;
            }
            processes_.erase(process);
            if (process == first_) {
                set_end(run_, status);
            }
        }
    }

private:
    void resume(pid_t process, int signal) {
        // A process that was killed meanwhile is reported next.
        ::ptrace(PTRACE_CONT, process, nullptr, static_cast<long>(signal));
    }

    void kill_all() {
        dying_ = true;
        for (const pid_t process : processes_) {
            ::kill(process, SIGKILL);
        }
    }

    void stopped(pid_t process, int status) {
        const bool is_new = processes_.insert(process).second;
        if (dying_) {
            ::kill(process, SIGKILL);
            resume(process, 0);
            return;
        }
        const int signal = WSTOPSIG(status);
        const int event = status >> 16;
        if (event == PTRACE_EVENT_SECCOMP) {
            at_call(process);
        } else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
            unsigned long child = 0;
            if (::ptrace(PTRACE_GETEVENTMSG, process, nullptr, &child) == 0 &&
                processes_.insert(static_cast<pid_t>(child)).second) {
                unborn_.insert(static_cast<pid_t>(child));
            }
            resume(process, 0);
        } else if (event != 0 || (signal == SIGSTOP && (is_new || unborn_.erase(process) != 0))) {
            resume(process, 0);  // the latter is how a traced process begins
        } else {
            resume(process, signal);
        }
    }

    void at_call(pid_t process) {
        __ptrace_syscall_info info = {};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) < 0) {
            resume(process, 0);
            return;
        }
        const Known * known = find_known(info.seccomp.nr);
        const std::size_t next = run_.calls + 1;
        const bool is_hit = next == disturbance_.fail_at || next == disturbance_.kill_at;
        Call call;
        if (known == nullptr || !describe(process, *known, static_cast<const std::uint64_t *>(info.seccomp.args),
                                          is_hit || keep_trace_, call)) {
            resume(process, 0);
            return;
        }
        run_.calls = next;
        if (is_hit) {
            run_.hit = call;
        }
        if (keep_trace_) {
            run_.trace.push_back(call);
        }
        if (next == disturbance_.kill_at) {
            run_.killed = true;
            kill_all();
            return;
        }
        if (next == disturbance_.fail_at) {
            run_.failed = true;
            refuse_call(process, disturbance_.error);
        }
        resume(process, 0);
    }

    pid_t first_;
    Disturbance disturbance_;
    bool keep_trace_;
    Run & run_;
    std::set<pid_t> processes_;
    std::set<pid_t> unborn_;
    bool dying_ = false;
};

Run start(const Command & command, const Disturbance & disturbance, bool traced, bool keep_trace) {
    Texts arguments;
    for (const std::string & argument : command.arguments) {
        arguments.add(argument);
    }
    Texts environment;
    for (const auto & [name, value] : command.environment) {
        environment.add(name + "=" + value);
    }
    char * const * argument_pointers = arguments.pointers();
    char * const * environment_pointers = environment.pointers();
    static std::vector<sock_filter> filter = make_filter();
    const sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};

    Run run;
    Output out;
    Output err;
    const pid_t process = ::fork();
    if (process < 0) {
        fail("fork");
    }
    if (process == 0) {
        become(command, argument_pointers, environment_pointers, out.writer(), err.writer(), traced, program);
    }
    out.close_writer();
    err.close_writer();
    {
        const Alarm alarm;
        if (traced) {
            Tracer(process, disturbance, keep_trace, run).follow();
        } else {
            int status = 0;
            while (::waitpid(process, &status, 0) < 0) {
                if (errno != EINTR) {
                    fail("waitpid");
                }
                run.hung = true;
                ::kill(-process, SIGKILL);
            }
            set_end(run, status);
        }
    }
    run.out = out.read();
    run.err = err.read();
    return run;
}

}  // namespace

std::string Run::end() const {
    if (hung) {
        return "did not end";
    }
    return signal != 0 ? "ended by signal " + std::to_string(signal) : "exit status " + std::to_string(status);
}

Run run(const Command & command) { return start(command, {}, false, false); }

Run run_traced(const Command & command, const Disturbance & disturbance, bool keep_trace) {
    return start(command, disturbance, true, keep_trace);
}

std::string error_name(int error) {
    const char * name = ::strerrorname_np(error);
    return name == nullptr ? std::to_string(error) : name;
}

}  // namespace crash

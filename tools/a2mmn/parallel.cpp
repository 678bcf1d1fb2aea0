// SPDX-License-Identifier: Apache-2.0
#include "parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

namespace a2mmn {

namespace {

using Clock = std::chrono::steady_clock;

/// What takes less than that is not worth a bar, nor a new one.
constexpr std::chrono::milliseconds PAUSE{200};
constexpr std::size_t WIDTH = 40;

class Progress {
public:
    explicit Progress(std::size_t count) : count_(count), next_(Clock::now() + PAUSE) {
        const char * terminal = std::getenv("TERM");
        shown_at_all_ =
            count > 1 && ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
    }
    Progress(const Progress &) = delete;
    Progress & operator=(const Progress &) = delete;
    ~Progress() {
        if (shown_) {
            write("\r\x1B[K");
        }
    }

    void one_done() {
        if (!shown_at_all_) {
            return;
        }
        const std::scoped_lock lock(mutex_);
        ++done_;
        const auto now = Clock::now();
        if (now < next_) {
            return;
        }
        next_ = now + PAUSE;
        shown_ = true;
        const std::size_t full = WIDTH * done_ / count_;
        write(fmt::format("\r[{:<{}}] {}/{}", std::string(full, '#'), WIDTH, done_, count_));
    }

private:
    static void write(const std::string & text) {
        // A bar that cannot be shown is no reason to stop.
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    }

    std::mutex mutex_;
    std::size_t count_;
    std::size_t done_ = 0;
    Clock::time_point next_;
    bool shown_at_all_ = false;
    bool shown_ = false;
};

}  // namespace

void for_all(std::size_t count, const std::function<void(std::size_t)> & work) {
    Progress progress(count);
    std::atomic<std::size_t> next = 0;
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto run = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) {
                work(i);
                progress.one_done();
            }
        } catch (...) {
            next = count;
            const std::scoped_lock lock(mutex);
            thrown = std::current_exception();
        }
    };
    std::vector<std::jthread> threads;
    const std::size_t wanted = std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), count);
    for (std::size_t i = 1; i < wanted; ++i) {
        try {
            threads.emplace_back(run);
        } catch (const std::system_error &) {
            break;  // those that run do all of it
        }
    }
    run();
    threads.clear();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

}  // namespace a2mmn

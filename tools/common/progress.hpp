// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

namespace tool {

/// Shows on a terminal that is standard error what takes longer than a second, and how far it is; nothing of it stays.
/// It is drawn by whoever tells how far it is, now and then, and only where the terminal takes it at once: who tells
/// never waits for a terminal that is stopped, and may hold a lock. Only hide() may wait. It costs nothing before the
/// second is over, not even a system call.
class Progress {
public:
    /// What is done, without a full stop. Where shown is not set, nothing is shown.
    Progress(std::string what, bool shown);
    Progress(const Progress &) = delete;
    Progress & operator=(const Progress &) = delete;
    ~Progress();

    /// Something else is done from now on; its time begins when it first tells that it goes on.
    void begin(std::string what);
    /// So much is done of so much; 0 of 0 where that is not known. This and what follows may be called from any thread.
    void set(std::size_t done, std::size_t total);
    /// One more is done.
    void one_done();
    /// It goes on, who knows how far it is.
    void go_on();
    /// Takes what is shown away, before something else is said. As all that is said this waits for the terminal: not to
    /// be called while others wait.
    void hide();

private:
    using Clock = std::chrono::steady_clock;

    void look(Clock::time_point now);
    void draw(Clock::time_point now);
    [[nodiscard]] std::string text(Clock::time_point now, std::size_t room) const;
    bool can_draw();

    std::string what_;
    std::atomic<bool> shown_;
    std::atomic<std::size_t> done_ = 0;
    std::atomic<std::size_t> total_ = 0;
    /// When it is to be drawn next; 0 before it has begun.
    std::atomic<Clock::rep> due_ = 0;
    /// Whoever has set this draws.
    std::atomic_flag drawing_;
    Clock::time_point start_;
    int terminal_ = -1;
    bool drawn_ = false;
};

}  // namespace tool

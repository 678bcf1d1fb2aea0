// SPDX-License-Identifier: Apache-2.0
#include "common/progress.hpp"

#include "common/language.hpp"
#include "common/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace tool {

namespace {

constexpr std::chrono::milliseconds PATIENCE{1000};
constexpr std::chrono::milliseconds PAUSE{200};
constexpr std::size_t WIDEST_BAR = 40;
// Below that, a bar says nothing.
constexpr std::size_t FEWEST_COLUMNS = 20;
constexpr std::string_view ERASE = "\r\x1B[K";

/// Whether a line can be written over.
bool has_lines() {
    const char * const type = std::getenv("TERM");
    return type != nullptr && *type != '\0' && std::string_view(type) != "dumb" && is_terminal(STDERR_FILENO);
}

/// Whether this process may write to its terminal; the one that is not its own stops nobody.
bool is_in_foreground(int terminal) {
    const pid_t group = ::tcgetpgrp(terminal);
    return group < 0 || group == ::getpgrp();
}

bool takes_more(int terminal) {
    pollfd asked{terminal, POLLOUT, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLOUT) != 0;
}

/// Writes what a terminal takes at once. Should this process go to the background in this moment, it is not stopped.
bool write_at_once(int terminal, std::string_view text) {
    sigset_t stopping;
    sigset_t before;
    ::sigemptyset(&stopping);
    ::sigaddset(&stopping, SIGTTOU);
    if (::pthread_sigmask(SIG_BLOCK, &stopping, &before) != 0) {
        return false;
    }
    const bool written = ::write(terminal, text.data(), text.size()) > 0;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return written;
}

}  // namespace

Progress::Progress(std::string what, bool shown) : what_(std::move(what)), shown_(shown) {}

Progress::~Progress() {
    hide();
    if (terminal_ >= 0) {
        ::close(terminal_);
    }
}

void Progress::begin(std::string what) {
    what_ = std::move(what);
    done_ = 0;
    total_ = 0;
    due_ = 0;
}

void Progress::set(std::size_t done, std::size_t total) {
    done_.store(done, std::memory_order_relaxed);
    total_.store(total, std::memory_order_relaxed);
    go_on();
}

void Progress::one_done() {
    done_.fetch_add(1, std::memory_order_relaxed);
    go_on();
}

void Progress::go_on() {
    if (shown_) {
        look(Clock::now());
    }
}

void Progress::hide() {
    if (drawn_) {
        // What cannot be shown is no reason to stop.
        static_cast<void>(!::write(STDERR_FILENO, ERASE.data(), ERASE.size()));
        drawn_ = false;
    }
}

void Progress::look(Clock::time_point now) {
    const Clock::rep due = due_.load(std::memory_order_relaxed);
    if ((due != 0 && now.time_since_epoch().count() < due) || drawing_.test_and_set(std::memory_order_acquire)) {
        return;
    }
    if (due == 0) {
        start_ = now;
    } else {
        draw(now);
    }
    const Clock::duration pause = due == 0 && !drawn_ ? PATIENCE : PAUSE;
    due_.store((now + pause).time_since_epoch().count(), std::memory_order_relaxed);
    drawing_.clear(std::memory_order_release);
}

/// Opens the terminal once more, for a description of its own: that writing to this one never waits is nothing to those
/// who share the other.
bool Progress::can_draw() {
    if (terminal_ < 0) {
        terminal_ = has_lines() ? ::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
        shown_ = terminal_ >= 0;
    }
    return shown_ && is_in_foreground(terminal_) && takes_more(terminal_);
}

void Progress::draw(Clock::time_point now) {
    try {
        const std::size_t columns = can_draw() ? real_columns(STDERR_FILENO) : 0;
        if (columns < FEWEST_COLUMNS) {
            return;
        }
        // One column less than there are: a line that is full may begin another. What comes next, a shell's prompt
        // after a signal for one, begins where this does.
        drawn_ = write_at_once(terminal_, fmt::format("{}{}\r", ERASE, text(now, columns - 1))) || drawn_;
    } catch (const std::exception &) {  // then it is not shown
    }
}

std::string Progress::text(Clock::time_point now, std::size_t room) const {
    const std::size_t total = total_.load(std::memory_order_relaxed);
    const std::size_t done = std::min(done_.load(std::memory_order_relaxed), total);
    if (total == 0) {
        const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
        return cut(phrase("{} ... {} s", what_, passed), room);
    }
    const std::string count = fmt::format("{}/{}", done, total);
    constexpr std::size_t AROUND = 3;
    if (room <= count.size() + AROUND) {
        return cut(count, room);
    }
    const std::size_t width = std::min(WIDEST_BAR, room - count.size() - AROUND);
    return fmt::format("[{:<{}}] {}", std::string(width * done / total, '#'), width, count);
}

}  // namespace tool

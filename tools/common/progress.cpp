// SPDX-License-Identifier: Apache-2.0
#include "common/progress.hpp"

#include "common/language.hpp"
#include "common/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tool {

namespace {

constexpr std::chrono::milliseconds PATIENCE{1000};
constexpr std::chrono::milliseconds PAUSE{200};
constexpr std::size_t WIDTH = 40;

/// Whether a line can be written over.
bool can_draw() {
    const char * const type = std::getenv("TERM");
    return type != nullptr && *type != '\0' && std::string_view(type) != "dumb" && is_terminal(STDERR_FILENO);
}

void write(const std::string & text) {
    // What cannot be shown is no reason to stop.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

Progress::Progress(std::string what, bool shown) : what_(std::move(what)) {
    if (!shown || !can_draw()) {
        return;
    }
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error &) {  // then it is not shown
    }
}

Progress::~Progress() {
    {
        const std::scoped_lock lock(mutex_);
        over_ = true;
    }
    ended_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    hide();
}

void Progress::set(std::size_t done, std::size_t total) {
    const std::scoped_lock lock(mutex_);
    done_ = done;
    total_ = total;
}

void Progress::one_done() {
    const std::scoped_lock lock(mutex_);
    ++done_;
}

void Progress::hide() {
    const std::scoped_lock lock(mutex_);
    if (drawn_) {
        write("\r\x1B[K");
        drawn_ = false;
    }
}

void Progress::run() {
    const auto start = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    auto pause = PATIENCE;
    while (!ended_.wait_for(lock, pause, [this] { return over_; })) {
        const auto passed = std::chrono::steady_clock::now() - start;
        draw(static_cast<std::size_t>(std::chrono::duration_cast<std::chrono::seconds>(passed).count()));
        pause = PAUSE;
    }
}

void Progress::draw(std::size_t seconds) {
    std::string text;
    if (total_ == 0) {
        text = phrase("{} ... {} s", what_, seconds);
    } else {
        const std::size_t full = WIDTH * std::min(done_, total_) / total_;
        text = fmt::format("[{:<{}}] {}/{}", std::string(full, '#'), WIDTH, done_, total_);
    }
    // One column less than there are: a line that is full may begin another.
    const std::size_t room = columns(STDERR_FILENO) - 1;
    while (width_of(text) > room) {
        text.pop_back();
    }
    write("\r\x1B[K" + text);
    drawn_ = true;
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "io/open_watch.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <sys/inotify.h>

namespace confgraph::io {

namespace {

constexpr int LONGEST_WAIT_MS = 1000;
// For those who opened it in one instant with somebody else, whom the kernel reports as one: much longer than it takes
// to list a folder that was opened.
constexpr int GRACE_MS = 20;

/// Whether another process on the machine is running, or waiting to run, now.
bool others_are_running() {
    const Descriptor file(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC));
    std::array<char, 128> buffer{};
    const ssize_t length = file.open() ? ::read(file.value(), buffer.data(), buffer.size()) : -1;
    if (length <= 0) {
        return true;
    }
    // 0.10 0.22 0.30 1/345 6789: the number before the slash counts them, this one included.
    std::string_view text(buffer.data(), static_cast<std::size_t>(length));
    text = text.substr(0, text.find('/'));
    return text.substr(text.rfind(' ') + 1) != "1";
}

}  // namespace

void OpenWatch::look_around() {
    if (!alone_) {
        alone_ = !others_are_running();
    }
}

void OpenWatch::start(const std::string & folder) {
    look_around();
    if (alone_) {
        return;
    }
    queue_ = Descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (queue_.open() && ::inotify_add_watch(queue_.value(), folder.c_str(), IN_OPEN | IN_CLOSE | IN_ONLYDIR) < 0) {
        queue_ = Descriptor();
    }
}

/// Counts what happened. Returns whether there was anything.
bool OpenWatch::take_events() {
    alignas(inotify_event) std::array<char, 4096> buffer{};
    bool any = false;
    while (true) {
        const ssize_t length = ::read(queue_.value(), buffer.data(), buffer.size());
        if (length <= 0) {
            return any;
        }
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            at += sizeof event + event.len;
            // What has a name is something in the folder.
            if (event.len == 0 && (event.mask & IN_ISDIR) != 0) {
                any = true;
                open_ += (event.mask & IN_OPEN) != 0 ? 1 : -1;
            }
        }
    }
}

void OpenWatch::wait_for_closing() {
    if (!queue_.open()) {
        return;
    }
    const bool seen = take_events();
    for (int waited = 0; open_ > 0 && waited < LONGEST_WAIT_MS; ++waited) {
        pollfd event{queue_.value(), POLLIN, 0};
        static_cast<void>(::poll(&event, 1, 1));
        take_events();
    }
    if (seen) {
        const timespec grace{0, GRACE_MS * 1'000'000L};
        ::nanosleep(&grace, nullptr);
    }
    queue_ = Descriptor();
}

}  // namespace confgraph::io

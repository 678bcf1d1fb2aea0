// SPDX-License-Identifier: Apache-2.0
#include "common/output.hpp"

#include "common/language.hpp"
#include "common/terminal.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <new>
#include <unistd.h>

namespace tool {

namespace {

// Enough to say most things in one call.
constexpr std::size_t FLUSH_BYTES = 64UL * 1024;

struct Mark {
    std::string_view word;
    Colour colour;
};

// What lines begin with that tell of problems, in the sources.
constexpr std::array<Mark, 4> MARKS = {
    {{"ERROR: ", Colour::RED}, {"WARNING: ", Colour::YELLOW}, {"HINT: ", Colour::CYAN}, {"NOTE: ", Colour::CYAN}}};

}  // namespace

void Output::say(int descriptor, fmt::string_view format, fmt::format_args values) {
    std::string & pending = select(descriptor);
    const std::string_view source(format.data(), format.size());
    const auto * const mark =
        std::find_if(MARKS.begin(), MARKS.end(), [&](const Mark & known) { return source.starts_with(known.word); });
    if (mark == MARKS.end() || collected_ != nullptr || !has_colours(descriptor)) {
        render_to(pending, format, values);
        return;
    }
    const std::string text = render(format, values);
    // A translation begins with another word, and the same colon.
    const auto end = std::min(text.find(':'), text.size());
    pending.append(coloured(descriptor, mark->colour, std::string_view(text).substr(0, end))).append(text, end);
}

std::string & Output::select(int descriptor) {
    if (descriptor != descriptor_ || pending_.size() >= FLUSH_BYTES) {
        flush();
        descriptor_ = descriptor;
    }
    return pending_;
}

std::string words(const std::vector<std::string> & names) {
    std::string text;
    for (const std::string & name : names) {
        text += fmt::format("{}{}", text.empty() ? "" : " ", confgraph::escape(name));
    }
    return text;
}

void Output::document(std::string_view text) { select(1).append(text); }

int Output::flush() {
    if (collected_ != nullptr) {
        collected_->append(pending_);
        pending_.clear();
        return 0;
    }
    std::string_view rest = pending_;
    while (!rest.empty()) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            if (failure_ == 0 && errno != EPIPE) {
                failure_ = errno;
            }
            break;
        }
    }
    pending_.clear();
    return failure_;
}

int Output::finish(int status, fmt::format_string<std::string> failure) {
    const int error = flush();
    if (error == 0) {
        return status;
    }
    err(failure, system_text(error));
    return status == 0 ? 1 : status;
}

void prepare_descriptors() {
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        if (::fcntl(descriptor, F_GETFD) < 0) {
            // The lowest free descriptor is this one. It is opened the wrong way round: using it stays an error.
            static_cast<void>(::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY));
        }
    }
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    // So is a file that would become larger than it may.
    static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
    // Who ignores this one is never told how a program that was started ended.
    static_cast<void>(std::signal(SIGCHLD, SIG_DFL));
}

int guarded(const std::function<int()> & work) noexcept {
    const char * reason = "unknown";
    try {
        return work();
    } catch (const std::bad_alloc &) {
        reason = "out of memory";
    } catch (const std::exception & error) {
        reason = error.what();
    } catch (...) {
    }
    // Nothing that allocates.
    for (const char * part : {"ERROR: ", reason, "\n"}) {
        static_cast<void>(!::write(STDERR_FILENO, part, std::strlen(part)));
    }
    return 1;
}

}  // namespace tool

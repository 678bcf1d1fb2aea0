// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// What a tool says, on standard output and standard error, in the order in which it is said: in the user's language,
/// and the word with which a problem begins in a colour, where there is a terminal that shows them.
class Output {
public:
    /// With text_to_stderr, out() goes to standard error too, and standard output is left for a document.
    explicit Output(bool text_to_stderr = false) : text_to_stderr_(text_to_stderr) {}
    /// What is said becomes part of a text instead.
    explicit Output(std::string & collected) : text_to_stderr_(false), collected_(&collected) {}
    Output(const Output &) = delete;
    Output & operator=(const Output &) = delete;
    ~Output() { flush(); }

    template <class... T>
    void out(fmt::format_string<T...> format, const T &... values) {
        say(text_to_stderr_ ? 2 : 1, format, fmt::make_format_args(values...));
    }
    template <class... T>
    void err(fmt::format_string<T...> format, const T &... values) {
        say(2, format, fmt::make_format_args(values...));
    }
    [[nodiscard]] bool text_to_stderr() const { return text_to_stderr_; }
    /// A document on standard output, whatever becomes of text.
    void document(std::string_view text);

    /// Writes what was said so far. Returns 0 when all of it, ever, could be written, else errno. That a reader went
    /// away is no failure.
    int flush();
    /// Ends a program: writes the rest. When not all could be written, says so in these words, with the reason where
    /// they have a place for it, and makes a failure of a success. Returns the exit status.
    int finish(int status, fmt::format_string<std::string> failure);

private:
    void say(int descriptor, fmt::string_view format, fmt::format_args values);
    std::string & select(int descriptor);

    bool text_to_stderr_;
    int descriptor_ = 1;
    int failure_ = 0;
    std::string * collected_ = nullptr;
    std::string pending_;
};

/// Names with blanks between them, fit to be printed.
std::string words(const std::vector<std::string> & names);

/// Makes sure that descriptors 0 to 2 are open, so that no file opened later becomes one of them, and that writing to
/// a closed pipe, or beyond what a file may hold, is an error and no signal. To be called first.
void prepare_descriptors();

/// Runs a program's work. What the standard library throws, memory that cannot be had above all, becomes one line on
/// standard error and exit status 1.
int guarded(const std::function<int()> & work) noexcept;

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "common/questions.hpp"

#include "common/spoken.hpp"

#include <confgraph/text.hpp>

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace tool {

namespace {

constexpr std::string_view PHRASE = "Yes, do as I say!";
// Room for some thousand names.
constexpr std::size_t MAX_LINE_BYTES = 64UL * 1024;

}  // namespace

std::optional<std::string> Questions::read_line() {
    output_.flush();
    std::size_t searched = 0;
    while (input_.find('\n', searched) == std::string::npos && input_.size() < MAX_LINE_BYTES) {
        searched = input_.size();
        char buffer[4096];
        const ssize_t length = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (length > 0) {
            input_.append(buffer, static_cast<std::size_t>(length));
        } else if (length == 0 || errno != EINTR) {
            break;
        }
    }
    // A line without end is no answer.
    if (input_.empty() || (input_.size() >= MAX_LINE_BYTES && input_.find('\n') == std::string::npos)) {
        return std::nullopt;
    }
    const auto end = std::min(input_.find('\n'), input_.size());
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    return line;
}

std::optional<std::vector<std::string>> Questions::ask_names(const CallName & call,
                                                             const std::vector<std::string> & choices) {
    output_.out("Your choices are:");
    for (const std::string & choice : choices) {
        output_.out(" {}", confgraph::escape(choice));
    }
    output_.out("{}\nWhich {}(s) do you want to {} (wildcards ok)?\n", choices.empty() ? " " : "", spoken(call.kind),
                spoken(call.action));
    const auto line = read_line();
    if (!line) {
        output_.err(
            "ERROR: no {0} given: standard input has ended, or has a line of more than 64 KiB; name the {0}s as "
            "arguments\n",
            spoken(call.kind));
        return std::nullopt;
    }
    constexpr std::string_view BLANKS = " \t\r\f\v";
    std::vector<std::string> names;
    for (std::size_t start = line->find_first_not_of(BLANKS); start != std::string::npos;
         start = line->find_first_not_of(BLANKS, start)) {
        const auto end = std::min(line->find_first_of(BLANKS, start), line->size());
        names.push_back(line->substr(start, end - start));
        start = end;
    }
    return names;
}

bool Questions::confirm_essential(const std::string & module) {
    output_.out(
        "WARNING: The following essential module will be disabled.\n"
        "This might result in unexpected behavior and should NOT be done\n"
        "unless you know exactly what you are doing!\n {}\n\n"
        "To continue type in the phrase '{}' or retry by passing '-f': ",
        confgraph::escape(module), PHRASE);
    const auto line = read_line();
    if (!line) {
        output_.out("Aborting\n");
        output_.err(
            "ERROR: the essential module {} is not disabled: standard input gives no answer; pass -f to be "
            "asked nothing\n",
            confgraph::escape(module));
        return false;
    }
    if (*line != PHRASE) {
        output_.out("Aborting\n");
        return false;
    }
    return true;
}

}  // namespace tool

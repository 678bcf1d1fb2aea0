// SPDX-License-Identifier: Apache-2.0
#include "core/sysconfig.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

constexpr auto NPOS = std::string_view::npos;
constexpr std::string_view BLANKS = " \t";

bool is_name_start(char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_'; }
bool is_name_part(char byte) { return is_name_start(byte) || (byte >= '0' && byte <= '9'); }

/// Goes through a file, assignment by assignment.
class Reader {
public:
    Reader(std::string_view file, std::string_view variable) : file_(file), variable_(variable) {}

    SysconfigValue run() {
        while (at_ < file_.size() && take_line()) {
        }
        if (found_.problem == SysconfigProblem::NONE && found_.line == 0) {
            found_.problem = SysconfigProblem::NOT_ASSIGNED;
        }
        return std::move(found_);
    }

private:
    bool fail(SysconfigProblem problem, unsigned line) {
        found_ = {.problem = problem, .line = line, .text = {}, .words = {}};
        return false;
    }

    void skip_blanks() { at_ = std::min(file_.find_first_not_of(BLANKS, at_), file_.size()); }
    [[nodiscard]] bool at_end_of_line() const { return at_ == file_.size() || file_[at_] == '\n'; }

    /// Goes on to the next line if nothing but a comment is left of this one.
    bool finish_line() {
        skip_blanks();
        if (!at_end_of_line() && file_[at_] == '#') {
            at_ = std::min(file_.find('\n', at_), file_.size());
        }
        if (!at_end_of_line()) {
            return false;
        }
        ++at_;
        ++line_;
        return true;
    }

    /// Returns whether the answer is still open.
    bool take_line() {
        skip_blanks();
        if (finish_line()) {
            return true;
        }
        const unsigned line = line_;
        if (file_.substr(at_).starts_with("export ")) {
            at_ += 7;
            skip_blanks();
        }
        const std::size_t start = at_;
        if (at_ == file_.size() || !is_name_start(file_[at_])) {
            return fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
        }
        while (at_ < file_.size() && is_name_part(file_[at_])) {
            ++at_;
        }
        const std::string_view name = file_.substr(start, at_ - start);
        const std::string_view rest = file_.substr(at_);
        if (rest.starts_with("+=") && name == variable_) {
            return fail(SysconfigProblem::APPENDED, line);
        }
        if (!rest.starts_with('=') && !rest.starts_with("+=")) {
            return fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
        }
        at_ += rest.starts_with('=') ? 1 : 2;
        if (name == variable_ && found_.line != 0) {
            return fail(SysconfigProblem::ASSIGNED_TWICE, line);
        }
        return name == variable_ ? take_value() : skip_value();
    }

    /// The value of another variable: all that matters is where it ends.
    bool skip_value() {
        const unsigned line = line_;
        while (!at_end_of_line() && BLANKS.find(file_[at_]) == NPOS) {
            const char byte = file_[at_];
            if (byte == '\'' || byte == '"') {
                if (!skip_quoted(byte)) {
                    return fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
                }
            } else if (byte == '\\' || is_command_part(byte) || starts_command()) {
                return fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
            } else {
                ++at_;
            }
        }
        return finish_line() || fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
    }

    [[nodiscard]] bool starts_command() const { return file_[at_] == '`' || file_.substr(at_).starts_with("$("); }
    static bool is_command_part(char byte) { return std::string_view("&|;<>()\r\0", 9).find(byte) != NPOS; }

    bool skip_quoted(char quote) {
        for (++at_; at_ < file_.size(); ++at_) {
            const char byte = file_[at_];
            if (byte == quote) {
                ++at_;
                return true;
            }
            if (byte == '\n') {
                ++line_;
            } else if (quote == '"' && byte == '\\') {
                ++at_;
                line_ += at_ < file_.size() && file_[at_] == '\n' ? 1 : 0;
            } else if (quote == '"' && starts_command()) {
                return false;
            }
        }
        return false;
    }

    bool take_value() {
        const unsigned line = line_;
        const char first = at_end_of_line() ? '\n' : file_[at_];
        const char quote = first == '"' || first == '\'' ? first : '\0';
        at_ += quote == '\0' ? 0 : 1;
        const std::size_t start = at_;
        for (; at_ < file_.size() && !ends_value(quote); ++at_) {
            const char byte = file_[at_];
            if (byte == '\n') {
                return fail(SysconfigProblem::SEVERAL_LINES, line);
            }
            if (quote != '\'' && (byte == '$' || byte == '`' || byte == '\\')) {
                return fail(SysconfigProblem::EXPANSION, line);
            }
            if (quote == '\0' && (byte == '"' || byte == '\'')) {
                return fail(SysconfigProblem::SEVERAL_PARTS, line);
            }
            if (byte == '\0' || (quote == '\0' && is_command_part(byte))) {
                return fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
            }
        }
        found_.line = line;
        found_.text = file_.substr(start, at_ - start);
        found_.offset = start;
        found_.quote = quote;
        if (quote != '\0') {
            if (at_ == file_.size()) {
                return fail(SysconfigProblem::SEVERAL_LINES, line);
            }
            ++at_;
            if (!at_end_of_line() && BLANKS.find(file_[at_]) == NPOS) {
                return fail(
                    is_command_part(file_[at_]) ? SysconfigProblem::NOT_ASSIGNMENTS : SysconfigProblem::SEVERAL_PARTS,
                    line);
            }
        }
        split();
        return finish_line() || fail(SysconfigProblem::NOT_ASSIGNMENTS, line);
    }

    [[nodiscard]] bool ends_value(char quote) const {
        return quote != '\0' ? file_[at_] == quote : at_end_of_line() || BLANKS.find(file_[at_]) != NPOS;
    }

    void split() {
        std::size_t at = found_.text.find_first_not_of(BLANKS);
        while (at != NPOS) {
            const std::size_t end = std::min(found_.text.find_first_of(BLANKS, at), found_.text.size());
            found_.words.push_back({found_.text.substr(at, end - at), found_.offset + at});
            at = found_.text.find_first_not_of(BLANKS, end);
        }
    }

    std::string_view file_;
    std::string_view variable_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    SysconfigValue found_;
};

bool has(const SysconfigValue & value, std::string_view word) {
    return std::any_of(value.words.begin(), value.words.end(),
                       [&](const SysconfigWord & each) { return each.text == word; });
}

/// Whether a word means itself, quoted or not.
bool is_plain(std::string_view word) {
    return !word.empty() && word.find_first_of(std::string_view(" \t\r\n\"'\\$`&|;<>()#~*?[]{}!\0", 25)) == NPOS;
}

}  // namespace

std::string_view problem_text(SysconfigProblem problem) {
    switch (problem) {
        case SysconfigProblem::NONE:
            break;
        case SysconfigProblem::NOT_ASSIGNED:
            return "is not assigned";
        case SysconfigProblem::ASSIGNED_TWICE:
            return "is assigned twice";
        case SysconfigProblem::APPENDED:
            return "is appended to";
        case SysconfigProblem::EXPANSION:
            return "has a value that a shell would have to expand";
        case SysconfigProblem::SEVERAL_LINES:
            return "has a value of several lines";
        case SysconfigProblem::SEVERAL_PARTS:
            return "has a value of several parts";
        case SysconfigProblem::NOT_ASSIGNMENTS:
            return "may be changed by a command";
    }
    return "is plain";
}

SysconfigValue find_value(std::string_view file, std::string_view variable) { return Reader(file, variable).run(); }

std::vector<std::string> likely_words(std::string_view file, std::string_view variable) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < file.size(); at = std::min(file.find('\n', at), file.size() - 1) + 1) {
        std::string_view rest = file.substr(at);
        rest.remove_prefix(std::min(rest.find_first_not_of(BLANKS), rest.size()));
        if (rest.starts_with("export ")) {
            rest.remove_prefix(7);
        }
        if (!rest.starts_with(variable)) {
            continue;
        }
        rest.remove_prefix(variable.size());
        const bool appends = rest.starts_with("+=");
        if (!appends && !rest.starts_with('=')) {
            continue;
        }
        rest.remove_prefix(appends ? 2 : 1);
        const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
        const std::string_view value =
            quoted ? rest.substr(1, rest.find(rest.front(), 1) - 1) : rest.substr(0, rest.find_first_of(" \t\n;#"));
        if (!appends) {
            words.clear();
        }
        constexpr std::string_view BETWEEN = " \t\r\n\\";
        for (auto start = value.find_first_not_of(BETWEEN); start != NPOS;) {
            const std::size_t end = std::min(value.find_first_of(BETWEEN, start), value.size());
            if (const auto word = value.substr(start, end - start); is_plain(word)) {
                words.emplace_back(word);
            }
            start = value.find_first_not_of(BETWEEN, end);
        }
    }
    return words;
}

std::string with_word(std::string_view file, std::string_view variable, std::string_view word) {
    std::string text(file);
    const SysconfigValue value = find_value(file, variable);
    if (!value || has(value, word) || !is_plain(word)) {
        return text;
    }
    if (value.words.empty()) {
        return text.insert(value.offset + value.text.size(), word);
    }
    const std::string_view quote = value.quote == '\0' ? "\"" : "";
    text.insert(value.words.back().end(), " " + std::string(word) + std::string(quote));
    return text.insert(value.offset, quote);
}

std::string without_word(std::string_view file, std::string_view variable, std::string_view word) {
    std::string text(file);
    const SysconfigValue value = find_value(file, variable);
    if (!value) {
        return text;
    }
    // From the last to the first, so that the places of those before stay.
    for (std::size_t i = value.words.size(); i-- > 0;) {
        if (value.words[i].text != word) {
            continue;
        }
        // With the blanks before it; the first word goes with those after it.
        std::size_t begin = value.words[i].offset;
        std::size_t end = value.words[i].end();
        if (i > 0) {
            begin = value.words[i - 1].end();
        } else if (const SysconfigValue rest = find_value(text, variable); rest.words.size() > 1) {
            end = rest.words[1].offset;
        }
        text.erase(begin, end - begin);
    }
    return text;
}

std::string line_with_value(std::string_view file, const SysconfigValue & value, std::string_view replacement) {
    const std::size_t before = value.offset == 0 ? NPOS : file.rfind('\n', value.offset - 1);
    const std::size_t begin = before == NPOS ? 0 : before + 1;
    const std::size_t end = std::min(file.find('\n', value.offset), file.size());
    std::string line(file.substr(begin, end - begin));
    return line.replace(value.offset - begin, value.text.size(), replacement);
}

}  // namespace confgraph::core

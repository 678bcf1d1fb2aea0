// SPDX-License-Identifier: Apache-2.0
#include "core/envvars.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace confgraph::core {

namespace {

constexpr auto NPOS = std::string_view::npos;

bool is_name_start(char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_'; }

bool is_name_part(char byte) { return is_name_start(byte) || (byte >= '0' && byte <= '9'); }

std::size_t name_end(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && is_name_part(text[i])) {
        ++i;
    }
    return !text.empty() && is_name_start(text.front()) ? i : 0;
}

/// Variables that mean something to shells, or cannot be assigned in some.
constexpr std::array<std::string_view, 12> SHELL_VARIABLES = {
    "BASH_VERSINFO", "IFS", "PPID", "UID", "EUID", "BASHOPTS", "PWD", "ENV", "PATH", "OPTIND", "SHELLOPTS", "OLDPWD"};

bool is_shell_variable(std::string_view name) {
    return std::find(SHELL_VARIABLES.begin(), SHELL_VARIABLES.end(), name) != SHELL_VARIABLES.end();
}

/// A word, nothing in it expanded. Its first bytes, as many as plain says, were written without quotes: only those can
/// make it a keyword or an assignment.
struct Word {
    std::string text;
    std::size_t plain = 0;
    bool expands = false;  // the text is not all that it is

    [[nodiscard]] bool is(std::string_view keyword) const { return text == keyword && plain == text.size(); }
};

/// A line split into commands and words.
struct Line {
    std::vector<std::vector<Word>> commands;
    bool unquoted_expansion = false;
};

/// Splits a line; gives up at the first doubt.
class Words {
public:
    /// Nothing when the line is not plain.
    static std::optional<Line> split(std::string_view line) {
        Words words(line);
        return words.run() ? std::optional(Line{std::move(words.commands_), words.unquoted_expansion_}) : std::nullopt;
    }

private:
    explicit Words(std::string_view line) : line_(line) {}

    bool run() {
        commands_.emplace_back();
        while (i_ < line_.size()) {
            const char byte = line_[i_];
            if (byte == ' ' || byte == '\t') {
                ++i_;
            } else if (byte == '#') {
                return true;
            } else if (byte == ';') {
                ++i_;
                if (commands_.back().empty()) {
                    return false;
                }
                commands_.emplace_back();
            } else if (!take_word()) {
                return false;
            }
        }
        return true;
    }

    bool take_word() {
        Word & taken = commands_.back().emplace_back();
        std::string & word = taken.text;
        bool quoted = false;
        while (i_ < line_.size()) {
            taken.plain = quoted ? taken.plain : word.size();
            const char byte = line_[i_];
            if (byte == ' ' || byte == '\t' || byte == ';') {
                return true;
            }
            quoted = quoted || byte == '\'' || byte == '"';
            if (std::string_view("&|<>()`\\!{}~\r\0", 14).find(byte) != NPOS && !(byte == '!' && negates_test())) {
                return false;
            }
            if (byte == '\'') {
                const auto end = line_.find('\'', i_ + 1);
                if (end == NPOS) {
                    return false;
                }
                word.append(line_.substr(i_ + 1, end - i_ - 1));
                i_ = end + 1;
            } else if (byte == '"') {
                if (!take_quoted(word)) {
                    return false;
                }
            } else if (byte == '$') {
                unquoted_expansion_ = true;
                if (!take_expansion(word)) {
                    return false;
                }
            } else {
                word += byte;
                ++i_;
            }
        }
        taken.plain = quoted ? taken.plain : word.size();
        return true;
    }

    /// "!=" as a word of a test.
    bool negates_test() const { return line_.substr(i_, 2) == "!="; }

    bool take_quoted(std::string & word) {
        ++i_;
        while (i_ < line_.size() && line_[i_] != '"') {
            if (line_[i_] == '\\' || line_[i_] == '`' || line_[i_] == '\0') {
                return false;
            }
            if (line_[i_] == '$') {
                if (!take_expansion(word)) {
                    return false;
                }
            } else {
                word += line_[i_++];
            }
        }
        if (i_ == line_.size()) {
            return false;
        }
        ++i_;
        return true;
    }

    /// $NAME, ${NAME} or ${NAME#pattern} and its kin; the forms that assign or fail are not plain.
    bool take_expansion(std::string & word) {
        commands_.back().back().expands = true;
        std::string_view rest = line_.substr(i_ + 1);
        word += '$';
        if (!rest.starts_with('{')) {
            const auto end = name_end(rest);
            i_ += end + 1;
            return end != 0 && !is_shell_variable(rest.substr(0, end));
        }
        rest.remove_prefix(1);
        const auto end = name_end(rest);
        const auto close = rest.find('}');
        if (end == 0 || close == NPOS || close < end || is_shell_variable(rest.substr(0, end))) {
            return false;
        }
        const std::string_view operation = rest.substr(end, close - end);
        const bool plain = operation.empty() || operation.front() == '#' || operation.front() == '%' ||
                           operation.front() == '-' || operation.front() == '+' || operation.starts_with(":-") ||
                           operation.starts_with(":+");
        if (!plain || operation.find_first_of("$`\\\"'{(&|;<>") != NPOS) {
            return false;
        }
        word += operation;
        i_ += close + 3;
        return true;
    }

    std::string_view line_;
    std::size_t i_ = 0;
    bool unquoted_expansion_ = false;
    std::vector<std::vector<Word>> commands_;
};

/// Follows the commands of a file and gives up at the first that is not known to be harmless.
class Script {
public:
    /// With plain, variables of the layout may be assigned, where it is clear what.
    explicit Script(bool plain) : plain_(plain) {}

    bool take(const std::vector<Word> & command, bool unquoted_expansion) {
        unquoted_expansion_ = unquoted_expansion;
        auto first = command.begin();
        // "then" and "else" may be followed by a command on the same line.
        for (; first != command.end(); ++first) {
            if (first->is("then") && !open_.empty() && open_.back() == Part::CONDITION) {
                open_.back() = Part::THEN;
            } else if (first->is("else") && !open_.empty() && open_.back() == Part::THEN && !empty_part_) {
                open_.back() = Part::ELSE;
            } else {
                break;
            }
            empty_part_ = true;
        }
        return first == command.end() || take_simple({first, command.end()});
    }

    bool complete() const { return open_.empty(); }

    /// The variables of the layout that are exported in the end.
    std::map<std::string, std::string> variables() const { return exported(layout_); }

    /// Those of SERVER_VARIABLES that are exported in the end with a value that is clear.
    std::map<std::string, std::string> server_variables() const { return exported(server_); }

private:
    enum class Part { CONDITION, THEN, ELSE };

    struct Variable {
        std::optional<std::string> value{};
        bool exported = false;
    };

    static std::map<std::string, std::string> exported(const std::map<std::string, Variable> & variables) {
        std::map<std::string, std::string> found;
        for (const auto & [name, variable] : variables) {
            if (variable.exported && variable.value) {
                found.emplace(name, *variable.value);
            }
        }
        return found;
    }

    bool take_simple(const std::vector<Word> & words) {
        if (!open_.empty() && open_.back() == Part::CONDITION) {
            return false;
        }
        if (words.front().is("if")) {
            open_.push_back(Part::CONDITION);
            return is_test(words);
        }
        if (words.front().is("fi")) {
            if (open_.empty() || empty_part_ || words.size() != 1) {
                return false;
            }
            open_.pop_back();
            return true;
        }
        empty_part_ = false;
        if (words.front().text == "unset") {
            return std::all_of(words.begin() + 1, words.end(), [&](const Word & word) {
                return name_end(word.text) == word.text.size() && !is_shell_variable(word.text) && forget(word.text);
            });
        }
        if (plain_ && (words.front().is("umask") || words.front().is("ulimit"))) {
            return true;
        }
        return take_assignments(words);
    }

    bool take_assignments(const std::vector<Word> & words) {
        const bool exporting = words.front().text == "export";
        blank_values_ = blank_values_ || std::any_of(words.begin(), words.end(), [](const Word & word) {
                            return word.text.find_first_of(" \t*?[") != std::string::npos;
                        });
        // Some shells split what an unquoted expansion in an export gives into words, which may be assignments again.
        if (exporting && ((unquoted_expansion_ && blank_values_) || words.size() == 1)) {
            return false;
        }
        return std::all_of(words.begin() + (exporting ? 1 : 0), words.end(), [&](const Word & word) {
            const auto end = name_end(word.text);
            const std::string_view name = std::string_view(word.text).substr(0, end);
            const bool assigns =
                end != 0 && end < word.text.size() && word.text[end] == '=' && (exporting || word.plain > end);
            if (is_shell_variable(name) || !(assigns || (exporting && end == word.text.size() && end != 0))) {
                return false;
            }
            if (std::find(SERVER_VARIABLES.begin(), SERVER_VARIABLES.end(), name) != SERVER_VARIABLES.end()) {
                take_server_variable(word, end, exporting);
                return true;
            }
            const bool of_layout =
                std::find(LAYOUT_VARIABLES.begin(), LAYOUT_VARIABLES.end(), name) != LAYOUT_VARIABLES.end();
            return !of_layout || take_layout_variable(word, end, exporting);
        });
    }

    /// An assignment to a variable of the layout, or its export: NAME=value or NAME.
    bool take_layout_variable(const Word & word, std::size_t name_end, bool exporting) {
        if (!plain_ || !open_.empty() || word.expands) {
            return false;
        }
        Variable & variable = layout_[word.text.substr(0, name_end)];
        variable.exported = variable.exported || exporting;
        if (name_end != word.text.size()) {
            variable.value = word.text.substr(name_end + 1);
            // Some shells look for files that such an argument of export matches.
            return variable.value->find_first_of("*?[") == std::string::npos;
        }
        return true;
    }

    /// The same of a variable about the server. Where it is not clear what it becomes, it has no value.
    void take_server_variable(const Word & word, std::size_t name_end, bool exporting) {
        Variable & variable = server_[word.text.substr(0, name_end)];
        variable.exported = variable.exported || exporting;
        if (name_end != word.text.size()) {
            const std::string value = word.text.substr(name_end + 1);
            const bool clear = open_.empty() && !word.expands && value.find_first_of("*?[") == std::string::npos;
            variable.value = clear ? std::optional(value) : std::nullopt;
        }
    }

    /// Returns whether it is clear that a variable is unset.
    bool forget(const std::string & name) {
        server_.erase(name);
        const auto known = layout_.find(name);
        if (known == layout_.end()) {
            return true;
        }
        layout_.erase(known);
        return open_.empty();
    }

    /// if [ word ], if [ -x word ], if [ word = word ]
    static bool is_test(const std::vector<Word> & words) {
        return words.size() >= 4 && words.size() <= 6 && words[1].text == "[" && words.back().text == "]";
    }

    std::vector<Part> open_;
    bool empty_part_ = false;
    bool unquoted_expansion_ = false;
    bool blank_values_ = false;  // some variable may hold blanks or wildcards
    bool plain_;
    std::map<std::string, Variable> layout_;
    std::map<std::string, Variable> server_;
};

/// Follows a file. Returns the line that cannot be told, its number and its text; 0 if there is none.
std::pair<unsigned, std::string_view> follow(Script & script, std::string_view text) {
    unsigned number = 0;
    std::string_view line;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        const auto words = line.find('\0') == NPOS ? Words::split(line) : std::nullopt;
        const bool known =
            words &&
            std::all_of(words->commands.begin(), words->commands.end(), [&](const std::vector<Word> & command) {
                return command.empty() || script.take(command, words->unquoted_expansion);
            });
        if (!known) {
            return {number, line};
        }
    }
    return script.complete() ? std::pair<unsigned, std::string_view>() : std::pair(number, line);
}

}  // namespace

bool envvars_can_matter(std::string_view text) {
    Script script(false);
    return follow(script, text).first != 0;
}

PlainEnvvars read_plain_envvars(std::string_view text) {
    Script script(true);
    const auto [line, doubtful] = follow(script, text);
    if (line != 0) {
        return {{}, {}, line, std::string(doubtful)};
    }
    return {script.variables(), script.server_variables(), 0, {}};
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/server_ports.hpp"

#include "core/directive.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace confgraph::core {

namespace {

struct Word {
    std::string_view text;
    std::size_t offset = 0;
};

/// A directive: its words, those of lines that continue it too.
struct Directive {
    std::vector<Word> words;
    unsigned line = 0;
};

/// Takes a file apart as httpd does: a backslash at the end of a line continues it, comments are lines of their own.
class Directives {
public:
    explicit Directives(std::string_view text) : text_(text) {}

    std::optional<Directive> next() {
        while (place_ < text_.size()) {
            Directive directive;
            directive.line = line_;
            read_line(directive.words);
            if (!directive.words.empty() && !directive.words.front().text.starts_with('#')) {
                return directive;
            }
        }
        return std::nullopt;
    }

private:
    bool at_continuation() const {
        const std::string_view rest = text_.substr(place_);
        return rest.starts_with("\\\n") || rest.starts_with("\\\r\n");
    }

    void read_line(std::vector<Word> & words) {
        while (place_ < text_.size() && text_[place_] != '\n') {
            if (at_continuation()) {
                place_ = text_.find('\n', place_) + 1;
                ++line_;
            } else if (is_blank(text_[place_])) {
                ++place_;
            } else {
                words.push_back(read_word());
            }
        }
        ++place_;
        ++line_;
    }

    Word read_word() {
        const char quote = text_[place_] == '"' || text_[place_] == '\'' ? text_[place_] : '\0';
        if (quote != '\0') {
            ++place_;
        }
        const std::size_t start = place_;
        const auto ends = [&](char byte) { return quote != '\0' ? byte == quote : is_blank(byte); };
        while (place_ < text_.size() && text_[place_] != '\n' && !ends(text_[place_]) && !at_continuation()) {
            ++place_;
        }
        const Word word{text_.substr(start, place_ - start), start};
        if (quote != '\0' && place_ < text_.size() && text_[place_] == quote) {
            ++place_;
        }
        return word;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    unsigned line_ = 1;
};

/// Whether what depends on a module is about TLS.
bool is_secure_module(std::string_view condition) {
    const std::string_view module = module_of_condition(condition);
    return !condition.starts_with('!') && (module == "ssl" || module == "gnutls" || module == "nss" || module == "tls");
}

/// An address without the end of the section's head.
PortUse port_use(const Word & word, unsigned line, bool alone_is_port) {
    PortUse use;
    std::string_view address = word.text;
    use.line = line;
    while (address.ends_with('>')) {
        address.remove_suffix(1);
    }
    use.address = address;
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos && !alone_is_port) {
        return use;
    }
    const std::size_t start = colon == std::string_view::npos ? 0 : colon + 1;
    // The last colon of [::1] is a part of the address.
    if (address.find(']', start) != std::string_view::npos) {
        return use;
    }
    const std::string_view digits = address.substr(start);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error == std::errc() && end == digits.data() + digits.size() && port != 0) {
        use.port = port;
        use.offset = word.offset + start;
        use.length = digits.size();
    }
    return use;
}

constexpr std::uint16_t HTTPS = 443;

constexpr bool in_name(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || byte == '-' || byte == '.';
}

/// Calls with each line, its end included, and whether it is a comment.
template <class Call>
void for_each_line(std::string_view text, Call call) {
    while (!text.empty()) {
        const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
        const auto first = line.find_first_not_of(" \t");
        call(line, first != std::string_view::npos && line[first] == '#');
        text.remove_prefix(line.size());
    }
}

}  // namespace

std::string_view module_of_condition(std::string_view condition) {
    if (condition.starts_with('!')) {
        condition.remove_prefix(1);
    }
    if (condition.ends_with("_module")) {
        condition.remove_suffix(7);
    } else if (condition.starts_with("mod_") && condition.ends_with(".c")) {
        condition.remove_prefix(4);
        condition.remove_suffix(2);
    }
    return condition;
}

std::vector<PortUse> find_ports(std::string_view text) {
    std::vector<PortUse> uses;
    std::vector<std::string> conditions;
    Directives directives(text);
    while (const auto directive = directives.next()) {
        const std::vector<Word> & words = directive->words;
        const std::string_view name = words.front().text;
        if (equal_ignoring_case(name, "<IfModule") && words.size() > 1) {
            std::string_view condition = words[1].text;
            condition.remove_suffix(condition.ends_with('>') ? 1 : 0);
            conditions.emplace_back(condition);
        } else if (equal_ignoring_case(name, "</IfModule>") && !conditions.empty()) {
            conditions.pop_back();
        }
        const bool listens = equal_ignoring_case(name, "Listen");
        if (!listens && !equal_ignoring_case(name, "<VirtualHost") && !equal_ignoring_case(name, "NameVirtualHost")) {
            continue;
        }
        const std::size_t count = listens ? std::min<std::size_t>(words.size(), 2) : words.size();
        for (std::size_t i = 1; i < count; ++i) {
            PortUse use = port_use(words[i], directive->line, listens);
            if (use.address.empty()) {
                continue;
            }
            use.listens = listens;
            use.conditions = conditions;
            use.secure = use.port == HTTPS ||
                         (listens && words.size() > 2 && equal_ignoring_case(words[2].text, "https")) ||
                         std::any_of(conditions.begin(), conditions.end(), is_secure_module);
            uses.push_back(std::move(use));
        }
    }
    return uses;
}

std::string replace_ports(std::string_view text, const PortMap & ports) {
    std::string replaced;
    std::size_t place = 0;
    for (const PortUse & use : find_ports(text)) {
        const auto found = use.port ? ports.find(*use.port) : ports.end();
        if (found != ports.end()) {
            replaced.append(text.substr(place, use.offset - place)).append(std::to_string(found->second));
            place = use.offset + use.length;
        }
    }
    return replaced.append(text.substr(place));
}

std::string replace_paths(std::string_view text, const PathMap & paths) {
    std::string replaced;
    for_each_line(text, [&](std::string_view line, bool comment) {
        for (std::size_t place = 0; place < line.size();) {
            const std::string_view rest = line.substr(place);
            const bool starts =
                !comment && line[place] == '/' && (place == 0 || (!in_name(line[place - 1]) && line[place - 1] != '}'));
            const auto found = !starts ? paths.end() : std::find_if(paths.begin(), paths.end(), [&](const auto & path) {
                const std::size_t size = path.first.size();
                return rest.starts_with(path.first) &&
                       (rest.size() == size || (!in_name(rest[size]) && rest[size] != '$'));
            });
            replaced.append(found != paths.end() ? std::string_view(found->second) : rest.substr(0, 1));
            place += found != paths.end() ? found->first.size() : 1;
        }
    });
    return replaced;
}

std::string with_export(std::string_view text, std::string_view variable, std::string_view value) {
    const std::string assignment = std::string(variable) + "=";
    const std::string line_wanted = "export " + assignment + std::string(value) + "\n";
    std::size_t mentioned = 0;
    std::size_t plain = 0;
    const auto is_plain = [&](std::string_view line) { return line.starts_with("export " + assignment); };
    for_each_line(text, [&](std::string_view line, bool comment) {
        if (!comment && line.find(variable) != std::string_view::npos) {
            mentioned += line.find(assignment) != std::string_view::npos ? 1 : 0;
            plain += is_plain(line) ? 1 : 0;
        }
    });
    std::string changed;
    if (mentioned == 1 && plain == 1) {
        for_each_line(text, [&](std::string_view line, bool comment) {
            changed.append(!comment && is_plain(line) ? std::string_view(line_wanted) : line);
        });
        return changed;
    }
    changed = text;
    if (!changed.empty() && !changed.ends_with('\n')) {
        changed += '\n';
    }
    return changed + line_wanted;
}

}  // namespace confgraph::core

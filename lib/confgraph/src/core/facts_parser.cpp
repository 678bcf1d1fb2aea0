// SPDX-License-Identifier: Apache-2.0
#include "core/facts_parser.hpp"

#include "core/directive.hpp"
#include "core/name.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace confgraph::core {

namespace {

// httpd refuses configuration lines beyond 16 MiB; no sensible header has a line of this size.
constexpr std::size_t MAX_LINE_BYTES = 64UL * 1024;
constexpr std::size_t MAX_GUARDS = 32;
constexpr std::string_view BYTE_ORDER_MARK = "\xEF\xBB\xBF";
constexpr std::string_view BLANKS = " \t\r\n\f\v";
constexpr std::string_view DEPENDS = "# Depends:";
constexpr std::string_view CONFLICTS = "# Conflicts:";

/// The names of a magic comment, when the line is one with this keyword.
std::optional<std::string_view> magic(std::string_view line, std::string_view keyword) {
    if (!line.starts_with(keyword) || line.size() == keyword.size() || !is_blank(line[keyword.size()])) {
        return std::nullopt;
    }
    return trim(line.substr(keyword.size()));
}

/// A comment that its author surely meant as a magic one, but that is not.
bool nearly_magic(std::string_view line) {
    line = trim(line);
    if (!line.starts_with('#')) {
        return false;
    }
    line = trim(line.substr(1));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const std::string_view word = trim(line.substr(0, colon));
    return equal_ignoring_case(word, "Depends") || equal_ignoring_case(word, "Conflicts");
}

}  // namespace

FactsParser::FactsParser(std::string_view own_name, Depth depth) : own_name_(own_name), depth_(depth) {}

void FactsParser::diagnose(DiagnosticCode code, std::string text) {
    facts_.diagnostics.push_back({code, line_, std::move(text)});
}

bool FactsParser::feed(std::string_view piece) {
    while (!stopped_) {
        const auto end = piece.find('\n');
        if (end == std::string_view::npos) {
            break;
        }
        if (pending_.empty()) {
            take_line(piece.substr(0, end));
        } else {
            pending_.append(piece.substr(0, end));
            take_line(pending_);
            pending_.clear();
        }
        piece.remove_prefix(end + 1);
    }
    if (stopped_) {
        return false;
    }
    pending_.append(piece);
    if (pending_.size() > MAX_LINE_BYTES) {
        ++line_;
        diagnose(DiagnosticCode::LINE_TOO_LONG);
        stopped_ = true;
        return false;
    }
    // Only a header comment or blanks can still matter; any other unfinished line ends the header.
    if (in_header_ && depth_ == Depth::HEADER) {
        std::string_view start = pending_;
        if (line_ == 0 && BYTE_ORDER_MARK.starts_with(start)) {
            return true;
        }
        if (line_ == 0 && start.starts_with(BYTE_ORDER_MARK)) {
            start.remove_prefix(BYTE_ORDER_MARK.size());
        }
        start = trim(start);
        return start.empty() || start.starts_with('#');
    }
    return depth_ == Depth::WHOLE;
}

FileFacts FactsParser::finish(bool at_end) {
    if (at_end && !stopped_ && !pending_.empty()) {
        take_line(pending_);
    }
    if (at_end && !stopped_ && continued_) {
        take_directive(logical_);
    }
    return std::move(facts_);
}

void FactsParser::take_line(std::string_view line) {
    ++line_;
    if (line.size() > MAX_LINE_BYTES) {
        diagnose(DiagnosticCode::LINE_TOO_LONG);
        stopped_ = true;
        return;
    }
    if (line_ == 1 && line.starts_with(BYTE_ORDER_MARK)) {
        diagnose(DiagnosticCode::BYTE_ORDER_MARK);
        line.remove_prefix(BYTE_ORDER_MARK.size());
    }
    if (in_header_) {
        const std::string_view content = trim(line);
        if (content.empty() || content.starts_with('#')) {
            take_header_line(line);
            return;
        }
        in_header_ = false;
    }
    take_body_line(line);
}

void FactsParser::take_header_line(std::string_view line) {
    if (const auto names = magic(line, DEPENDS)) {
        take_names(*names, facts_.depends, seen_depends_);
    } else if (const auto others = magic(line, CONFLICTS)) {
        take_names(*others, facts_.conflicts, seen_conflicts_);
    } else if (nearly_magic(line) && trim(line) != DEPENDS && trim(line) != CONFLICTS) {
        diagnose(DiagnosticCode::NEARLY_MAGIC, std::string(trim(line)));
    }
}

void FactsParser::take_names(std::string_view rest, std::vector<Reference> & list,
                             std::unordered_set<std::string> & seen) {
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(BLANKS), rest.size());
        std::string name(rest.substr(0, end));
        rest = trim(rest.substr(end));
        if (name == own_name_) {
            diagnose(DiagnosticCode::SELF_REFERENCE, std::move(name));
            continue;
        }
        if (name.find('/') != std::string::npos) {
            diagnose(DiagnosticCode::NAME_WITH_PATH, name);
        } else if (check_name(name) != NameProblem::NONE || name.find_first_of("\\,;\"'") != std::string::npos) {
            diagnose(DiagnosticCode::NAME_MALFORMED, name);
        } else if (name.starts_with("mod_")) {
            diagnose(DiagnosticCode::NAME_WITH_PREFIX, name);
        } else if (name.ends_with(".load") || name.ends_with(".conf") || name.ends_with(".so") ||
                   name.ends_with(".c")) {
            diagnose(DiagnosticCode::NAME_WITH_SUFFIX, name);
        }
        if (seen.insert(name).second) {
            list.push_back({std::move(name), line_});
        }
    }
}

void FactsParser::take_body_line(std::string_view line) {
    if (!continued_ && (magic(line, DEPENDS) || magic(line, CONFLICTS))) {
        diagnose(DiagnosticCode::AFTER_DIRECTIVE, std::string(trim(line)));
        return;
    }
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
    }
    if (!continued_) {
        logical_line_ = line_;
        logical_.clear();
    }
    continued_ = line.ends_with('\\');
    if (continued_) {
        line.remove_suffix(1);
    }
    logical_.append(line);
    if (logical_.size() > MAX_LINE_BYTES) {
        diagnose(DiagnosticCode::LINE_TOO_LONG);
        stopped_ = true;
    } else if (!continued_) {
        take_directive(logical_);
    }
}

void FactsParser::take_directive(std::string_view line) {
    continued_ = false;
    line = trim(line);
    if (line.empty() || line.front() == '#') {
        return;
    }
    if (line.starts_with("</")) {
        if (!guards_.empty()) {
            guards_.pop_back();
        }
        return;
    }
    if (line.front() == '<') {
        const auto end = std::min(line.rfind('>'), line.size());
        // Deeper nesting than any real file has is only counted, so that a hostile one cannot make memory grow.
        guards_.emplace_back(guards_.size() < MAX_GUARDS ? trim(line.substr(1, end - 1)) : std::string_view());
        return;
    }
    const auto word_end = std::min(line.find_first_of(BLANKS), line.size());
    const std::string_view word = line.substr(0, word_end);
    std::string_view rest = line.substr(word_end);
    if (equal_ignoring_case(word, "Include") || equal_ignoring_case(word, "IncludeOptional")) {
        facts_.includes.push_back(take_argument(rest));
        return;
    }
    if (!equal_ignoring_case(word, "LoadModule")) {
        return;
    }
    LoadModule load;
    load.identifier = take_argument(rest);
    load.file = take_argument(rest);
    load.line = logical_line_;
    load.guards.assign(guards_.begin(),
                       guards_.begin() + static_cast<std::ptrdiff_t>(std::min(guards_.size(), MAX_GUARDS)));
    if (load.identifier.empty() || load.file.empty()) {
        facts_.diagnostics.push_back({DiagnosticCode::LOAD_MODULE_INCOMPLETE, logical_line_, {}});
        return;
    }
    facts_.load_modules.push_back(std::move(load));
}

}  // namespace confgraph::core

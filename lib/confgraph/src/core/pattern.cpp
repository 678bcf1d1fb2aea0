// SPDX-License-Identifier: Apache-2.0
#include "core/pattern.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace confgraph::core {

namespace {

constexpr auto NPOS = std::string_view::npos;
// What all alternatives of one argument may take together.
constexpr std::size_t MAX_BYTES = 16UL * 1024 * 1024;

/// The position after a bracket expression that starts at the '['; npos if it never ends and so stands for itself.
std::size_t bracket_end(std::string_view pattern, std::size_t start) {
    std::size_t i = start + 1;
    if (i < pattern.size() && pattern[i] == '!') {
        ++i;
    }
    if (i < pattern.size() && pattern[i] == ']') {
        ++i;
    }
    const auto end = pattern.find(']', i);
    return end == NPOS ? NPOS : end + 1;
}

bool bracket_matches(std::string_view inside, char byte) {
    const bool negated = inside.starts_with('!');
    if (negated) {
        inside.remove_prefix(1);
    }
    bool found = false;
    const auto value = static_cast<unsigned char>(byte);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        const auto low = static_cast<unsigned char>(inside[i]);
        auto high = low;
        if (i + 2 < inside.size() && inside[i + 1] == '-') {
            high = static_cast<unsigned char>(inside[i + 2]);
            i += 2;
        }
        found = found || (value >= low && value <= high);
    }
    return found != negated;
}

/// Matches one element of the pattern at p against a byte. Returns the position after the element, or nothing.
std::optional<std::size_t> match_one(std::string_view pattern, std::size_t p, char byte) {
    switch (pattern[p]) {
        case '?':
            return p + 1;
        case '[':
            if (const auto end = bracket_end(pattern, p); end != NPOS) {
                return bracket_matches(pattern.substr(p + 1, end - p - 2), byte) ? std::optional(end) : std::nullopt;
            }
            break;
        case '\\':
            if (p + 1 < pattern.size()) {
                return pattern[p + 1] == byte ? std::optional(p + 2) : std::nullopt;
            }
            break;
        default:
            break;
    }
    return pattern[p] == byte ? std::optional(p + 1) : std::nullopt;
}

struct Braces {
    std::size_t open = NPOS;
    std::size_t close = NPOS;
    std::vector<std::string_view> parts;
};

/// The first pair of braces that belong together, with what its commas separate. "{}" stands for itself.
Braces find_braces(std::string_view pattern) {
    std::vector<std::size_t> open;
    Braces found;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '{') {
            open.push_back(i);
        } else if (pattern[i] == '}' && !open.empty()) {
            const std::size_t start = open.back();
            open.pop_back();
            // The pair that starts first may end last.
            if (i != start + 1 && start < found.open) {
                found.open = start;
                found.close = i;
            }
            if (open.empty() && found.close != NPOS) {
                break;
            }
        }
    }
    if (found.close == NPOS) {
        return found;
    }
    std::size_t depth = 0;
    std::size_t start = found.open + 1;
    for (std::size_t i = start; i <= found.close; ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (i == found.close || (pattern[i] == ',' && depth == 0)) {
            found.parts.push_back(pattern.substr(start, i - start));
            start = i + 1;
        } else if (pattern[i] == '{') {
            ++depth;
        } else if (pattern[i] == '}') {
            --depth;
        }
    }
    return found;
}

}  // namespace

bool is_pattern(std::string_view text) { return text.find_first_of("*?[{") != NPOS; }

std::vector<std::string> expand_braces(std::string_view pattern) {
    std::vector<std::string> finished;
    std::vector<std::string> waiting{std::string(pattern)};  // in reverse order, so that the next one is at the back
    std::size_t bytes = pattern.size();
    while (!waiting.empty() && finished.size() < MAX_ALTERNATIVES) {
        const std::string current = std::move(waiting.back());
        waiting.pop_back();
        Braces braces = find_braces(current);
        if (braces.close == NPOS) {
            finished.push_back(current);
            continue;
        }
        const std::string_view text = current;
        const std::size_t outside = text.size() - (braces.close - braces.open + 1);
        std::size_t kept = std::min(braces.parts.size(), MAX_ALTERNATIVES - finished.size());
        kept = std::min(kept, bytes < MAX_BYTES ? (MAX_BYTES - bytes) / (outside + 1) : 0);
        for (std::size_t i = kept; i > 0; --i) {
            std::string alternative(text.substr(0, braces.open));
            alternative.append(braces.parts[i - 1]).append(text.substr(braces.close + 1));
            bytes += alternative.size();
            waiting.push_back(std::move(alternative));
        }
    }
    return finished;
}

bool matches(std::string_view pattern, std::string_view name) {
    if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\.")) {
        return false;
    }
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = NPOS;    // where to go on in the pattern when the last * has to take one byte more
    std::size_t star_name = 0;  // what that * has taken so far ends here
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            star_name = n;
            continue;
        }
        const auto next = p < pattern.size() ? match_one(pattern, p, name[n]) : std::nullopt;
        if (next) {
            p = *next;
            ++n;
        } else if (star != NPOS) {
            p = star;
            n = ++star_name;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

std::string literal(std::string_view pattern) {
    std::string name;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '*' || pattern[i] == '?' || (pattern[i] == '[' && bracket_end(pattern, i) != NPOS)) {
            return {};
        }
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            ++i;
        }
        name += pattern[i];
    }
    return name;
}

}  // namespace confgraph::core

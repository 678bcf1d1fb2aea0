// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace confgraph::cases {

std::vector<std::string> split(std::string_view line) {
    std::vector<std::string> words;
    for (std::size_t start = line.find_first_not_of(' '); start != std::string_view::npos;
         start = line.find_first_not_of(' ', start)) {
        const auto end = std::min(line.find(' ', start), line.size());
        words.emplace_back(line.substr(start, end - start));
        start = end;
    }
    return words;
}

std::string decode(std::string_view word) {
    if (word == "\"\"") {
        return {};
    }
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '\\') {
            text += word[i];
            continue;
        }
        const std::string_view rest = word.substr(i + 1);
        if (rest.starts_with('n')) {
            text += '\n';
            i += 1;
        } else if (rest.starts_with('\\')) {
            text += '\\';
            i += 1;
        } else if (rest.starts_with('x') && rest.size() >= 3) {
            std::size_t digits = 0;
            const int value = std::stoi(std::string(rest.substr(1, 2)), &digits, 16);
            if (digits != 2) {
                throw std::invalid_argument("two hexadecimal digits follow \\x");
            }
            text += static_cast<char>(value);
            i += 3;
        } else {
            throw std::invalid_argument("a backslash is followed by xNN, n or a backslash");
        }
    }
    return text;
}

std::string encode(std::string_view text) {
    if (text.empty()) {
        return "\"\"";
    }
    constexpr std::string_view DIGITS = "0123456789abcdef";
    std::string word;
    for (const char byte : text) {
        const auto value = static_cast<unsigned char>(byte);
        if (byte == '\n') {
            word += "\\n";
        } else if (byte == '\\') {
            word += "\\\\";
        } else if (value <= ' ' || value >= 0x7F) {
            word.append("\\x").append(1, DIGITS[value >> 4]).append(1, DIGITS[value & 15]);
        } else {
            word += byte;
        }
    }
    return word;
}

std::string difference(const std::vector<std::string> & expected, const std::vector<std::string> & actual) {
    // common[i][j] is the length of the longest sequence that expected from i on and actual from j on share.
    std::vector<std::vector<std::size_t>> common(expected.size() + 1, std::vector<std::size_t>(actual.size() + 1));
    for (std::size_t i = expected.size(); i-- > 0;) {
        for (std::size_t j = actual.size(); j-- > 0;) {
            common[i][j] =
                expected[i] == actual[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    std::string text = "--- expected\n+++ actual\n";
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < expected.size() || j < actual.size()) {
        if (i < expected.size() && j < actual.size() && expected[i] == actual[j]) {
            text.append(1, ' ').append(expected[i]).append(1, '\n');
            ++i;
            ++j;
        } else if (j == actual.size() || (i < expected.size() && common[i + 1][j] >= common[i][j + 1])) {
            text.append(1, '-').append(expected[i++]).append(1, '\n');
        } else {
            text.append(1, '+').append(actual[j++]).append(1, '\n');
        }
    }
    return text;
}

}  // namespace confgraph::cases

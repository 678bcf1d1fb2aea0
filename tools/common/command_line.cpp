// SPDX-License-Identifier: Apache-2.0
#include "common/command_line.hpp"

#include <confgraph/text.hpp>

#include <algorithm>

namespace tool {

namespace {

/// Whether a shell takes a character as it is, in the middle of a word and wherever it stands. Beyond ASCII, all do.
bool is_plain(char byte) {
    constexpr std::string_view PLAIN = "%+,-./:=@_";
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           static_cast<unsigned char>(byte) >= 0x80 || PLAIN.find(byte) != std::string_view::npos;
}

}  // namespace

std::string shell_word(std::string_view text) {
    std::string shown = confgraph::escape(text);
    if (!shown.empty() && std::all_of(shown.begin(), shown.end(), is_plain)) {
        return shown;
    }
    std::string word = "'";
    for (const char byte : shown) {
        if (byte == '\'') {
            word += "'\\''";
        } else {
            word += byte;
        }
    }
    word += '\'';
    return word;
}

std::string shell_words(const std::vector<std::string> & texts) {
    std::string line;
    for (const std::string & text : texts) {
        line.append(line.empty() ? "" : " ").append(shell_word(text));
    }
    return line;
}

std::string program_line(std::string_view program, std::string_view instance, std::string_view root) {
    std::string name(program);
    if (!instance.empty()) {
        name.append(1, '-').append(instance);
    }
    std::string line = shell_word(name);
    if (!root.empty()) {
        line.append(" ").append(shell_word(std::string("--root=").append(root)));
    }
    return line;
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#include "list.hpp"

#include "common/language.hpp"

#include "options.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace a2mmn {

std::optional<std::vector<std::string>> read_list(tool::Output & output) {
    std::string text;
    for (;;) {
        std::array<char, 65536> buffer{};
        const ssize_t length = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (length > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(length));
        } else if (length == 0) {
            break;
        } else if (errno != EINTR) {
            output.err("a2mmn: cannot read the list of files: {}\n", tool::system_text(errno));
            return std::nullopt;
        }
    }
    std::vector<std::string> lines;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (!line.empty()) {
            lines.emplace_back(line);
        }
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return lines;
}

std::optional<std::vector<Item>> items(const std::vector<std::string> & paths, tool::Output & output) {
    std::vector<Item> all;
    for (const std::string & path : paths) {
        if (path != LIST) {
            all.push_back({path, false});
            continue;
        }
        auto lines = read_list(output);
        if (!lines) {
            return std::nullopt;
        }
        for (std::string & line : *lines) {
            all.push_back({std::move(line), true});
        }
    }
    return all;
}

}  // namespace a2mmn

// SPDX-License-Identifier: Apache-2.0
#include "core/relative_path.hpp"

#include <algorithm>
#include <vector>

namespace confgraph::core {

namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return parts;
}

}  // namespace

std::string clean_path(std::string_view path) {
    std::string result;
    for (const std::string_view part : parts_of(path)) {
        if (!result.empty() || path.front() == '/') {
            result += '/';
        }
        result += part;
    }
    if (result.empty()) {
        return std::string(1, path.starts_with('/') ? '/' : '.');
    }
    return result;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string parent_folder(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) {
        return ".";
    }
    return std::string(path.substr(0, std::max<std::size_t>(slash, 1)));
}

std::string absolute_path(std::string_view path, std::string_view working_directory) {
    if (path.starts_with('/')) {
        return clean_path(path);
    }
    std::string joined(working_directory);
    joined.append(1, '/').append(path);
    return clean_path(joined);
}

std::string relative_path(std::string_view to, std::string_view from_folder) {
    const auto target = parts_of(to);
    const auto start = parts_of(from_folder);
    std::size_t common = 0;
    while (common < target.size() && common < start.size() && target[common] == start[common]) {
        ++common;
    }
    std::string result;
    for (std::size_t i = common; i < start.size(); ++i) {
        if (!result.empty()) {
            result += '/';
        }
        result += "..";
    }
    for (std::size_t i = common; i < target.size(); ++i) {
        if (!result.empty()) {
            result += '/';
        }
        result += target[i];
    }
    return result.empty() ? std::string(1, '.') : result;
}

}  // namespace confgraph::core

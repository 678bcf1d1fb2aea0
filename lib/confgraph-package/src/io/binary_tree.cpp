// SPDX-License-Identifier: Apache-2.0
#include "io/binary_tree.hpp"

#include "io/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace confgraph::package::io {

namespace {

namespace fs = std::filesystem;

constexpr int MAX_LINKS = 40;

core::Error cannot_read(const std::string & path, int system_error) {
    return {ErrorCode::CANNOT_READ, path, system_error, Part::NONE, 0, 0};
}

/// The regular files below a folder, sorted; the folder that cannot be read.
core::Result<std::vector<std::string>> files_below(const std::string & folder) {
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, error);
    std::string last = folder;
    while (!error && walk != fs::recursive_directory_iterator()) {
        last = walk->path().native();
        const fs::file_status status = walk->symlink_status(error);
        if (!error && fs::is_regular_file(status)) {
            files.push_back(last);
        }
        if (!error) {
            walk.increment(error);
        }
    }
    if (error) {
        return cannot_read(last, error.value());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Whether an error is worth to be told of a file that nobody named: libraries are linked by scripts called *.so, too.
bool matters(const core::Error & error) {
    return std::string_view(error.path).ends_with(".so") && error.code != ErrorCode::NOT_ELF &&
           error.code != ErrorCode::NOT_LOADABLE;
}

void push_front(std::deque<std::string> & parts, std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        names.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    parts.insert(parts.begin(), names.begin(), names.end());
}

}  // namespace

core::Result<Found> find_binaries(const std::string & path) {
    Found found;
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        auto binary = read_binary(path);
        if (!binary) {
            return binary.error();
        }
        if (!binary.value().modules.empty()) {
            found.binaries.push_back(std::move(binary).value());
        }
        return found;
    }
    const auto files = files_below(path);
    if (!files) {
        return files.error();
    }
    for (const std::string & file : files.value()) {
        auto binary = read_binary(file);
        if (!binary) {
            if (matters(binary.error())) {
                found.errors.push_back(binary.error());
            }
        } else if (!binary.value().modules.empty()) {
            found.binaries.push_back(std::move(binary).value());
        }
    }
    return found;
}

std::string resolve_inside(const std::string & tree, const std::string & path) {
    std::deque<std::string> parts;
    push_front(parts, path);
    std::vector<std::string> way;
    const auto joined = [&] {
        std::string text = tree;
        for (const std::string & name : way) {
            text.append("/").append(name);
        }
        return text;
    };
    int links = 0;
    while (!parts.empty()) {
        const std::string name = std::move(parts.front());
        parts.pop_front();
        if (name.empty() || name == ".") {
            continue;
        }
        if (name == "..") {
            if (!way.empty()) {
                way.pop_back();
            }
            continue;
        }
        way.push_back(name);
        std::error_code error;
        const fs::file_status status = fs::symlink_status(joined(), error);
        if (error || status.type() == fs::file_type::not_found) {
            return {};
        }
        if (fs::is_symlink(status)) {
            const std::string target = fs::read_symlink(joined(), error).native();
            if (error || ++links > MAX_LINKS) {
                return {};
            }
            way.pop_back();
            if (target.starts_with('/')) {
                way.clear();
            }
            push_front(parts, target);
        }
    }
    return joined();
}

}  // namespace confgraph::package::io

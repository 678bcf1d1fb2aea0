// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include "text.hpp"

#include <array>

namespace confgraph::cases {

namespace {

constexpr std::string_view CONFIG = "/etc/apache2";
constexpr std::string_view STATE = "/var/lib/apache2";

std::string line(char sign, const std::string & path, std::string_view what) {
    std::string text = std::string("  ") + sign + " " + encode(short_path(path));
    if (what.starts_with("link ")) {
        return text + " -> " + encode(what.substr(5));
    }
    if (what == "folder") {
        return text + "/";
    }
    // Markers are empty files; nothing else is ever made, so that anything else shall catch the eye.
    return what == "file" || what == "file " ? text : text + " (" + encode(what) + ")";
}

}  // namespace

core::Layout layout() {
    core::Layout layout;
    layout.config = CONFIG;
    layout.state = STATE;
    layout.server = "/usr/sbin/apache2";
    layout.module_folder = "/usr/lib/apache2/modules/";
    constexpr std::array<std::string_view, 3> NAMES = {"mods", "conf", "sites"};
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        const std::string folder = layout.config + "/" + std::string(NAMES[static_cast<std::size_t>(kind)]);
        core::Folders & folders = layout.of(kind);
        folders.available = folder + "-available";
        folders.enabled = folder + "-enabled";
        folders.markers = layout.state + "/" + std::string(word(kind));
    }
    return layout;
}

std::string full_path(std::string_view path) {
    if (path.starts_with('/')) {
        return std::string(path);
    }
    const std::string_view first = path.substr(0, path.find('/'));
    const bool marker = first == "module" || first == "conf" || first == "site";
    return std::string(marker ? STATE : CONFIG) + "/" + std::string(path);
}

std::string short_path(std::string_view path) {
    for (const std::string_view folder : {CONFIG, STATE}) {
        if (path.starts_with(folder) && path.substr(folder.size()).starts_with('/')) {
            return std::string(path.substr(folder.size() + 1));
        }
    }
    return std::string(path);
}

std::vector<std::string> changes(const std::map<std::string, std::string> & before,
                                 const std::map<std::string, std::string> & after) {
    std::vector<std::string> lines;
    auto left = before.begin();
    auto right = after.begin();
    while (left != before.end() || right != after.end()) {
        if (right == after.end() || (left != before.end() && left->first < right->first)) {
            lines.push_back(line('-', left->first, left->second));
            ++left;
        } else if (left == before.end() || right->first < left->first) {
            lines.push_back(line('+', right->first, right->second));
            ++right;
        } else {
            if (left->second != right->second) {
                lines.push_back(line('-', left->first, left->second));
                lines.push_back(line('+', right->first, right->second));
            }
            ++left;
            ++right;
        }
    }
    return lines;
}

}  // namespace confgraph::cases

// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include "core/text_edit.hpp"
#include "text.hpp"

#include <array>
#include <optional>

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

/// Removes a link, which has to say what the plan says.
void remove_link(test::MemoryFileSystem & files, const std::string & path, const std::string & target,
                 std::vector<std::string> & lines) {
    const auto there = files.read_link(path);
    if (there && there.value() == target) {
        files.erase(path);
    } else {
        lines.push_back("  not the link to be removed: " + encode(short_path(path)));
    }
}

/// Whether something can be made here: a plan makes nothing where something is.
bool is_free(const test::MemoryFileSystem & files, const std::string & path, std::vector<std::string> & lines) {
    if (files.link_info(path)) {
        lines.push_back("  there already: " + encode(short_path(path)));
        return false;
    }
    return true;
}

/// What a file says; nothing where there is none, links included.
std::optional<std::string> text_of(const test::MemoryFileSystem & files, const std::string & path) {
    const auto info = files.link_info(path);
    if (!info || info.value().type != io::FileType::REGULAR) {
        return std::nullopt;
    }
    std::string text;
    const auto read = files.read(path, 4096, [&](std::string_view piece) {
        text.append(piece);
        return true;
    });
    return read ? std::optional(text) : std::nullopt;
}

/// Edits a file, which has to say what the plan says.
void edit_file(test::MemoryFileSystem & files, const core::Operation & operation, std::vector<std::string> & lines) {
    const auto text = text_of(files, operation.path).value_or("");
    const auto edited = operation.code == OperationCode::EDIT_LINE
                            ? core::edit_line(text, operation.line, operation.replaced_target, operation.target)
                        : operation.code == OperationCode::ADD_WORD
                            ? core::add_word(text, operation.line, operation.target)
                            : core::remove_word(text, operation.line, operation.replaced_target);
    if (edited) {
        files.add_file(operation.path, *edited);
    } else {
        lines.push_back("  not the line to be edited: " + encode(short_path(operation.path)) + ":" +
                        std::to_string(operation.line));
    }
}

void carry_out(test::MemoryFileSystem & files, const core::Operation & operation, std::vector<std::string> & lines) {
    switch (operation.code) {
        case OperationCode::SWITCH_LINK:
            remove_link(files, operation.replaced_path, operation.replaced_target, lines);
            [[fallthrough]];
        case OperationCode::CREATE_LINK:
            if (is_free(files, operation.path, lines)) {
                files.add_link(operation.path, operation.target);
            }
            break;
        case OperationCode::REMOVE_LINK:
            remove_link(files, operation.path, operation.target, lines);
            break;
        case OperationCode::CREATE_MARKER:
            if (is_free(files, operation.path, lines)) {
                files.add_file(operation.path);
            }
            break;
        case OperationCode::REMOVE_MARKER:
            if (files.link_info(operation.path)) {
                files.erase(operation.path);
            } else {
                lines.push_back("  no marker to be removed: " + encode(short_path(operation.path)));
            }
            break;
        case OperationCode::EDIT_LINE:
        case OperationCode::ADD_WORD:
        case OperationCode::REMOVE_WORD:
            edit_file(files, operation, lines);
            break;
        case OperationCode::CREATE_FILE:
            if (is_free(files, operation.path, lines)) {
                files.add_file(operation.path, operation.target);
            }
            break;
        case OperationCode::REMOVE_FILE:
            if (text_of(files, operation.path) == operation.replaced_target) {
                files.erase(operation.path);
            } else {
                lines.push_back("  not the file to be removed: " + encode(short_path(operation.path)));
            }
            break;
        case OperationCode::RENAME_FILE:
            if (const auto text = text_of(files, operation.replaced_path); !text) {
                lines.push_back("  no file to be renamed: " + encode(short_path(operation.replaced_path)));
            } else if (is_free(files, operation.path, lines)) {
                files.erase(operation.replaced_path);
                files.add_file(operation.path, *text);
            }
            break;
    }
}

}  // namespace

std::vector<std::string> carry_out(test::MemoryFileSystem & files, const core::Plan & plan) {
    std::vector<std::string> lines;
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            const std::string folder = operation.path.substr(0, operation.path.rfind('/'));
            // Only the folders of markers are made.
            if (!operation.target.empty() && !files.info(folder)) {
                return {"  failed: there is no " + encode(short_path(folder))};
            }
        }
    }
    for (const core::Step & step : plan.steps) {
        for (const core::Operation & operation : step.operations) {
            carry_out(files, operation, lines);
        }
    }
    return lines;
}

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

// SPDX-License-Identifier: Apache-2.0
#include "io/development_tree.hpp"

#include "io/binary_tree.hpp"
#include "io/read_file.hpp"

#include <cerrno>
#include <utility>

namespace confgraph::package::io {

namespace {

constexpr std::uint64_t MAX_BYTES = 1024UL * 1024;

core::Error failed(ErrorCode code, const std::string & path, int system_error = 0) {
    return {code, path, system_error, Part::NONE, 0, 0};
}

bool is_missing(const core::Error & error) {
    return error.code == ErrorCode::CANNOT_READ && (error.system_error == ENOENT || error.system_error == ENOTDIR);
}

/// Reads a file below a root, links staying below it. Errors name it with the root.
core::Result<std::string> read_below(const std::string & root, const std::string & path) {
    const std::string found = root.empty() ? path : resolve_inside(root, path);
    if (found.empty()) {
        return failed(ErrorCode::CANNOT_READ, root + path, ENOENT);
    }
    auto text = read_file(found, MAX_BYTES);
    if (!text) {
        core::Error error = text.error();
        error.path = root + path;
        return error;
    }
    return text;
}

/// Fills in what lies in a folder of headers.
core::Result<core::DevelopmentTree> read_headers_into(core::DevelopmentTree tree, const std::string & root,
                                                      const std::string & folder) {
    tree.include_folder = root + folder;
    const std::string header = folder + "/ap_mmn.h";
    const auto text = read_below(root, header);
    if (!text) {
        return text.error();
    }
    auto headers = core::parse_mmn_header(text.value());
    if (!headers) {
        return failed(ErrorCode::NO_MMN, root + header);
    }
    tree.headers = std::move(*headers);
    tree.headers.path = root + header;
    const std::string note = folder + "/.mmn";
    const auto written = read_below(root, note);
    if (written) {
        tree.note = core::parse_mmn_note(written.value());
        tree.note_file = root + note;
        if (!tree.note) {
            return failed(ErrorCode::NO_MMN, root + note);
        }
    } else if (!is_missing(written.error())) {
        return written.error();
    }
    return tree;
}

}  // namespace

core::Result<core::DevelopmentTree> find_development_tree(const std::string & root_folder,
                                                          const DevelopmentPlaces & places) {
    const std::string root = root_folder.substr(0, root_folder.find_last_not_of('/') + 1);
    core::DevelopmentTree tree;
    for (const std::string & file : places.settings_files) {
        const auto text = read_below(root, file);
        if (!text && !is_missing(text.error())) {
            return text.error();
        }
        if (text) {
            tree.settings_file = root + file;
            tree.settings = core::BuildSettings::parse(text.value());
            break;
        }
    }
    // The first is what apxs compiles with; the other one is what it is made of.
    for (const std::string_view name : {"exp_includedir", "includedir"}) {
        if (const auto folder = tree.settings.value(name); folder && folder->starts_with('/')) {
            return read_headers_into(tree, root, *folder);
        }
    }
    std::optional<core::Error> first;
    for (const std::string & folder : places.include_folders) {
        auto found = read_headers_into(tree, root, folder);
        if (found || !is_missing(found.error())) {
            return found;
        }
        first = first ? first : found.error();
    }
    return first ? *first : failed(ErrorCode::CANNOT_READ, root, ENOENT);
}

core::Result<core::DevelopmentTree> read_include_folder(const std::string & folder) {
    return read_headers_into({}, {}, folder);
}

}  // namespace confgraph::package::io

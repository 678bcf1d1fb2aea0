// SPDX-License-Identifier: Apache-2.0
#include "io/line_scan.hpp"

#include "core/elf_image.hpp"
#include "core/error.hpp"
#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "io/read_binary.hpp"
#include "io/read_whole.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>
#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

// More than any file of LoadModule lines has; what is longer is not edited.
constexpr std::size_t MAX_BYTES = 1024UL * 1024;
constexpr std::size_t PIECE_BYTES = 16UL * 1024;
constexpr std::string_view MODULES = "modules/";

core::LineSource failed(std::string path, DiagnosticCode code, std::string text, int system_error = 0) {
    core::LineSource source{.path = std::move(path), .system_error = system_error};
    source.file.diagnostics.push_back({code, 0, std::move(text)});
    return source;
}

core::LineSource read_source(const FileReader & files, std::string path, core::LoadReader & reader) {
    const auto info = files.info(path);
    if (!info) {
        return failed(std::move(path), DiagnosticCode::UNREADABLE, std::strerror(info.error().value),
                      info.error().value);
    }
    if (info.value().type != FileType::REGULAR) {
        const bool folder = info.value().type == FileType::FOLDER;
        return failed(std::move(path), DiagnosticCode::NOT_A_FILE, folder ? "Is a directory" : "Not a regular file");
    }
    auto text = read_whole(files, path, MAX_BYTES, PIECE_BYTES);
    if (!text && text.error().value == EFBIG) {
        return failed(std::move(path), DiagnosticCode::FILE_TOO_LARGE, {});
    }
    if (!text) {
        return failed(std::move(path), DiagnosticCode::UNREADABLE, std::strerror(text.error().value),
                      text.error().value);
    }
    core::LineSource source;
    source.text = std::move(text).value();
    if (auto target = files.read_link(path)) {
        source.link_target = std::move(target).value();
    }
    source.path = std::move(path);
    source.file = reader.read(source.text);
    return source;
}

/// What lines have to say before the name of a binary: the short way, where it leads to the folder of the modules.
std::string prefix_for(const FileReader & files, const core::Layout & layout) {
    const std::string short_way = layout.config + "/" + std::string(MODULES);
    if (layout.module_folder == short_way) {
        return std::string(MODULES);
    }
    const auto direct = files.info(layout.module_folder);
    const auto through = files.info(short_way);
    const bool same = direct && through && direct.value().device == through.value().device &&
                      direct.value().inode == through.value().inode;
    return same ? std::string(MODULES) : layout.module_folder;
}

/// The binary's name in the folder of the modules; nothing if it lies elsewhere.
std::string_view name_in_folder(const core::Layout & layout, const core::LineFolder & folder, std::string_view file) {
    for (const std::string_view start :
         {std::string_view(folder.binary_prefix), std::string_view(layout.module_folder)}) {
        if (!start.empty() && file.starts_with(start)) {
            file.remove_prefix(start.size());
            return file.find('/') == std::string_view::npos ? file : std::string_view();
        }
    }
    return {};
}

}  // namespace

std::string binary_path(const core::Layout & layout, const std::string & file) {
    // httpd's ServerRoot is the folder of the configuration in every layout.
    return file.starts_with('/') || file.find("${") != std::string::npos ? file : layout.config + "/" + file;
}

Result<core::LineFolder> read_line_folder(const FileReader & files, const core::Layout & layout) {
    const std::string & path = layout.of(Kind::MODULE).enabled;
    auto listed = files.list(path);
    if (!listed) {
        return core::make_error(ErrorCode::CANNOT_READ, path, listed.error().value);
    }
    core::LineFolder folder;
    folder.names.insert(listed.value().begin(), listed.value().end());
    core::LoadReader reader;
    std::unordered_set<std::string_view> loaded;
    for (const std::string & name : folder.names) {
        // What httpd's pattern *.conf matches, in the order of the bytes.
        if (name.ends_with(".conf") && !name.starts_with('.')) {
            std::string file = path;
            folder.sources.push_back(read_source(files, file.append(1, '/').append(name), reader));
        }
    }
    folder.binary_prefix = prefix_for(files, layout);
    for (const core::LineSource & source : folder.sources) {
        for (const core::LoadLine & line : source.file.lines) {
            loaded.insert(name_in_folder(layout, folder, line.file));
        }
    }
    const auto binaries = files.list(layout.module_folder.substr(0, layout.module_folder.size() - 1));
    for (const std::string & name : binaries ? binaries.value() : std::vector<std::string>()) {
        if (!name.ends_with(".so")) {
            continue;
        }
        // A library's name says nothing; that of the others follows from their identifier. One with a line is not read.
        const bool usual = name.starts_with("mod_") || loaded.contains(name);
        folder.binaries.emplace(name,
                                core::module_name(usual ? name : read_identifier(files, layout.module_folder + name)));
    }
    return folder;
}

bool has_binary(const FileReader & files, const core::Layout & layout, const core::LineFolder & folder,
                const std::string & file) {
    if (file.find("${") != std::string::npos) {
        return true;
    }
    const std::string_view name = name_in_folder(layout, folder, file);
    return (!name.empty() && folder.binaries.contains(name)) || files.info(binary_path(layout, file)).ok();
}

std::string read_identifier(const FileReader & files, const std::string & path) {
    const auto bytes = read_binary(files, path);
    const auto image = bytes ? core::ElfImage::parse(bytes.value()) : std::nullopt;
    if (!image) {
        return {};
    }
    std::string expected = core::module_name(core::last_part(path)) + "_module";
    std::vector<std::string_view> found;
    for (const std::string_view name : image->names(true)) {
        if (name == expected) {
            return expected;
        }
        if (name.ends_with("_module")) {
            found.push_back(name);
        }
    }
    return found.size() == 1 ? std::string(found.front()) : std::string();
}

}  // namespace confgraph::io

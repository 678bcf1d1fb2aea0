// SPDX-License-Identifier: Apache-2.0
#include "io/word_scan.hpp"

#include "core/error.hpp"
#include "core/name.hpp"
#include "io/read_whole.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

namespace confgraph::io {

namespace {

// As for all files that are edited.
constexpr std::size_t MAX_BYTES = 1024UL * 1024;

/// The order in which openSUSE looks for a server when none is chosen; others come after these.
constexpr std::array<std::string_view, 3> USUAL_MPMS = {"prefork", "worker", "event"};

std::size_t rank(std::string_view mpm) {
    return static_cast<std::size_t>(std::find(USUAL_MPMS.begin(), USUAL_MPMS.end(), mpm) - USUAL_MPMS.begin());
}

}  // namespace

std::vector<std::string> list_mpm_servers(const FileReader & files, const core::Layout & layout) {
    const auto slash = layout.mpm_servers.rfind('/');
    std::vector<std::string> mpms;
    if (slash == std::string::npos) {
        return mpms;
    }
    const std::string start = layout.mpm_servers.substr(slash + 1);
    const auto listed = files.list(slash == 0 ? "/" : layout.mpm_servers.substr(0, slash));
    for (const std::string & name : listed ? listed.value() : std::vector<std::string>()) {
        // "httpd-prefork", but neither "httpd-prefork.rpmsave" nor "httpd-".
        const bool word = std::all_of(
            name.begin() + static_cast<std::ptrdiff_t>(std::min(start.size(), name.size())), name.end(),
            [](char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_'; });
        if (name.size() > start.size() && name.starts_with(start) && word) {
            mpms.push_back(name.substr(start.size()));
        }
    }
    std::sort(mpms.begin(), mpms.end(), [](const std::string & left, const std::string & right) {
        return std::pair(rank(left), std::string_view(left)) < std::pair(rank(right), std::string_view(right));
    });
    return mpms;
}

namespace {

/// Reads the file of the variables, and nothing else.
Result<core::WordFolder> read_variables(const FileReader & files, const core::Layout & layout) {
    const core::Folders & folders = layout.of(Kind::MODULE);
    core::WordFolder folder;
    folder.path = folders.enabled + (folders.enabled.ends_with('/') ? "" : "/") + folders.file;
    const auto info = files.info(folder.path);
    if (info && info.value().type != FileType::REGULAR) {
        return core::make_error(ErrorCode::CANNOT_READ, folder.path,
                                info.value().type == FileType::FOLDER ? EISDIR : EINVAL);
    }
    auto text = read_whole(files, folder.path, MAX_BYTES, 16UL * 1024);
    if (!text) {
        return core::make_error(ErrorCode::CANNOT_READ, folder.path, text.error().value);
    }
    folder.text = std::move(text).value();
    return folder;
}

}  // namespace

Result<core::WordFolder> read_word_folder(const FileReader & files, const core::Layout & layout) {
    auto variables = read_variables(files, layout);
    if (!variables) {
        return variables.error();
    }
    core::WordFolder folder = std::move(variables).value();
    folder.mpms = list_mpm_servers(files, layout);
    // Binaries for one MPM lie in a folder of their own, beside those for all.
    const std::string common = layout.module_folder.substr(0, layout.module_folder.size() - 1);
    std::vector<std::string> places{common};
    if (const std::string mpm = core::chosen_mpm(folder.text, folder.mpms); !mpm.empty()) {
        places.push_back(common + "-" + mpm);
    }
    for (const std::string & place : places) {
        const auto listed = files.list(place);
        for (const std::string & name : listed ? listed.value() : std::vector<std::string>()) {
            const std::string module = core::module_name(name);
            if (name.ends_with(".so") && core::check_name(module) == core::NameProblem::NONE) {
                std::string path = place;
                path.append(1, '/').append(name);
                folder.binaries.insert_or_assign(module, std::move(path));
            }
        }
    }
    return folder;
}

std::string chosen_server(const FileReader & files, const core::Layout & layout) {
    const auto variables = read_variables(files, layout);
    if (!variables) {
        return layout.server;
    }
    std::optional<std::string> mpm = core::named_mpm(variables.value().text);
    if (!mpm) {
        mpm = core::chosen_mpm(variables.value().text, list_mpm_servers(files, layout));
    }
    return mpm->empty() ? layout.server : layout.mpm_servers + *mpm;
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/dpkg_database.hpp"

#include "core/error.hpp"
#include "io/read_whole.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace confgraph::io {

namespace {

constexpr std::size_t PIECE_BYTES = 1024UL * 1024;
// All packages of a release together have some 60 MiB.
constexpr std::size_t MAX_STATUS_BYTES = 256UL * 1024 * 1024;

Result<std::string> read_text(const FileReader & files, const std::string & path) {
    auto text = read_whole(files, path, MAX_STATUS_BYTES, PIECE_BYTES);
    return text ? Result<std::string>(std::move(text).value())
                : core::make_error(ErrorCode::CANNOT_READ, path, text.error().value);
}

bool is_update(const std::string & name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char byte) { return byte >= '0' && byte <= '9'; });
}

}  // namespace

Result<std::optional<core::DpkgPackage>> find_package(const FileReader & files, const std::string & admin_folder,
                                                      std::string_view package) {
    const auto status = read_text(files, admin_folder + "/status");
    if (!status) {
        return status.error();
    }
    auto found = core::find_package(status.value(), package);
    const std::string folder = admin_folder + "/updates";
    auto listed = files.list(folder);
    if (!listed && listed.error().value != ENOENT) {
        return core::make_error(ErrorCode::CANNOT_READ, folder, listed.error().value);
    }
    std::vector<std::string> updates = listed ? std::move(listed).value() : std::vector<std::string>();
    std::erase_if(updates, [](const std::string & name) { return !is_update(name); });
    // Each is newer than those before it: their names are numbers with the same count of digits.
    std::sort(updates.begin(), updates.end());
    for (const std::string & update : updates) {
        std::string path = folder;
        path.append("/").append(update);
        const auto text = read_text(files, path);
        if (!text) {
            return text.error();
        }
        if (auto newer = core::find_package(text.value(), package)) {
            found = std::move(newer);
        }
    }
    return found;
}

}  // namespace confgraph::io

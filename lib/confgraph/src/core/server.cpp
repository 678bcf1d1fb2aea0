// SPDX-License-Identifier: Apache-2.0
#include "core/server.hpp"

#include "core/elf_image.hpp"

#include <algorithm>
#include <cstring>

namespace confgraph::core {

namespace {

/// The version in the first full banner: "2.4.71" of "Apache/2.4.71 (Debian)".
std::string find_version(std::string_view binary) {
    constexpr std::string_view BANNER = "Apache/";
    for (auto at = binary.find(BANNER); at != std::string_view::npos; at = binary.find(BANNER, at + 1)) {
        const std::string_view rest = binary.substr(at + BANNER.size(), 32);
        const std::string_view version = rest.substr(0, std::min(rest.find_first_not_of("0123456789."), rest.size()));
        if (std::count(version.begin(), version.end(), '.') >= 2 && version.front() != '.' && version.back() != '.') {
            return std::string(version);
        }
    }
    return {};
}

}  // namespace

std::optional<Server> parse_server(std::string_view binary) {
    const auto image = ElfImage::parse(binary);
    const auto record = image ? image->data_of("core_module") : std::nullopt;
    if (!record || record->size() < 2 * sizeof(int)) {
        return std::nullopt;
    }
    // struct module_struct begins with int version, the major MMN, and int minor_version (include/http_config.h).
    Server server;
    std::memcpy(&server.mmn_major, record->data(), sizeof(int));
    std::memcpy(&server.mmn_minor, record->data() + sizeof(int), sizeof(int));
    server.version = find_version(binary);
    if (server.version.empty()) {
        return std::nullopt;
    }
    return server;
}

}  // namespace confgraph::core

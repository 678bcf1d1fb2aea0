// SPDX-License-Identifier: Apache-2.0
#include "core/dpkg_status.hpp"

namespace confgraph::core {

namespace {

/// The value of a field of a stanza, which begins with a newline and whose lines all do.
std::string_view field(std::string_view stanza, std::string_view name) {
    std::string start = "\n";
    start.append(name).append(":");
    const auto found = stanza.find(start);
    if (found == std::string_view::npos) {
        return {};
    }
    std::string_view value = stanza.substr(found + start.size());
    value = value.substr(0, value.find('\n'));
    const auto first = value.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : value.substr(first);
}

}  // namespace

bool DpkgPackage::configured() const {
    return state == "installed" || state == "triggers-awaited" || state == "triggers-pending";
}

std::optional<DpkgPackage> find_package(std::string_view status, std::string_view package) {
    std::string start = "Package: ";
    start.append(package).append("\n");
    std::optional<DpkgPackage> found;
    for (std::size_t at = 0; (at = status.find(start, at)) != std::string_view::npos; at += start.size()) {
        if (at != 0 && status[at - 1] != '\n') {
            continue;
        }
        // From the end of the first line, so that each field begins after a newline. dpkg writes Package first.
        std::string_view stanza = status.substr(at + start.size() - 1);
        stanza = stanza.substr(0, stanza.find("\n\n"));
        const std::string_view words = field(stanza, "Status");
        DpkgPackage entry{std::string(words.substr(words.rfind(' ') + 1)), std::string(field(stanza, "Provides"))};
        if (!found || !found->configured()) {
            found = std::move(entry);
        }
    }
    return found;
}

}  // namespace confgraph::core

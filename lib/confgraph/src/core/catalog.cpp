// SPDX-License-Identifier: Apache-2.0
#include "core/catalog.hpp"

namespace confgraph::core {

namespace {

std::string join(const std::string & folder, std::string_view name, std::string_view end) {
    std::string path;
    path.reserve(folder.size() + 1 + name.size() + end.size());
    path.append(folder).append(1, '/').append(name).append(end);
    return path;
}

}  // namespace

EntryId Catalog::find(Kind kind, std::string_view name) const {
    const auto & index = index_[static_cast<std::size_t>(kind)];
    const auto found = index.find(name);
    return found == index.end() ? NO_ENTRY : found->second;
}

EntryId Catalog::insert(Kind kind, std::string_view name) {
    const EntryId known = find(kind, name);
    if (known != NO_ENTRY) {
        return known;
    }
    const auto id = static_cast<EntryId>(entries.size());
    Entry & entry = entries.emplace_back();
    entry.kind = kind;
    entry.name = name;
    index_[static_cast<std::size_t>(kind)].emplace(name, id);
    return id;
}

std::string Catalog::available_path(const Entry & entry) const {
    if (layout.of(entry.kind).mechanism != Mechanism::LINKS) {
        return entry.place->path;
    }
    return join(layout.of(entry.kind).available, entry.name, suffix(entry.kind));
}

std::string Catalog::enabled_path(const Entry & entry) const {
    if (layout.of(entry.kind).mechanism != Mechanism::LINKS) {
        return entry.place->path;
    }
    return join(layout.of(entry.kind).enabled, entry.name, suffix(entry.kind));
}

std::string Catalog::available_conf_path(const Entry & entry) const {
    return join(layout.of(entry.kind).available, entry.name, ".conf");
}

std::string Catalog::enabled_conf_path(const Entry & entry) const {
    return join(layout.of(entry.kind).enabled, entry.name, ".conf");
}

std::string Catalog::marker_path(const Entry & entry, std::size_t bit) const {
    std::string path = layout.of(entry.kind).markers;
    path.append(1, '/').append(MARKER_FOLDERS[bit]).append(1, '/').append(entry.name);
    return path;
}

std::string Catalog::shared_marker_path(const Entry & entry, std::size_t bit) const {
    const std::string folder = layout.shared_state + "/" + std::string(word(entry.kind));
    return join(folder + "/" + std::string(MARKER_FOLDERS[bit]), entry.name, {});
}

}  // namespace confgraph::core

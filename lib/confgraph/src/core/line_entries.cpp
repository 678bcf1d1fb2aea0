// SPDX-License-Identifier: Apache-2.0
#include "core/line_entries.hpp"

#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "core/stock_dependencies.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace confgraph::core {

namespace {

// What a file of a module's own begins with: it goes when the module is disabled, and no other file does.
constexpr std::string_view OWN_FILE_HEAD =
    "# Made by a2enmod; a2dismod removes this file while it says nothing else.\n";

std::string own_text(const std::string & identifier, const std::string & file) {
    std::string text(OWN_FILE_HEAD);
    text.append("LoadModule ").append(identifier).append(1, ' ').append(file).append(1, '\n');
    return text;
}

/// Where a line stands.
struct Position {
    const LineSource * source = nullptr;
    const LoadLine * line = nullptr;

    Location location() const { return {source->path, line->line}; }
};

std::vector<Location> locations(const std::vector<Position> & positions) {
    std::vector<Location> where;
    where.reserve(positions.size());
    for (const Position & position : positions) {
        where.push_back(position.location());
    }
    return where;
}

/// Why the line of an entry cannot be changed, whatever it says.
std::optional<Obstacle> obstacle_of(const std::vector<Position> & positions) {
    const auto contained = std::find_if(positions.begin(), positions.end(),
                                        [](const Position & position) { return !position.line->guards.empty(); });
    if (contained != positions.end()) {
        return Obstacle{.code = NoticeCode::LINE_IN_CONTAINER,
                        .object = contained->line->guards.back(),
                        .where = locations(positions)};
    }
    if (positions.size() > 1) {
        return Obstacle{.code = NoticeCode::SEVERAL_LINES, .where = locations(positions)};
    }
    const auto & [source, line] = positions.front();
    if (!source->link_target.empty()) {
        return Obstacle{.code = NoticeCode::FILE_IS_LINK,
                        .object = source->link_target,
                        .path = source->path,
                        .where = locations(positions)};
    }
    if (source->file.generated_line != 0) {
        return Obstacle{.code = NoticeCode::GENERATED_FILE,
                        .object = source->file.generated,
                        .path = source->path,
                        .where = {{source->path, source->file.generated_line}, positions.front().location()}};
    }
    if (!line->reversible) {
        return Obstacle{.code = NoticeCode::LINE_NOT_REVERSIBLE, .where = locations(positions)};
    }
    return std::nullopt;
}

LoadModule load_module(const LoadLine & line) {
    return {line.identifier, line.file, line.line, line.guards, {}, Presence::UNKNOWN};
}

/// The names of a list of the table, as if the line of the module said them.
std::vector<Reference> references(std::string_view names, unsigned line) {
    std::vector<Reference> list;
    while (!names.empty()) {
        const auto end = std::min(names.find(' '), names.size());
        list.push_back({std::string(names.substr(0, end)), line});
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return list;
}

class Builder {
public:
    Builder(Catalog & catalog, const LineFolder & folder, const HasBinary & has_binary, const IsStatic & is_static)
        : catalog_(catalog), folder_(folder), has_binary_(has_binary), is_static_(is_static) {}

    void run() {
        for (const LineSource & source : folder_.sources) {
            catalog_.texts.emplace(source.path, source.text);
            for (const Diagnostic & diagnostic : source.file.diagnostics) {
                catalog_.file_problems.push_back({source.path, diagnostic, source.system_error});
            }
            for (const LoadLine & line : source.file.lines) {
                const std::string name = module_name(line.identifier);
                auto & positions = positions_[name];
                if (positions.empty()) {
                    order_.push_back(name);
                }
                positions.push_back({&source, &line});
            }
        }
        for (const std::string & name : order_) {
            add(name, positions_[name]);
        }
        for (const auto & [file, name] : folder_.binaries) {
            add_without_line(file, name);
        }
        // What is available is known only now.
        for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
            if (catalog_.entries[id].kind == Kind::MODULE) {
                add_stock_facts(catalog_, id, is_static_);
            }
        }
    }

private:
    void add(const std::string & name, const std::vector<Position> & positions) {
        Entry & entry = catalog_.entries[catalog_.insert(Kind::MODULE, name)];
        std::vector<Position> effective;
        std::copy_if(positions.begin(), positions.end(), std::back_inserter(effective),
                     [](const Position & position) { return position.line->effective; });
        const Position & place = effective.empty() ? positions.front() : effective.front();
        const auto & [source, line] = place;
        entry.available = true;
        entry.link = effective.empty() ? LinkState::ABSENT : LinkState::OK;
        entry.file = source->path;
        entry.place.edit().path = source->path;
        entry.place.edit().line = line->line;
        entry.place.edit().enabled = line->active ? line->text : line->other;
        entry.place.edit().disabled = line->active ? line->other : line->text;
        if (line->active && source->text == own_text(line->identifier, line->file) && source->link_target.empty()) {
            entry.place.edit().own_file = true;
            entry.place.edit().enabled = source->text;
            entry.place.edit().disabled.clear();
        }
        entry.obstacle = obstacle_of(positions);
        for (const Position & one : effective.empty() ? std::vector<Position>{place} : effective) {
            entry.facts.load_modules.push_back(load_module(*one.line));
        }
        entry.facts.depends = line->depends.empty() ? source->file.depends : line->depends;
        entry.facts.conflicts = line->conflicts.empty() ? source->file.conflicts : line->conflicts;
        const auto is_self = [&](const Reference & reference) { return reference.name == name; };
        std::erase_if(entry.facts.depends, is_self);
        std::erase_if(entry.facts.conflicts, is_self);
        if (effective.empty() && !entry.obstacle && !has_binary_(line->file)) {
            entry.available = false;
            entry.obstacle = Obstacle{.code = NoticeCode::NO_BINARY, .path = line->file, .where = {place.location()}};
        }
    }

    void add_without_line(const std::string & file, const std::string & name) {
        if (check_name(name) != NameProblem::NONE) {
            return;
        }
        Entry & entry = catalog_.entries[catalog_.insert(Kind::MODULE, name)];
        if (entry.available || entry.obstacle) {
            return;
        }
        entry.available = true;
        entry.place.edit().own_file = true;
        entry.facts.load_modules.push_back({{}, folder_.binary_prefix + file, 0, {}, {}, Presence::UNKNOWN});
    }

    Catalog & catalog_;
    const LineFolder & folder_;
    const HasBinary & has_binary_;
    const IsStatic & is_static_;
    std::map<std::string, std::vector<Position>> positions_;
    std::vector<std::string> order_;
};

/// The names that a file for an entry can have, the most usual first: third parties' files begin with 10 there, and the
/// MPMs' comes before all.
std::vector<std::string> possible_names(const std::string & name) {
    constexpr unsigned FIRST = 10;
    constexpr unsigned END = 100;
    std::vector<std::string> names;
    const unsigned start = name.starts_with("mpm_") ? 0 : FIRST;
    for (unsigned step = 0; step < END; ++step) {
        const unsigned number = (start + step) % END;
        std::string file;
        file.append(1, static_cast<char>('0' + number / 10)).append(1, static_cast<char>('0' + number % 10));
        names.push_back(file.append(1, '-').append(name).append(".conf"));
    }
    return names;
}

bool names_entry(const std::vector<Reference> & list, const std::string & name) {
    return std::any_of(list.begin(), list.end(), [&](const Reference & reference) { return reference.name == name; });
}

}  // namespace

void add_line_entries(Catalog & catalog, const LineFolder & folder, const HasBinary & has_binary,
                      const IsStatic & is_static) {
    Builder(catalog, folder, has_binary, is_static).run();
}

void add_stock_facts(Catalog & catalog, EntryId id, const IsStatic & is_static) {
    Entry & entry = catalog.entries[id];
    const StockModule * stock = stock_module(entry.name);
    if (stock == nullptr || !(entry.available || entry.enabled() || entry.obstacle)) {
        return;
    }
    const unsigned line = entry.place->line;
    if (entry.facts.depends.empty()) {
        entry.facts.depends = references(stock->depends, line);
        std::erase_if(entry.facts.depends, [&](const Reference & reference) {
            const EntryId other = catalog.find(Kind::MODULE, reference.name);
            const bool known = other != NO_ENTRY && catalog.entries[other].available;
            return !known && is_static(reference.name);
        });
    }
    if (entry.facts.conflicts.empty()) {
        entry.facts.conflicts = references(stock->conflicts, line);
    }
}

bool needs_own_file(const Entry & entry) {
    return entry.place->own_file && entry.place->path.empty() && !entry.obstacle;
}

void give_own_file(Catalog & catalog, const LineFolder & folder, EntryId id, const std::string & identifier) {
    Entry & entry = catalog.entries[id];
    LoadModule & load = entry.facts.load_modules.front();
    if (identifier.empty()) {
        entry.obstacle = Obstacle{.code = NoticeCode::NO_IDENTIFIER, .path = load.file};
        return;
    }
    std::string_view after;
    std::string_view before;
    for (const Entry & other : catalog.entries) {
        const std::string_view file = last_part(other.place->path);
        if (other.kind != Kind::MODULE || file.empty() || other.name == entry.name) {
            continue;
        }
        if (names_entry(entry.facts.depends, other.name)) {
            after = std::max(after, file);
        } else if (names_entry(other.facts.depends, entry.name) && (before.empty() || file < before)) {
            before = file;
        }
    }
    const std::vector<std::string> names = possible_names(entry.name);
    const auto fits = [&](const std::string & name) {
        return name > after && (before.empty() || name < before) && !folder.names.contains(name);
    };
    const auto found = std::find_if(names.begin(), names.end(), fits);
    if (found == names.end()) {
        entry.obstacle = Obstacle{.code = NoticeCode::NO_FILE_NAME,
                                  .object = std::string(after),
                                  .path = catalog.layout.of(Kind::MODULE).enabled};
        return;
    }
    load.identifier = identifier;
    entry.place.edit().path = catalog.layout.of(Kind::MODULE).enabled + "/" + *found;
    entry.place.edit().enabled = own_text(identifier, load.file);
    entry.file = entry.place->path;
}

void add_suffix_entries(Catalog & catalog, Kind kind, const std::vector<std::string> & names) {
    constexpr std::string_view OFF = ".disabled";
    const std::string & folder = catalog.layout.of(kind).enabled;
    for (const std::string & file : names) {
        std::string_view name = file;
        const bool enabled = !name.ends_with(OFF);
        if (!enabled) {
            name.remove_suffix(OFF.size());
        }
        const std::string_view end = suffix(kind);
        if (name.size() <= end.size() || !name.ends_with(end)) {
            continue;
        }
        const std::string path = folder + "/" + std::string(name);
        name.remove_suffix(end.size());
        Entry & entry = catalog.entries[catalog.insert(kind, name)];
        entry.place.edit().enabled = path;
        entry.place.edit().disabled = path + std::string(OFF);
        if (entry.available) {
            entry.obstacle = Obstacle{.code = NoticeCode::SEVERAL_FILES,
                                      .where = {{entry.place->enabled, 0}, {entry.place->disabled, 0}}};
        }
        entry.available = true;
        if (enabled) {
            entry.link = LinkState::OK;
        }
        entry.file = entry.enabled() ? entry.place->enabled : entry.place->disabled;
        entry.place.edit().path = entry.file;
    }
}

}  // namespace confgraph::core

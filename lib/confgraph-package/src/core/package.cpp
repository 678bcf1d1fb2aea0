// SPDX-License-Identifier: Apache-2.0
#include "core/package.hpp"

#include "core/control.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::package::core {

namespace {

constexpr std::uint64_t SMALL_BYTES = 64ULL << 20;
constexpr std::string_view BLANKS = " \t\r";
constexpr int MAX_LINKS = 40;
constexpr std::size_t MAX_PATH_BYTES = 64UL * 1024;

std::string trimmed(std::string_view text) {
    const auto start = text.find_first_not_of(BLANKS);
    return start == std::string_view::npos ? std::string()
                                           : std::string(text.substr(start, text.find_last_not_of(BLANKS) - start + 1));
}

std::string_view next_line(std::string_view & text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace

std::uint64_t Limits::unpacked_of(std::uint64_t package_bytes) const {
    const std::uint64_t grown =
        growth != 0 && package_bytes > unpacked_bytes / growth ? unpacked_bytes : package_bytes * growth;
    return std::min(unpacked_bytes, std::max(grown, SMALL_BYTES));
}

std::string installed_path(std::string_view member) {
    std::string path;
    if (member.find('\0') != std::string_view::npos) {
        return {};
    }
    while (!member.empty()) {
        const std::string_view name = member.substr(0, member.find('/'));
        member.remove_prefix(std::min(name.size() + 1, member.size()));
        if (name == "..") {
            return {};
        }
        if (!name.empty() && name != ".") {
            path.append("/").append(name);
        }
    }
    return path.empty() ? "/" : path;
}

bool is_load_file(std::string_view path) {
    constexpr std::string_view SUFFIX = ".load";
    constexpr std::string_view FOLDER = "/mods-available";
    const auto slash = path.rfind('/');
    return path.starts_with("/etc/") && path.substr(0, slash).ends_with(FOLDER) && path.ends_with(SUFFIX) &&
           path.size() - slash - 1 > SUFFIX.size();
}

std::string resolve_in_package(const std::map<std::string, const PackageFile *, std::less<>> & files,
                               std::string_view path) {
    std::string rest(path);
    std::string way;
    int links = 0;
    while (!rest.empty()) {
        const std::string name = rest.substr(0, rest.find('/'));
        rest.erase(0, name.size() + 1);
        if (name.empty() || name == ".") {
            continue;
        }
        if (name == "..") {
            way.erase(std::min(way.rfind('/'), way.size()));
            continue;
        }
        std::string next = way;
        next.append(1, '/').append(name);
        // A package need not have the folders that its files are in.
        const auto file = files.find(next);
        if (file == files.end() || file->second->type != PackageFileType::LINK) {
            way = std::move(next);
            continue;
        }
        const std::string & target = file->second->target;
        if (++links > MAX_LINKS || target.size() + rest.size() > MAX_PATH_BYTES) {
            return {};
        }
        if (target.starts_with('/')) {
            way.clear();
        }
        rest.insert(0, 1, '/').insert(0, target);
    }
    const auto file = files.find(way);
    return file != files.end() && file->second->type == PackageFileType::FILE ? way : std::string();
}

bool take_control(std::string_view text, Package & package) {
    const auto field = [&](std::string_view name) { return trimmed(control_field(text, name).value_or("")); };
    package.name = field("Package");
    package.version = field("Version");
    package.architecture = field("Architecture");
    for (const std::string_view name : {"Pre-Depends", "Depends"}) {
        auto relations = parse_relations(field(name));
        std::move(relations.begin(), relations.end(), std::back_inserter(package.depends));
    }
    package.provides = parse_relations(field("Provides"));
    return !package.name.empty() && !package.version.empty() && !package.architecture.empty();
}

std::vector<Trigger> parse_triggers(std::string_view text) {
    std::vector<Trigger> triggers;
    while (!text.empty()) {
        std::string_view line = next_line(text);
        line = line.substr(0, line.find('#'));
        line.remove_prefix(std::min(line.find_first_not_of(BLANKS), line.size()));
        const std::string_view kind = line.substr(0, line.find_first_of(BLANKS));
        if (!kind.empty()) {
            triggers.push_back({std::string(kind), trimmed(line.substr(kind.size()))});
        }
    }
    return triggers;
}

}  // namespace confgraph::package::core

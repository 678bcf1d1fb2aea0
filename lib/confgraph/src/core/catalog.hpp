// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/file_facts.hpp"
#include "core/layout.hpp"
#include "core/on_demand.hpp"
#include "core/location.hpp"
#include "core/start_lists.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/plan.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace confgraph::core {

/// The four markers of an entry, as bits.
using Markers = std::uint8_t;

constexpr Markers marker_bit(Action action, Actor actor) {
    return static_cast<Markers>(1U << ((action == Action::ENABLE ? 0U : 2U) + (actor == Actor::ADMIN ? 0U : 1U)));
}

/// The marker folders by bit number: "enabled_by_admin" and so on.
constexpr std::array<std::string_view, 4> MARKER_FOLDERS = {"enabled_by_admin", "enabled_by_maint", "disabled_by_admin",
                                                            "disabled_by_maint"};

/// What has to be changed to enable or disable an entry, in layouts without links.
struct Place {
    /// The file, in the enabled folder. For SUFFIX, empty.
    std::string path{};
    unsigned line = 0;  ///< LINES: of the directive; WORDS: of the variable
    /// LINES: what the line says, without its newline, while the entry is enabled; of a file of its own, all of it.
    /// WORDS: the word. SUFFIX: the file's path.
    std::string enabled{};
    /// LINES: what the line says while the entry is not enabled. SUFFIX: the file's path then.
    std::string disabled{};
    /// LINES: enabling makes the file, and disabling removes it.
    bool own_file = false;

    friend bool operator==(const Place &, const Place &) = default;
};

/// Why an entry cannot be enabled or disabled with certainty, as a notice says it.
struct Obstacle {
    NoticeCode code{};
    std::string object{};
    std::string path{};
    std::vector<Location> where{};

    friend bool operator==(const Obstacle &, const Obstacle &) = default;
};

struct Entry {
    Kind kind{};
    std::string name;
    bool available = false;
    bool has_conf = false;
    LinkState link = LinkState::ABSENT;
    LinkState conf_link = LinkState::ABSENT;
    /// What the links point to, where that is not the file in the available folder.
    std::string link_target;
    std::string conf_link_target;
    Markers markers = 0;
    /// In layouts without links, what is to be changed, and what stands in the way.
    OnDemand<Place> place;
    OnDemand<Obstacle> obstacle;
    /// Those that the original tools left of an instance's entry, where it has none of its own. They may as well be
    /// about another instance: questions are answered with them, and no plan changes them.
    Markers shared_markers = 0;
    /// The file whose magic comments hold, where that was read: the enabled one, else the available one.
    std::string file;
    /// What the file in the available folder says.
    FileFacts facts;
    /// What the enabled file says, where that is another file.
    std::shared_ptr<const FileFacts> enabled_facts;
    /// For an MPM: whether it is threaded, if that was asked and could be found out.
    std::optional<bool> threaded;
    /// Whether the module's binary says that it is an MPM, if that was asked.
    bool binary_is_mpm = false;

    /// Whether the server reads it.
    [[nodiscard]] bool enabled() const { return link != LinkState::ABSENT && link != LinkState::DANGLING; }
    /// What holds while the entry is enabled as it is now.
    [[nodiscard]] const FileFacts & enabled_file_facts() const { return enabled_facts ? *enabled_facts : facts; }
};

using EntryId = std::uint32_t;
constexpr EntryId NO_ENTRY = static_cast<EntryId>(-1);

/// A dependency whose binary is loaded only after the one that needs its symbols, so that the server cannot start.
struct LateDependency {
    EntryId dependent = NO_ENTRY;
    EntryId dependency = NO_ENTRY;
    std::string symbol;
};

/// Something wrong with a file of several entries.
struct FileProblem {
    std::string path;
    Diagnostic diagnostic;
    int system_error = 0;  ///< where that is why it cannot be read
};

struct Catalog {
    Layout layout;
    std::vector<Entry> entries;
    /// The patterns among a request's arguments, and what they match, in Debian's order.
    std::map<std::string, std::vector<std::string>, std::less<>> matches;
    /// What a request can choose from, where that was read: all of it, in Debian's order.
    std::vector<std::string> choices;
    /// Names in the available folder of the request's kind, where a name was not found.
    std::vector<std::string> candidates;
    /// What links in the enabled folder begin with, by kind: "../mods-available/".
    std::array<std::string, 3> link_prefix;
    /// Dependencies loaded too late, where that was asked.
    std::vector<LateDependency> late;
    /// An MPM that is linked into the server itself: "event"; where that was asked.
    std::string static_mpm;
    /// What the files say that entries have their places in, by path; in layouts without links.
    std::map<std::string, std::string> texts;
    /// What is wrong with files that several entries have their places in.
    std::vector<FileProblem> file_problems;
    /// What ALT's lists say is to be enabled, by kind; where that was asked.
    std::array<StartWishes, 3> start_wishes;
    /// Whether there was a journal, and why it is not understood.
    JournalState journal = JournalState::NONE;
    std::optional<confgraph::Error> journal_problem;

    [[nodiscard]] EntryId find(Kind kind, std::string_view name) const;
    /// The entry, made empty if it is new.
    EntryId insert(Kind kind, std::string_view name);

    /// NAME.load or NAME.conf in the available folder; in layouts without links, the file that has the entry's place.
    [[nodiscard]] std::string available_path(const Entry & entry) const;
    [[nodiscard]] std::string enabled_path(const Entry & entry) const;
    [[nodiscard]] std::string available_conf_path(const Entry & entry) const;
    [[nodiscard]] std::string enabled_conf_path(const Entry & entry) const;
    /// One of an entry's markers, by its bit number.
    [[nodiscard]] std::string marker_path(const Entry & entry, std::size_t bit) const;
    /// The same among those of all instances.
    [[nodiscard]] std::string shared_marker_path(const Entry & entry, std::size_t bit) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::array<std::unordered_map<std::string, EntryId, Hash, std::equal_to<>>, 3> index_;
};

}  // namespace confgraph::core

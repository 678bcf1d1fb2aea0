// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/facts_parser.hpp"
#include "core/line_entries.hpp"
#include "io/file_system.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace confgraph::io {

/// Fills a catalog piece by piece; each piece of an entry is read once, however often it is asked for.
class Scanner {
public:
    Scanner(const FileReader & files, const core::Layout & layout, core::Depth depth);

    core::Catalog & catalog() { return catalog_; }

    /// Reads all entries of a kind, where the layout has no links: there, files are about many entries. What follows
    /// does that itself, but for telling the error.
    Result<Done> load(Kind kind);

    /// Whether an entry's files are available, and the state of its links.
    void read_links(core::EntryId id);
    /// What its file in the available folder says.
    void read_facts(core::EntryId id);
    /// What its enabled file says.
    void read_enabled_facts(core::EntryId id);
    void read_markers(core::EntryId id);

    /// The names of a folder's files with a suffix, suffix taken off, in Debian's order.
    Result<std::vector<std::string>> names_in(const std::string & folder, std::string_view end) const;
    /// The names of a kind that can be chosen from, in Debian's order: of what is enabled, or available.
    Result<std::vector<std::string>> names(Kind kind, bool enabled);
    /// Makes entries of all that lies in the enabled folder, without reading further.
    Result<std::vector<core::EntryId>> list_enabled(Kind kind);
    /// Makes entries of what a marker says to be enabled, whether or not there is anything else of it.
    void insert_marked(Kind kind);
    /// All enabled modules with what their files say.
    Result<Done> read_enabled_modules();

    /// Reads the lists that say what is to be enabled of a kind, where there are some.
    void read_start_lists(Kind kind);
    /// Makes entries of MPMs, where modules are links and MPMs are servers of their own; once, however often it is
    /// asked for.
    void insert_mpm_servers();

private:
    /// What the folders of a kind hold. Asking for one file costs less than a listing, asking for many costs more: so
    /// the folders are listed when a few dozen entries of their kind were asked for.
    struct Listing {
        std::size_t links_asked = 0;
        std::size_t markers_asked = 0;
        std::optional<std::unordered_set<std::string>> available;
        std::optional<std::unordered_set<std::string>> enabled;
        std::optional<std::unordered_map<std::string, core::Markers>> markers;
        std::optional<std::unordered_map<std::string, core::Markers>> shared_markers;
    };

    enum Part : std::uint8_t { LINKS = 1, FACTS = 2, ENABLED_FACTS = 4, MARKERS = 8 };

    bool has_links(Kind kind) const { return catalog_.layout.of(kind).mechanism == core::Mechanism::LINKS; }
    Result<Done> load_lines();
    Result<Done> load_words();
    Result<Done> load_names(Kind kind);
    void complete(core::EntryId id);
    bool is_static(std::string_view module);
    std::string server_path() const;
    bool first_time(core::EntryId id, Part part);
    void prepare_links(Kind kind);
    void list_folders(Kind kind);
    std::unordered_map<std::string, core::Markers> list_markers(const std::string & folder) const;
    /// The markers of an entry among those whose paths path gives, possible being those that may exist.
    template <class Path>
    core::Markers find_markers(core::Markers possible, Path path) const;
    /// Whether markers of this instance may be among those of all of them.
    bool shares_markers();
    LinkState link_state(core::Entry & entry, bool conf, bool available);

    const FileReader & files_;
    core::Depth depth_;
    core::Catalog catalog_;
    std::vector<std::uint8_t> done_;
    std::vector<FileType> available_type_;
    std::array<bool, 3> prepared_{};
    std::array<Listing, 3> listings_;
    std::array<bool, 3> loaded_{};
    std::array<std::optional<Error>, 3> load_problems_;
    core::LineFolder line_folder_;
    std::optional<std::unordered_set<std::string>> server_names_;
    std::optional<bool> shares_markers_;
    bool mpm_servers_inserted_ = false;
};

}  // namespace confgraph::io

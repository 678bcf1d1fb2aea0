// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/location.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace confgraph::core {

/// The dependency graph of a catalog's modules, as edges between entries. Edges to names that the catalog does not hold
/// are left out. Nothing here recurses: a chain may be as long as memory allows.
class Graph {
public:
    /// Which facts make an edge.
    enum class Edges {
        AVAILABLE,  ///< what the files in the available folder say
        ENABLED,    ///< what the enabled files of enabled modules say
    };

    Graph(const Catalog & catalog, Edges edges);

    /// What an entry depends on, in the order of its magic comments.
    [[nodiscard]] const std::vector<EntryId> & depends(EntryId id) const { return depends_[id]; }
    /// What depends on an entry, in Debian's order of file names.
    [[nodiscard]] const std::vector<EntryId> & dependents(EntryId id) const { return dependents_[id]; }

    /// A number for each entry, the same for entries that depend on each other (strongly connected components).
    [[nodiscard]] std::vector<std::uint32_t> components() const;

private:
    std::vector<std::vector<EntryId>> depends_;
    std::vector<std::vector<EntryId>> dependents_;
};

/// Entries that depend on each other, by the number of their component; components of one entry are left out.
using Cycles = std::unordered_map<std::uint32_t, std::vector<EntryId>>;
Cycles cycles_of(const std::vector<std::uint32_t> & components);

/// For each member of a cycle, where it declares that it depends on another member.
std::vector<Location> cycle_declarations(const Catalog & catalog, const std::vector<EntryId> & members,
                                         const std::vector<std::uint32_t> & components, Graph::Edges edges);

}  // namespace confgraph::core

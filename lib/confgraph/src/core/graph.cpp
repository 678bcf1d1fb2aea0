// SPDX-License-Identifier: Apache-2.0
#include "core/graph.hpp"

#include "core/name.hpp"

#include <algorithm>
#include <limits>

namespace confgraph::core {

Graph::Graph(const Catalog & catalog, Edges edges)
    : depends_(catalog.entries.size()), dependents_(catalog.entries.size()) {
    const auto counts = [&](const Entry & entry) {
        return entry.kind == Kind::MODULE && (edges == Edges::AVAILABLE || entry.enabled());
    };
    std::vector<EntryId> order;
    for (EntryId id = 0; id < catalog.entries.size(); ++id) {
        if (counts(catalog.entries[id])) {
            order.push_back(id);
        }
    }
    // The order of visits makes each list of dependents sorted without sorting each.
    std::sort(order.begin(), order.end(), [&](EntryId left, EntryId right) {
        return glob_less(catalog.entries[left].name + ".load", catalog.entries[right].name + ".load");
    });
    for (const EntryId id : order) {
        const Entry & entry = catalog.entries[id];
        const FileFacts & facts = edges == Edges::ENABLED ? entry.enabled_file_facts() : entry.facts;
        for (const Reference & reference : facts.depends) {
            const EntryId other = catalog.find(Kind::MODULE, reference.name);
            if (other != NO_ENTRY) {
                depends_[id].push_back(other);
                dependents_[other].push_back(id);
            }
        }
    }
}

std::vector<std::uint32_t> Graph::components() const {
    // Tarjan's algorithm with an explicit stack of (entry, next edge).
    constexpr auto UNSEEN = std::numeric_limits<std::uint32_t>::max();
    struct Frame {
        EntryId id;
        std::size_t next;
    };
    const std::size_t count = depends_.size();
    std::vector<std::uint32_t> component(count, UNSEEN);
    std::vector<std::uint32_t> number(count, UNSEEN);
    std::vector<std::uint32_t> low(count, 0);
    std::vector<EntryId> open;
    std::vector<Frame> frames;
    std::uint32_t next_number = 0;
    std::uint32_t next_component = 0;

    const auto enter = [&](EntryId id) {
        number[id] = low[id] = next_number++;
        open.push_back(id);
        frames.push_back({id, 0});
    };
    for (EntryId root = 0; root < count; ++root) {
        if (number[root] != UNSEEN) {
            continue;
        }
        enter(root);
        while (!frames.empty()) {
            const EntryId id = frames.back().id;
            if (frames.back().next < depends_[id].size()) {
                const EntryId other = depends_[id][frames.back().next++];
                if (number[other] == UNSEEN) {
                    enter(other);
                } else if (component[other] == UNSEEN) {
                    low[id] = std::min(low[id], number[other]);
                }
                continue;
            }
            frames.pop_back();
            if (!frames.empty()) {
                low[frames.back().id] = std::min(low[frames.back().id], low[id]);
            }
            if (low[id] == number[id]) {
                for (EntryId member = NO_ENTRY; member != id;) {
                    member = open.back();
                    open.pop_back();
                    component[member] = next_component;
                }
                ++next_component;
            }
        }
    }
    return component;
}

Cycles cycles_of(const std::vector<std::uint32_t> & components) {
    Cycles cycles;
    std::unordered_map<std::uint32_t, EntryId> first;
    for (EntryId id = 0; id < components.size(); ++id) {
        const auto [known, is_new] = first.emplace(components[id], id);
        if (!is_new) {
            auto & members = cycles[components[id]];
            if (members.empty()) {
                members.push_back(known->second);
            }
            members.push_back(id);
        }
    }
    return cycles;
}

std::vector<Location> cycle_declarations(const Catalog & catalog, const std::vector<EntryId> & members,
                                         const std::vector<std::uint32_t> & components, Graph::Edges edges) {
    std::vector<Location> where;
    for (const EntryId id : members) {
        const Entry & member = catalog.entries[id];
        const FileFacts & facts = edges == Graph::Edges::ENABLED ? member.enabled_file_facts() : member.facts;
        const auto inside = std::find_if(facts.depends.begin(), facts.depends.end(), [&](const Reference & reference) {
            const EntryId other = catalog.find(Kind::MODULE, reference.name);
            return other != NO_ENTRY && components[other] == components[id];
        });
        if (inside != facts.depends.end()) {
            where.push_back({member.file, inside->line});
        }
    }
    return where;
}

}  // namespace confgraph::core

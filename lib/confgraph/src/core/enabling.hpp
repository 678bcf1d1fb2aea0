// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog.hpp"
#include "core/plan.hpp"

#include <vector>

namespace confgraph::core {

// The one place that knows which operations enable an entry, by the mechanism of its layout. For a module of a layout
// of links, conf means its NAME.conf; other mechanisms have nothing of the kind.

/// Appends what enables an entry that is not enabled.
void append_enabling(const Catalog & catalog, const Entry & entry, bool conf, std::vector<Operation> & operations);

/// Appends what disables an entry that is enabled, or removes its link that leads nowhere.
void append_disabling(const Catalog & catalog, const Entry & entry, bool conf, std::vector<Operation> & operations);

/// Appends what makes the lists of ALT say the same of a module, so that nothing undoes it: the line that counts gets
/// the other value. Where none says anything of it, or one says the same, nothing.
void append_wish(const Catalog & catalog, const Entry & entry, bool enabled, std::vector<Operation> & operations);

/// Appends what makes one module take the place of another in one step, as far as the mechanism allows.
void append_replacing(const Catalog & catalog, const Entry & comes, const Entry & goes,
                      std::vector<Operation> & operations);

/// Takes down what the files said that a plan edits.
void note_texts(const Catalog & catalog, Plan & plan);

}  // namespace confgraph::core

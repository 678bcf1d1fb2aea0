// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/layout.hpp"
#include "core/layout_settings.hpp"

namespace confgraph::core {

/// The folders of a layout that is not Debian's, those that are not set being where its distribution has them.
Layout layout_of(LayoutName name, const LayoutValues & values);

}  // namespace confgraph::core

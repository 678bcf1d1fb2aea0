// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

namespace confgraph::api {

/// Public views of the parts of something, each keeping the whole alive and none of them copied.
template <class View, class Whole, class Part>
std::vector<View> views(const std::shared_ptr<const Whole> & whole, const std::vector<Part> & parts) {
    std::vector<View> list;
    list.reserve(parts.size());
    for (const Part & part : parts) {
        list.push_back(View(std::shared_ptr<const Part>(whole, &part)));
    }
    return list;
}

}  // namespace confgraph::api

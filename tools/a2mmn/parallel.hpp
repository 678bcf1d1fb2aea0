// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace a2mmn {

/// Calls work for 0 to count - 1, each once, from as many threads as there are processors. On a terminal that is
/// standard error a bar shows how far it is when that takes a while; nothing of it stays. What work throws is thrown
/// again.
void for_all(std::size_t count, const std::function<void(std::size_t)> & work);

}  // namespace a2mmn

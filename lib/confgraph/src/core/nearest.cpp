// SPDX-License-Identifier: Apache-2.0
#include "core/nearest.hpp"

#include "core/name.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::core {

namespace {

constexpr std::size_t MAX_SUGGESTIONS = 3;
// A longer argument is no slip of the keyboard.
constexpr std::size_t MAX_COMPARED_BYTES = 64;

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before(right.size() + 1);
    std::vector<std::size_t> last(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (left[i - 1] == right[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[right.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string> & candidates) {
    const std::string_view plain = strip_decoration(name);
    if (plain.empty() || plain.size() > MAX_COMPARED_BYTES) {
        return {};
    }
    std::vector<std::pair<std::size_t, const std::string *>> close;
    for (const std::string & candidate : candidates) {
        const std::size_t limit = std::max<std::size_t>(1, plain.size() / 3);
        const std::size_t gap =
            candidate.size() > plain.size() ? candidate.size() - plain.size() : plain.size() - candidate.size();
        if (candidate == name || gap > limit) {
            continue;
        }
        if (const std::size_t steps = distance(plain, candidate); steps <= limit) {
            close.emplace_back(steps, &candidate);
        }
    }
    std::sort(close.begin(), close.end(), [](const auto & left, const auto & right) {
        return left.first != right.first ? left.first < right.first : *left.second < *right.second;
    });
    std::vector<std::string> names;
    for (const auto & [steps, candidate] : close) {
        // Close to the best one, or it would only distract.
        if (names.size() < MAX_SUGGESTIONS && steps <= close.front().first + 1) {
            names.push_back(*candidate);
        }
    }
    return names;
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "core/control.hpp"

#include <algorithm>
#include <charconv>

namespace confgraph::package::core {

namespace {

constexpr std::string_view API = "apache2-api-";

bool same_but_for_case(std::string_view left, std::string_view right) {
    const auto lower = [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

std::optional<std::string> control_field(std::string_view paragraph, std::string_view name) {
    std::optional<std::string> value;
    while (!paragraph.empty()) {
        const auto end = std::min(paragraph.find('\n'), paragraph.size());
        const std::string_view line = paragraph.substr(0, end);
        paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
        if (line.starts_with(' ') || line.starts_with('\t')) {
            if (value) {
                value->append(line);
            }
            continue;
        }
        if (value) {
            break;
        }
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && same_but_for_case(line.substr(0, colon), name)) {
            value = std::string(line.substr(colon + 1));
        }
    }
    return value;
}

std::vector<std::string> package_names(std::string_view list) {
    constexpr std::string_view PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
    std::vector<std::string> names;
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(",|"), list.size());
        std::string_view item = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
        const std::string_view name = item.substr(0, std::min(item.find_first_not_of(PLAIN), item.size()));
        if (!name.empty()) {
            names.emplace_back(name);
        }
    }
    return names;
}

std::vector<int> api_numbers(const std::vector<std::string> & names) {
    std::vector<int> numbers;
    for (const std::string_view name : names) {
        if (!name.starts_with(API)) {
            continue;
        }
        const std::string_view rest = name.substr(API.size());
        int number = 0;
        const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        const bool whole = end.ptr == rest.data() + rest.size() || *end.ptr == '-';
        if (end.ec == std::errc() && whole && std::find(numbers.begin(), numbers.end(), number) == numbers.end()) {
            numbers.push_back(number);
        }
    }
    return numbers;
}

bool depends_on_api(const std::vector<std::string> & names) {
    return std::any_of(names.begin(), names.end(), [](std::string_view name) {
        return name.size() > API.size() && name.starts_with(API) &&
               name.find_first_not_of("0123456789", API.size()) == std::string_view::npos;
    });
}

std::string openssl_variant(const std::vector<std::string> & names, int mmn_major) {
    const std::string start = std::string(API) + std::to_string(mmn_major) + "-openssl";
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const std::string & name) { return name.starts_with(start); });
    return found == names.end() ? std::string() : *found;
}

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#include "core/name.hpp"

#include <algorithm>

namespace confgraph::core {

namespace {

// The longest file name of common file systems.
constexpr std::size_t MAX_FILE_NAME_BYTES = 255;
// ".load" has to fit too.
constexpr std::size_t MAX_NAME_BYTES = MAX_FILE_NAME_BYTES - 5;

constexpr unsigned char lower(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= 'A' && value <= 'Z' ? static_cast<unsigned char>(value + ('a' - 'A')) : value;
}

constexpr bool is_control(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value < 0x20 || value == 0x7f;
}

}  // namespace

NameProblem check_name(std::string_view name) {
    if (name.empty()) {
        return NameProblem::EMPTY;
    }
    if (name == "." || name == "..") {
        return NameProblem::DOTS;
    }
    if (name.front() == '-') {
        return NameProblem::LEADING_DASH;
    }
    if (name.find('/') != std::string_view::npos) {
        return NameProblem::HAS_SLASH;
    }
    if (std::any_of(name.begin(), name.end(), is_control)) {
        return NameProblem::HAS_CONTROL;
    }
    return name.size() > MAX_NAME_BYTES ? NameProblem::TOO_LONG : NameProblem::NONE;
}

bool is_file_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.size() <= MAX_FILE_NAME_BYTES &&
           name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

std::string_view strip_suffix(Kind kind, std::string_view name) {
    const std::string_view end = suffix(kind);
    return name.ends_with(end) ? name.substr(0, name.size() - end.size()) : name;
}

std::string module_name(std::string_view text) {
    for (const std::string_view end : {".load", ".conf", ".so"}) {
        if (text.size() > end.size() && text.ends_with(end)) {
            text.remove_suffix(end.size());
            break;
        }
    }
    constexpr std::string_view START = "mod_";
    if (text.size() > START.size() && text.starts_with(START)) {
        text.remove_prefix(START.size());
    }
    constexpr std::string_view END = "_module";
    if (text.size() > END.size() && text.ends_with(END)) {
        text.remove_suffix(END.size());
    }
    return std::string(text);
}

std::string entry_name(const Layout & layout, Kind kind, std::string_view argument) {
    const Mechanism mechanism = layout.of(kind).mechanism;
    const bool many_names = kind == Kind::MODULE && mechanism != Mechanism::LINKS;
    return many_names ? module_name(argument) : std::string(strip_suffix(kind, argument));
}

std::string_view strip_decoration(std::string_view name) {
    for (const std::string_view end : {std::string_view(".load"), std::string_view(".conf")}) {
        if (name.ends_with(end)) {
            name.remove_suffix(end.size());
            break;
        }
    }
    if (name.starts_with("mod_")) {
        name.remove_prefix(4);
    }
    return name;
}

bool glob_less(std::string_view left, std::string_view right) {
    const auto common = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (lower(left[i]) != lower(right[i])) {
            return lower(left[i]) < lower(right[i]);
        }
    }
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

}  // namespace confgraph::core

// SPDX-License-Identifier: Apache-2.0
#include "common/arguments.hpp"

#include <algorithm>
#include <iterator>

namespace tool {

namespace {

/// The option that a name or an abbreviation of it stands for; empty when there is none or more than one.
std::string_view find_long(std::string_view name, const OptionNames & options) {
    std::vector<std::string_view> possible;
    for (const auto & list : {options.long_flags, options.long_values}) {
        if (const auto exact = std::find(list.begin(), list.end(), name); exact != list.end()) {
            return *exact;
        }
        std::copy_if(list.begin(), list.end(), std::back_inserter(possible),
                     [&](std::string_view option) { return option.starts_with(name); });
    }
    return possible.size() == 1 ? possible.front() : std::string_view();
}

void complete_long(std::string & argument, const OptionNames & options, std::vector<std::string> & errors) {
    const auto end = std::min(argument.find('='), argument.size());
    std::string name = argument.substr(2, end - 2);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; });
    const std::string_view option = find_long(name, options);
    const bool takes_value =
        std::find(options.long_values.begin(), options.long_values.end(), option) != options.long_values.end();
    if (option.empty()) {
        errors.push_back("Unknown option: " + name);
    } else if (end != argument.size() && !takes_value) {
        errors.push_back("Option " + std::string(option) + " does not take an argument");
    } else {
        argument.replace(2, end - 2, option);
    }
}

void check_short(const std::string & argument, const OptionNames & options, std::vector<std::string> & errors) {
    for (const char letter : std::string_view(argument).substr(1)) {
        if (options.short_values.find(letter) != std::string_view::npos) {
            return;
        }
        if (options.short_flags.find(letter) == std::string_view::npos) {
            errors.push_back(std::string("Unknown option: ") + letter);
        }
    }
}

}  // namespace

Arguments complete_options(int argc, const char * const * argv, const OptionNames & options) {
    Arguments arguments;
    bool in_options = true;
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        in_options = in_options && word != "--";
        if (in_options && word.starts_with("--")) {
            complete_long(word, options, arguments.errors);
        } else if (in_options && word.size() > 1 && word.front() == '-') {
            check_short(word, options, arguments.errors);
        }
        arguments.words.push_back(std::move(word));
    }
    return arguments;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace tool

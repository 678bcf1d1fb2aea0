// SPDX-License-Identifier: Apache-2.0
#include "common/arguments.hpp"

#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace tool {

namespace {

/// The names of a program's options, for what Getopt::Long and Getopt::Std do and CLI11 does not.
struct OptionNames {
    std::string short_flags;
    std::string short_values;
    std::vector<std::string_view> long_flags;
    std::vector<std::string_view> long_values;
};

/// Adds names such as "-q,--quiet".
void add_names(std::string_view names, std::string & shorts, std::vector<std::string_view> & longs) {
    while (!names.empty()) {
        const auto end = std::min(names.find(','), names.size());
        if (names.starts_with("--")) {
            longs.push_back(names.substr(2, end - 2));
        } else {
            shorts.push_back(names[1]);
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
}

/// The option that a name or an abbreviation of it stands for; empty when there is none or more than one.
std::string_view find_long(std::string_view name, const OptionNames & options) {
    std::vector<std::string_view> possible;
    for (const auto * list : {&options.long_flags, &options.long_values}) {
        if (const auto exact = std::find(list->begin(), list->end(), name); exact != list->end()) {
            return *exact;
        }
        std::copy_if(list->begin(), list->end(), std::back_inserter(possible),
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
        errors.push_back(phrase("Unknown option: {}", name));
    } else if (end != argument.size() && !takes_value) {
        errors.push_back(phrase("Option {} does not take an argument", option));
    } else if (takes_value && end + 1 == argument.size()) {
        // The word that follows would be taken for it.
        errors.push_back(phrase("Option {} requires an argument", option));
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
            errors.push_back(phrase("Unknown option: {}", letter));
        }
    }
}

/// The arguments after the program's name, long options written out, and what is wrong with them in the words of Perl's
/// modules.
std::vector<std::string> complete_options(int argc, const char * const * argv, const OptionNames & options,
                                          std::vector<std::string> & errors) {
    std::vector<std::string> words;
    bool in_options = true;
    for (int i = 1; i < argc; ++i) {
        std::string word = argv[i];
        in_options = in_options && word != "--";
        if (in_options && word.starts_with("--")) {
            complete_long(word, options, errors);
        } else if (in_options && word.size() > 1 && word.front() == '-') {
            check_short(word, options, errors);
        }
        words.push_back(std::move(word));
    }
    return words;
}

}  // namespace

std::optional<std::vector<std::string>> parse_arguments(int argc, const char * const * argv,
                                                        const std::vector<Flag> & flags,
                                                        const std::vector<ValueOption> & values, Output & output) {
    OptionNames names;
    CLI::App app;
    app.set_help_flag();
    // An operand bound to the parser would be taken apart at brackets and commas.
    app.allow_extras();
    for (const Flag & flag : flags) {
        add_names(flag.names, names.short_flags, names.long_flags);
        app.add_flag(flag.names, *flag.on);
    }
    std::vector<std::string> texts(values.size());
    std::vector<CLI::Option *> options;
    for (std::size_t i = 0; i < values.size(); ++i) {
        add_names(values[i].names, names.short_values, names.long_values);
        options.push_back(values[i].all != nullptr
                              ? app.add_option(values[i].names, *values[i].all)->allow_extra_args(false)
                              : app.add_option(values[i].names, texts[i])->take_last());
        if (values[i].may_be_empty) {
            options.back()->expected(0, 1);
        }
    }
    std::vector<std::string> errors;
    std::vector<std::string> words = complete_options(argc, argv, names, errors);
    for (const std::string & error : errors) {
        output.err("{}\n", confgraph::escape(error));
    }
    if (!errors.empty()) {
        return std::nullopt;
    }
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError & error) {
        output.err("ERROR: {}; see --help\n", confgraph::escape(error.what()));
        return std::nullopt;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (options[i]->count() > 0 && values[i].all == nullptr) {
            *values[i].value = std::move(texts[i]);
        }
    }
    std::vector<std::string> operands = app.remaining();
    if (const auto end = std::find(operands.begin(), operands.end(), "--"); end != operands.end()) {
        operands.erase(end);
    }
    return operands;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace tool

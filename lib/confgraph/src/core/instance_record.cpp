// SPDX-License-Identifier: Apache-2.0
#include "core/instance.hpp"
#include "core/relative_path.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace confgraph::core {

namespace {

constexpr std::string_view HEAD = "confgraph instance 1 ";
constexpr std::array<std::string_view, 3> STATES = {"making", "made", "removing"};
struct Word {
    std::string_view word;
    InstanceStepCode code;
    bool shared;
};
constexpr std::array<Word, 4> WORDS = {{{"folder ", InstanceStepCode::MAKE_FOLDER, false},
                                        {"shared-folder ", InstanceStepCode::MAKE_FOLDER, true},
                                        {"file ", InstanceStepCode::WRITE_FILE, false},
                                        {"link ", InstanceStepCode::MAKE_LINK, false}}};
constexpr std::string_view ARROW = " -> ";

std::string_view next_line(std::string_view & text) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::optional<InstanceStep> parse_thing(std::string_view line) {
    for (const auto & [word, code, shared] : WORDS) {
        if (!line.starts_with(std::string(word) + "/")) {
            continue;
        }
        line.remove_prefix(word.size());
        const auto arrow = code == InstanceStepCode::MAKE_LINK ? line.find(ARROW) : line.size();
        if (arrow == std::string_view::npos) {
            return std::nullopt;
        }
        // What a2instance made has a name, in a folder: a record that somebody else wrote leads nowhere else.
        const std::string path(line.substr(0, arrow));
        if (path == "/" || clean_path(path) != path || path.ends_with("/..") ||
            path.find("/../") != std::string::npos) {
            return std::nullopt;
        }
        return InstanceStep{.code = code,
                            .path = path,
                            .target = std::string(line.substr(std::min(arrow + ARROW.size(), line.size()))),
                            .shared = shared};
    }
    return std::nullopt;
}

}  // namespace

std::string write_record(const InstanceRecord & record) {
    std::string text(HEAD);
    text.append(STATES[static_cast<std::size_t>(record.state)]).append("\n");
    text += "# What a2instance made, and removes again. See a2instance(8).\n";
    text.append("name ").append(record.name).append("\n");
    for (const InstanceStep & thing : record.things) {
        const auto * const word = std::find_if(WORDS.begin(), WORDS.end(), [&](const Word & one) {
            return one.code == thing.code && one.shared == thing.shared;
        });
        text.append(word->word).append(thing.path);
        if (thing.code == InstanceStepCode::MAKE_LINK) {
            text.append(ARROW).append(thing.target);
        }
        text += '\n';
    }
    return text + "end\n";
}

std::optional<InstanceRecord> parse_record(std::string_view text) {
    InstanceRecord record;
    std::string_view head = next_line(text);
    if (!head.starts_with(HEAD)) {
        return std::nullopt;
    }
    head.remove_prefix(HEAD.size());
    const auto * const state = std::find(STATES.begin(), STATES.end(), head);
    if (state == STATES.end()) {
        return std::nullopt;
    }
    record.state = static_cast<InstanceRecord::State>(state - STATES.begin());
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        if (line == "end") {
            return record;
        }
        if (line.starts_with("name ")) {
            record.name = line.substr(5);
        } else if (!line.starts_with('#')) {
            auto thing = parse_thing(line);
            if (!thing) {
                return std::nullopt;
            }
            record.things.push_back(*std::move(thing));
        }
    }
    return std::nullopt;
}

}  // namespace confgraph::core

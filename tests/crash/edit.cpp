// SPDX-License-Identifier: Apache-2.0

// Changes the files of a tree of shape FILES as the tools of a layout without links do, through the library's own
// parts; and answers as a2query does, through a journal. Usage:
//   edit modules [+NAME|-NAME]...   lines LoadModule NAME_module in conf.modules.d; a file 10-NAME.conf where there is
//   none edit confs [+NAME|-NAME]...     conf.d/NAME.conf or NAME.conf.disabled edit words [+NAME|-NAME]...     words
//   of MODULES in sysconfig/apache2 edit ask                        what of this is enabled, and the markers

#include "core/catalog.hpp"
#include "core/plan.hpp"
#include "io/descriptor.hpp"
#include "io/journal_file.hpp"
#include "io/journal_view.hpp"
#include "io/lock.hpp"
#include "io/posix_file_system.hpp"
#include "io/recovery.hpp"
#include "io/transaction.hpp"

#include <confgraph/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace confgraph;  // NOLINT(google-build-using-namespace): as of any of its tools
using core::Operation;

core::Layout layout_of_tree(bool words) {
    core::Layout layout;
    layout.name = words ? LayoutName::SUSE : LayoutName::FEDORA;
    layout.config = std::getenv("APACHE_CONFDIR");         // NOLINT(concurrency-mt-unsafe)
    layout.state = std::getenv("APACHE_STATE_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        core::Folders & folders = layout.of(kind);
        folders.enabled = kind == Kind::MODULE ? layout.config + (words ? "/sysconfig" : "/conf.modules.d")
                          : kind == Kind::CONF ? layout.config + "/conf.d"
                                               : std::string();
        folders.available = folders.enabled;
        folders.markers = layout.state + "/" + std::string(word(kind));
        folders.mechanism = kind == Kind::CONF   ? core::Mechanism::SUFFIX
                            : kind == Kind::SITE ? core::Mechanism::NONE
                            : words              ? core::Mechanism::WORDS
                                                 : core::Mechanism::LINES;
    }
    return layout;
}

std::optional<std::string> read(const io::FileReader & files, const std::string & path) {
    std::string text;
    const auto done = files.read(path, 4096, [&](std::string_view piece) {
        text.append(piece);
        return true;
    });
    return done ? std::optional(text) : std::nullopt;
}

std::vector<std::string> list(const io::FileReader & files, const std::string & folder) {
    auto listed = files.list(folder);
    std::vector<std::string> names = listed ? std::move(listed).value() : std::vector<std::string>();
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> lines_of(const std::string & text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

std::string load_line(const std::string & name) { return "LoadModule " + name + "_module modules/mod_" + name + ".so"; }

/// Finds the operations that a command needs.
class Planner {
public:
    Planner(const core::Layout & layout, Kind kind) : layout_(layout), kind_(kind) {}

    /// argument: a sign and a name.
    void change(const std::string & argument) {
        const bool comes = argument.starts_with('+');
        const std::string name = argument.substr(1);
        core::Step step{
            .code = comes ? StepCode::ENABLE : StepCode::DISABLE, .name = name, .cause = {}, .operations = {}};
        std::vector<Operation> found = kind_ == Kind::CONF                ? rename(name, comes)
                                       : layout_.name == LayoutName::SUSE ? edit_words(name, comes)
                                                                          : edit_lines(name, comes);
        if (found.empty()) {
            return;
        }
        const auto marker = [&](const char * folder) { return layout_.of(kind_).markers + "/" + folder + "/" + name; };
        const std::string wanted = marker(comes ? "enabled_by_admin" : "disabled_by_admin");
        const std::string unwanted = marker(comes ? "disabled_by_admin" : "enabled_by_admin");
        step.operations = std::move(found);
        if (!files_.link_info(wanted)) {
            step.operations.push_back({OperationCode::CREATE_MARKER, wanted});
        }
        if (files_.link_info(unwanted)) {
            step.operations.push_back({OperationCode::REMOVE_MARKER, unwanted});
        }
        plan.steps.push_back(std::move(step));
    }

    core::Plan plan;

private:
    std::vector<Operation> rename(const std::string & name, bool comes) {
        const std::string on = layout_.of(kind_).enabled + "/" + name + ".conf";
        const std::string off = on + ".disabled";
        if (!files_.link_info(comes ? off : on)) {
            return {};
        }
        return {{.code = OperationCode::RENAME_FILE, .path = comes ? on : off, .replaced_path = comes ? off : on}};
    }

    std::vector<Operation> edit_words(const std::string & name, bool comes) {
        const std::string path = layout_.of(kind_).enabled + "/apache2";
        const std::string text = read(files_, path).value_or("");
        plan.texts[path] = text;
        const auto lines = lines_of(text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!lines[i].starts_with("MODULES=")) {
                continue;
            }
            const std::string words = lines[i].substr(9, lines[i].find('"', 9) - 9);
            const bool there = (" " + words + " ").find(" " + name + " ") != std::string::npos;
            if (there == comes) {
                return {};
            }
            return {{.code = comes ? OperationCode::ADD_WORD : OperationCode::REMOVE_WORD,
                     .path = path,
                     .target = comes ? name : std::string(),
                     .replaced_target = comes ? std::string() : name,
                     .line = static_cast<unsigned>(i + 1)}};
        }
        return {};
    }

    std::vector<Operation> edit_lines(const std::string & name, bool comes) {
        const std::string folder = layout_.of(kind_).enabled;
        const std::string active = load_line(name);
        const std::string own = folder + "/10-" + name + ".conf";
        for (const std::string & file : list(files_, folder)) {
            const std::string path = folder + "/" + file;
            const auto text = file.ends_with(".conf") && path != own ? read(files_, path) : std::nullopt;
            const auto lines = lines_of(text.value_or(""));
            const auto line = std::find_if(lines.begin(), lines.end(), [&](const std::string & one) {
                const std::string words = one.ends_with('\r') ? one.substr(0, one.size() - 1) : one;
                return words == active || words == "#" + active;
            });
            if (line == lines.end()) {
                continue;
            }
            plan.texts[path] = *text;
            if (line->starts_with('#') != comes) {
                return {};
            }
            const std::string wanted = comes ? line->substr(1) : "#" + *line;
            return {{.code = OperationCode::EDIT_LINE,
                     .path = path,
                     .target = wanted,
                     .replaced_target = *line,
                     .line = static_cast<unsigned>(line - lines.begin() + 1)}};
        }
        const auto there = read(files_, own);
        if (there.has_value() == comes) {
            return {};
        }
        if (comes) {
            return {{.code = OperationCode::CREATE_FILE, .path = own, .target = active + "\n"}};
        }
        plan.texts[own] = *there;
        return {{.code = OperationCode::REMOVE_FILE, .path = own, .replaced_target = *there}};
    }

    const core::Layout & layout_;
    Kind kind_;
    io::PosixFileSystem files_;
};

int fail(const Error & error) {
    std::string left;
    for (const std::string & path : error.not_undone()) {
        left += (left.empty() ? "; could not be undone: " : " ") + path;
    }
    std::fprintf(stderr, "ERROR: %d on %s: %s%s\n", static_cast<int>(error.code()), error.path().c_str(),
                 std::strerror(error.system_error()), left.c_str());
    return 1;
}

core::Plan plan_for(const core::Layout & layout, Kind kind, const std::vector<std::string> & arguments) {
    Planner planner(layout, kind);
    planner.plan.request.kind = kind;
    for (const std::string & argument : arguments) {
        planner.change(argument);
    }
    return std::move(planner.plan);
}

int change(Kind kind, bool words, const std::vector<std::string> & arguments) {
    const io::PosixFileSystem files;
    const core::Layout layout = layout_of_tree(words);
    io::Descriptor lock = io::try_lock(layout);
    if (!lock.open()) {
        const bool journal = files.link_info(io::journal_path(files, layout)).ok();
        if (!journal && plan_for(layout, kind, arguments).steps.empty()) {
            return 0;
        }
        auto taken = io::take_lock(layout, true, std::chrono::seconds(10), {});
        if (!taken) {
            return fail(taken.error());
        }
        lock = std::move(taken).value();
    }
    // First, since the plan is made of what is there.
    if (const auto recovered = io::recover(files, layout, true); !recovered) {
        return fail(recovered.error());
    }
    auto plan = std::make_shared<const core::Plan>(plan_for(layout, kind, arguments));
    const auto outcome = io::commit(files, layout, std::move(plan), {.locked = true, .sync = true});
    if (!outcome) {
        return fail(outcome.error());
    }
    for (const Error & problem : outcome.value().problems) {
        std::fprintf(stderr, "WARNING: %d on %s\n", static_cast<int>(problem.code()), problem.path().c_str());
    }
    return outcome.value().problems.empty() ? 0 : 3;
}

/// Prints what is there, read as everything is read: through a journal.
std::string answer(const io::FileReader & files, const core::Layout & layout) {
    std::string text;
    const auto add = [&](const std::string & line) { text.append(line).append(1, '\n'); };
    for (const Kind kind : {Kind::MODULE, Kind::CONF}) {
        const std::string & folder = layout.of(kind).enabled;
        for (const std::string & name : list(files, folder)) {
            if (name.starts_with('.')) {
                continue;
            }
            const auto info = files.info(folder + "/" + name);
            const std::string words = read(files, folder + "/" + name).value_or("?");
            add(name + ": " + words + (info && info.value().size == words.size() ? "" : ", of another size"));
        }
        for (const std::string_view marker : core::MARKER_FOLDERS) {
            for (const std::string & name : list(files, layout.of(kind).markers + "/" + std::string(marker))) {
                add(std::string(marker) + ": " + name);
            }
        }
    }
    return text;
}

int ask(bool words) {
    const core::Layout layout = layout_of_tree(words);
    std::string text;
    const auto read_all = io::read_consistently(io::PosixFileSystem(), layout, [&](const io::FileReader & files) {
        text = answer(files, layout);
        return Result<core::Catalog>(core::Catalog());
    });
    if (!read_all) {
        return fail(read_all.error());
    }
    std::fputs(text.c_str(), stdout);
    return read_all.value().journal == JournalState::NOT_UNDERSTOOD ? 1 : 0;
}

}  // namespace

int main(int argc, char ** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::string command = words.empty() ? std::string() : words.front();
    const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
    if (command == "modules" || command == "confs" || command == "words") {
        return change(command == "confs" ? Kind::CONF : Kind::MODULE, command == "words", rest);
    }
    if (command == "ask") {
        return ask(rest == std::vector<std::string>{"words"});
    }
    std::fputs("Usage: edit modules|confs|words [+NAME|-NAME]... or edit ask [words]\n", stderr);
    return 2;
}

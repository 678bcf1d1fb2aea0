// SPDX-License-Identifier: Apache-2.0
#include "core/word_entries.hpp"

#include "core/name.hpp"
#include "core/relative_path.hpp"
#include "core/sysconfig.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace confgraph::core {

namespace {

constexpr std::string_view MODULES = "APACHE_MODULES";
constexpr std::string_view MPM = "APACHE_MPM";

class Builder {
public:
    Builder(Catalog & catalog, const WordFolder & folder, const HasBinary & has_binary, const IsStatic & is_static)
        : catalog_(catalog), folder_(folder), has_binary_(has_binary), is_static_(is_static) {}

    void run() {
        catalog_.texts.emplace(folder_.path, folder_.text);
        const SysconfigValue modules = find_value(folder_.text, MODULES);
        const std::optional<Obstacle> obstacle = obstacle_of(modules, MODULES);
        for (const SysconfigWord & word : modules.words) {
            add_word(std::string(word.text), modules.line);
        }
        if (obstacle) {
            for (const std::string & word : likely_words(folder_.text, MODULES)) {
                add_word(word, modules.line);
            }
        }
        for (const auto & [name, path] : folder_.binaries) {
            Entry & entry = insert(name);
            if (!entry.enabled()) {
                entry.available = true;
                entry.place.edit().enabled = name;
                entry.facts.load_modules = {{{}, path, 0, {}, path, Presence::UNKNOWN}};
            }
            entry.place.edit().path = folder_.path;
            entry.place.edit().line = modules.line;
        }
        for (Entry & entry : catalog_.entries) {
            if (entry.kind == Kind::MODULE && obstacle) {
                entry.obstacle = obstacle;
            }
        }
        add_mpms();
        for (EntryId id = 0; id < catalog_.entries.size(); ++id) {
            if (catalog_.entries[id].kind == Kind::MODULE) {
                add_stock_facts(catalog_, id, is_static_);
            }
        }
    }

private:
    Entry & insert(std::string_view name) {
        Entry & entry = catalog_.entries[catalog_.insert(Kind::MODULE, name)];
        entry.file = folder_.path;
        return entry;
    }

    void add_word(const std::string & word, unsigned line) {
        const std::string name = module_name(last_part(word));
        if (check_name(name) != NameProblem::NONE) {
            return;
        }
        Entry & entry = insert(name);
        if (entry.enabled() && entry.place->enabled != word) {
            entry.obstacle = Obstacle{.code = NoticeCode::SEVERAL_WORDS,
                                      .object = entry.place->enabled + " " + word,
                                      .where = {{folder_.path, line}}};
            return;
        }
        entry.link = LinkState::OK;
        entry.place = Place{.path = folder_.path, .line = line, .enabled = word};
        const auto binary = folder_.binaries.find(name);
        const std::string path = word.starts_with('/') ? word
                                 : binary == folder_.binaries.end()
                                     ? catalog_.layout.module_folder + "mod_" + name + ".so"
                                     : binary->second;
        entry.available = binary != folder_.binaries.end() || has_binary_(path);
        entry.facts.load_modules = {{{}, path, line, {}, path, Presence::UNKNOWN}};
    }

    /// An MPM is a server of its own, and a variable says which one is started. Each is a module here that excludes the
    /// others, as everywhere else.
    void add_mpms() {
        const SysconfigValue value = find_value(folder_.text, MPM);
        const std::optional<Obstacle> obstacle = obstacle_of(value, MPM);
        const std::string chosen = chosen_mpm(folder_.text, folder_.mpms);
        std::vector<std::string> mpms = folder_.mpms;
        if (!chosen.empty() && std::find(mpms.begin(), mpms.end(), chosen) == mpms.end()) {
            mpms.emplace_back(chosen);
        }
        for (const std::string & mpm : mpms) {
            const std::string name = "mpm_" + mpm;
            if (check_name(name) != NameProblem::NONE) {
                continue;
            }
            Entry & entry = insert(name);
            entry.available = std::find(folder_.mpms.begin(), folder_.mpms.end(), mpm) != folder_.mpms.end();
            entry.link = mpm == chosen ? LinkState::OK : LinkState::ABSENT;
            entry.obstacle = obstacle;
            if (value) {
                entry.place = Place{.path = folder_.path,
                                    .line = value.line,
                                    .enabled = line_with_value(folder_.text, value, mpm),
                                    .disabled = line_with_value(folder_.text, value, value.text)};
            }
        }
    }

    std::optional<Obstacle> obstacle_of(const SysconfigValue & value, std::string_view variable) {
        if (value) {
            return std::nullopt;
        }
        const bool may_be_left_out = variable == MPM && value.problem == SysconfigProblem::NOT_ASSIGNED;
        if (!may_be_left_out) {
            catalog_.file_problems.push_back(
                {folder_.path, {DiagnosticCode::VALUE_UNCLEAR, value.line, std::string(variable)}, 0});
        }
        return Obstacle{.code = NoticeCode::VALUE_UNCLEAR,
                        .object = std::string(problem_text(value.problem)),
                        .path = std::string(variable),
                        .where = {{folder_.path, value.line}}};
    }

    Catalog & catalog_;
    const WordFolder & folder_;
    const HasBinary & has_binary_;
    const IsStatic & is_static_;
};

}  // namespace

std::optional<std::string> named_mpm(std::string_view text) {
    const SysconfigValue value = find_value(text, MPM);
    if (value.problem == SysconfigProblem::NOT_ASSIGNED || (value && value.words.empty())) {
        return std::nullopt;
    }
    if (value) {
        return std::string(value.words.front().text);
    }
    const std::vector<std::string> likely = likely_words(text, MPM);
    return likely.empty() ? std::string() : likely.front();
}

std::string chosen_mpm(std::string_view text, const std::vector<std::string> & mpms) {
    return named_mpm(text).value_or(mpms.empty() ? std::string() : mpms.front());
}

void add_word_entries(Catalog & catalog, const WordFolder & folder, const HasBinary & has_binary,
                      const IsStatic & is_static) {
    Builder(catalog, folder, has_binary, is_static).run();
}

}  // namespace confgraph::core

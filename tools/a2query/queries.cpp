// SPDX-License-Identifier: Apache-2.0
#include "queries.hpp"

#include "check_text.hpp"
#include "common/language.hpp"
#include "common/place.hpp"
#include "common/process.hpp"
#include "common/progress.hpp"
#include "common/spoken.hpp"
#include "common/terminal.hpp"
#include "entry_json.hpp"
#include "graph_text.hpp"

#include <confgraph/check.hpp>
#include <confgraph/server.hpp>
#include <confgraph/text.hpp>

#include <array>
#include <unistd.h>
#include <utility>
#include <vector>

namespace a2query {

using confgraph::Actor;
using confgraph::Catalog;
using confgraph::Entry;
using confgraph::escape;
using confgraph::JournalState;
using confgraph::Kind;
using confgraph::LinkState;
using tool::Json;

namespace {

std::string_view plural(Kind kind) {
    constexpr std::array<std::string_view, 3> WORDS = {"modules", "confs", "sites"};
    return WORDS[static_cast<std::size_t>(kind)];
}

std::string_view word_of(JournalState state) {
    switch (state) {
        case JournalState::NONE:
            return "none";
        case JournalState::UNFINISHED:
            return "unfinished";
        case JournalState::NOT_UNDERSTOOD:
            return "not-understood";
    }
    return "unknown";
}

/// An entry whose name is the one asked for, or, if there is none, that name without its decorations.
std::optional<Entry> find(const Catalog & catalog, Kind kind, const std::string & asked) {
    const auto known = [](const std::optional<Entry> & entry) {
        return entry && (entry->available() || entry->link() != LinkState::ABSENT);
    };
    auto entry = catalog.find(kind, asked);
    return known(entry) ? entry : catalog.find(kind, confgraph::undecorated(asked));
}

/// Says what is wrong: on a terminal in lines that it has room for.
void print(const confgraph::Finding & finding, const std::string & line, tool::Output & output) {
    constexpr std::size_t INDENT = 4;
    constexpr std::size_t WORD_WIDTH = 9;
    const std::size_t width = tool::is_terminal(STDOUT_FILENO) ? tool::columns(STDOUT_FILENO) : 0;
    if (finding.is_error()) {
        output.out("ERROR: {}\n", tool::filled(line, width, INDENT, WORD_WIDTH));
    } else {
        output.out("WARNING: {}\n", tool::filled(line, width, INDENT, WORD_WIDTH));
    }
}

}  // namespace

int Queries::run() {
    document_["version"] = tool::JSON_VERSION;
    document_["root"] = layout_.root().empty() ? Json() : tool::text(layout_.root());
    document_["layout"] = tool::layout_json(layout_.name());
    document_["journal"] = Json();
    const int status = answer_all();
    if (options_.json && !options_.quiet) {
        document_["exit_status"] = status;
        output_.document(tool::dump(document_));
    }
    return status;
}

int Queries::answer_all() {
    struct Question {
        bool asked;
        int (Queries::*answer)();
    };
    const bool entries = !options_.list_available;
    const std::array<Question, 10> questions = {{{options_.list_available, &Queries::answer_available},
                                                 {entries && options_.module, &Queries::answer_modules},
                                                 {entries && options_.site, &Queries::answer_sites},
                                                 {entries && options_.conf, &Queries::answer_confs},
                                                 {options_.api || options_.server_version, &Queries::answer_server},
                                                 {options_.mpm, &Queries::answer_mpm},
                                                 {options_.module_folder, &Queries::answer_module_folder},
                                                 {options_.why.has_value(), &Queries::answer_why},
                                                 {options_.graph.has_value(), &Queries::answer_graph},
                                                 {options_.check, &Queries::answer_check}}};
    int status = FOUND;
    for (const Question & question : questions) {
        // Text ends with the first "no", as Debian's does; a document answers everything.
        if (!question.asked || (status != FOUND && !options_.json)) {
            continue;
        }
        const int answer = (this->*question.answer)();
        status = status == FOUND ? answer : status;
    }
    return status;
}

int Queries::answer_modules() { return answer_entries(Kind::MODULE, *options_.module); }
int Queries::answer_sites() { return answer_entries(Kind::SITE, *options_.site); }
int Queries::answer_confs() { return answer_entries(Kind::CONF, *options_.conf); }

int Queries::answer_entries(Kind kind, const std::string & asked) {
    return options_.json ? answer_entry_json(kind, asked) : answer_entry(kind, asked);
}

int Queries::answer_module_folder() {
    document_["module_folder"] = tool::text(layout_.module_folder());
    if (!options_.json && !options_.quiet) {
        output_.out("{}\n", escape(layout_.module_folder()));
    }
    return FOUND;
}

int Queries::fail(const confgraph::Error & error) {
    if (!options_.quiet) {
        output_.err("{}: {}\n", escape(error.path()),
                    error.system_error() != 0 ? tool::system_text(error.system_error())
                                              : tool::phrase("not a server binary of this machine"));
    }
    return NOT_FOUND;
}

std::optional<Catalog> Queries::take(confgraph::Result<Catalog> read) {
    if (!read) {
        fail(read.error());
        return std::nullopt;
    }
    Catalog catalog = std::move(read).value();
    document_["journal"] = word_of(catalog.journal());
    if (const auto & problem = catalog.journal_problem(); problem && !journal_told_ && !options_.quiet) {
        output_.err("{}: the journal of a change is not understood; the answer is what the folders hold now\n",
                    escape(problem->path()));
        journal_told_ = true;
    }
    return catalog;
}

const Catalog * Queries::all() {
    if (!all_) {
        tool::Progress progress(tool::phrase("Reading the configuration"), !options_.quiet);
        auto read = Catalog::read_all(layout_, [&] { progress.go_on(); });
        progress.hide();
        all_ = take(std::move(read));
    }
    return all_ ? &*all_ : nullptr;
}

void Queries::say_state(const Entry & entry) {
    if (!options_.quiet) {
        output_.out("{} (enabled by {})\n", escape(entry.name()), tool::spoken(entry.enabled_by()));
    }
}

int Queries::not_found(Kind kind, const std::string & asked, const std::optional<Entry> & entry) {
    const Actor actor = entry ? entry->disabled_by() : Actor::NOBODY;
    if (!options_.quiet) {
        output_.err("No {} matches {}", tool::spoken(kind), escape(confgraph::undecorated(asked)));
        if (actor != Actor::NOBODY) {
            output_.err(" (disabled by {})", tool::spoken(actor));
        }
        output_.err("\n");
    }
    return actor == Actor::ADMIN ? DISABLED_BY_ADMIN : actor == Actor::MAINT ? DISABLED_BY_MAINT : NOT_FOUND;
}

int Queries::answer_entry(Kind kind, const std::string & asked) {
    if (!asked.empty()) {
        const auto catalog = take(Catalog::read_names(layout_, kind, {asked, confgraph::undecorated(asked)}));
        if (!catalog) {
            return NOT_FOUND;
        }
        for (const std::string & name : {asked, confgraph::undecorated(asked)}) {
            if (const auto entry = catalog->find(kind, name); entry && entry->link() != LinkState::ABSENT) {
                say_state(*entry);
                return FOUND;
            }
        }
        // That nothing is there may be because the folder is not there, which is another answer.
        if (const auto folder = Catalog::read_enabled(layout_, kind); !folder) {
            return fail(folder.error());
        }
        return not_found(kind, asked, catalog->find(kind, confgraph::undecorated(asked)));
    }
    tool::Progress progress(tool::phrase("Reading the configuration"), !options_.quiet);
    auto read = Catalog::read_enabled(layout_, kind, [&] { progress.go_on(); });
    progress.hide();
    const auto catalog = take(std::move(read));
    if (!catalog) {
        return NOT_FOUND;
    }
    bool any = false;
    for (const Entry & entry : catalog->entries(kind)) {
        // Where one file is about many, more is known than was asked for.
        if (entry.link() != LinkState::ABSENT) {
            say_state(entry);
            any = true;
        }
    }
    return !any ? not_found(kind, asked, std::nullopt) : static_cast<int>(FOUND);
}

Json Queries::describe(const Entry & entry) {
    if (!required_by_) {
        required_by_ = required_by(*all_);
    }
    return entry_json(*all_, *required_by_, layout_, entry);
}

int Queries::answer_entry_json(Kind kind, const std::string & asked) {
    const Catalog * catalog = all();
    if (catalog == nullptr) {
        return NOT_FOUND;
    }
    Json list = Json::array();
    std::optional<Entry> found;
    if (!asked.empty()) {
        found = find(*catalog, kind, asked);
        if (found) {
            list.push_back(describe(*found));
        }
    } else {
        for (const Entry & entry : catalog->entries(kind)) {
            if (entry.link() != LinkState::ABSENT) {
                list.push_back(describe(entry));
                found = entry;
            }
        }
    }
    document_[std::string(plural(kind))] = std::move(list);
    if (found && found->link() != LinkState::ABSENT) {
        return FOUND;
    }
    // That nothing is there may be because the folder is not there, which is another answer.
    if (const auto folder = Catalog::read_enabled(layout_, kind); !folder) {
        return fail(folder.error());
    }
    return not_found(kind, asked, asked.empty() ? std::nullopt : found);
}

int Queries::answer_available() {
    const Catalog * catalog = all();
    if (catalog == nullptr) {
        return NOT_FOUND;
    }
    struct Asked {
        Kind kind;
        const std::optional<std::string> & name;
    };
    const std::array<Asked, 3> asked = {
        {{Kind::MODULE, options_.module}, {Kind::SITE, options_.site}, {Kind::CONF, options_.conf}}};
    const bool every_kind = !options_.module && !options_.site && !options_.conf;
    int status = FOUND;
    for (const Asked & question : asked) {
        if (!every_kind && !question.name) {
            continue;
        }
        const std::string name = question.name.value_or("");
        Json list = Json::array();
        bool any = false;
        for (const Entry & entry : catalog->entries(question.kind)) {
            if (!entry.available() ||
                (!name.empty() && entry.name() != name && entry.name() != confgraph::undecorated(name))) {
                continue;
            }
            any = true;
            if (options_.json) {
                list.push_back(describe(entry));
                continue;
            }
            if (options_.quiet) {
                continue;
            }
            const Actor disabled = entry.disabled_by();
            const std::string state = entry.enabled() ? tool::phrase("enabled by {}", tool::spoken(entry.enabled_by()))
                                      : disabled != Actor::NOBODY
                                          ? tool::phrase("disabled by {}", tool::spoken(disabled))
                                          : tool::phrase("not enabled");
            output_.out("{}{}{} ({})\n", every_kind ? tool::spoken(question.kind) : "", every_kind ? " " : "",
                        escape(entry.name()), state);
        }
        if (options_.json) {
            document_[std::string(plural(question.kind))] = std::move(list);
        }
        if (!any && !name.empty()) {
            status = not_found(question.kind, name, std::nullopt);
        }
    }
    return status;
}

int Queries::answer_server() {
    const auto server = confgraph::Server::read(layout_);
    if (!server) {
        return fail(server.error());
    }
    if (options_.api) {
        document_["mmn"] = {{"major", server.value().mmn_major()}, {"minor", server.value().mmn_minor()}};
    }
    if (options_.server_version) {
        document_["server_version"] = server.value().version();
    }
    if (!options_.json && !options_.quiet) {
        if (options_.api) {
            output_.out("{}\n", server.value().mmn_major());
        }
        if (options_.server_version) {
            output_.out("{}\n", server.value().version());
        }
    }
    return FOUND;
}

int Queries::answer_mpm() {
    const auto catalog = take(Catalog::read_mpms(layout_));
    if (!catalog) {
        return NOT_FOUND;
    }
    std::vector<std::string> modules;
    std::vector<std::string> names;
    for (const Entry & entry : catalog->entries(Kind::MODULE)) {
        if (entry.enabled() && entry.is_mpm()) {
            modules.push_back(entry.name());
            names.push_back(confgraph::mpm_name(entry.name()));
        }
    }
    if (modules.empty() && !catalog->static_mpm().empty()) {
        names.push_back(catalog->static_mpm());
    }
    document_["mpm"] = {{"name", names.size() == 1 ? tool::text(names.front()) : Json()},
                        {"modules", tool::texts(modules)}};
    if (names.size() == 1) {
        if (!options_.json && !options_.quiet) {
            output_.out("{}\n", escape(names.front()));
        }
        return FOUND;
    }
    if (!options_.quiet) {
        if (names.empty() && tool::chosen_by_other_alternatives(layout_)) {
            output_.err("No MPM is enabled in {}. The server cannot start; {}\n",
                        escape(layout_.enabled_folder(Kind::MODULE)), tool::other_alternatives_advice());
        } else if (names.empty()) {
            output_.err("No MPM is enabled in {}. The server cannot start; enable one with {} NAME\n",
                        escape(layout_.enabled_folder(Kind::MODULE)), mpm_program(layout_));
        } else {
            output_.err("There is more than one MPM loaded. Do not proceed due to undefined results\n");
            for (const std::string & module : modules) {
                output_.err("HINT: {} is enabled\n", escape(module));
            }
            output_.err("HINT: run {} NAME to keep one of them\n", mpm_program(layout_));
        }
    }
    return NOT_FOUND;
}

int Queries::answer_why() {
    const std::string & asked = *options_.why;
    const Catalog * catalog = all();
    if (catalog == nullptr) {
        return NOT_FOUND;
    }
    const auto module = find(*catalog, Kind::MODULE, asked);
    const auto chains = confgraph::why(*catalog, module ? module->name() : asked);
    if (!module && chains.empty()) {
        return not_found(Kind::MODULE, asked, std::nullopt);
    }
    Json list = Json::array();
    for (const confgraph::Chain & chain : chains) {
        const auto & names = chain.names();
        const auto where = chain.where();
        list.push_back({{"kind", confgraph::word(chain.kind())},
                        {"names", tool::texts(names)},
                        {"where", tool::locations(where)}});
        if (options_.json || options_.quiet) {
            continue;
        }
        std::string line = fmt::format("{} {}", tool::spoken(chain.kind()), escape(names.front()));
        for (std::size_t i = 0; i < where.size(); ++i) {
            line += tool::phrase(" needs {} ({}:{})", escape(names[i + 1]), escape(where[i].file()), where[i].line());
        }
        output_.out("{}\n", line);
    }
    document_["why"] = {{"name", tool::text(module ? module->name() : asked)}, {"chains", std::move(list)}};
    if (chains.empty() && !options_.quiet) {
        output_.err("Nothing that is enabled needs {}\n", escape(module ? module->name() : asked));
    }
    return chains.empty() ? NOT_FOUND : FOUND;
}

int Queries::answer_check() {
    const Catalog * catalog = all();
    if (catalog == nullptr) {
        return NOT_FOUND;
    }
    Json list = Json::array();
    const auto findings = confgraph::check(*catalog);
    for (const confgraph::Finding & finding : findings) {
        const std::string line = finding_text(layout_, finding);
        list.push_back(finding_json(finding, line));
        if (!options_.json && !options_.quiet) {
            print(finding, line, output_);
        }
    }
    document_["check"] = std::move(list);
    if (findings.empty() && !options_.json && !options_.quiet) {
        output_.out("No problem found\n");
    }
    return findings.empty() ? FOUND : NOT_FOUND;
}

int Queries::answer_graph() {
    const Catalog * catalog = all();
    if (catalog == nullptr) {
        return NOT_FOUND;
    }
    std::string graph = *options_.graph == GraphFormat::MERMAID ? mermaid(*catalog) : dot(*catalog);
    if (*options_.graph == GraphFormat::SVG) {
        auto drawn = tool::filter({"dot", "-Tsvg"}, graph);
        if (!drawn) {
            if (!options_.quiet) {
                output_.err(
                    "ERROR: --graph=svg: the program dot could not draw the graph; install Graphviz (package "
                    "graphviz), or use --graph=dot\n");
            }
            return NOT_FOUND;
        }
        graph = std::move(*drawn);
    }
    document_["graph"] = tool::text(graph);
    if (!options_.json && !options_.quiet) {
        output_.document(graph);
    }
    return FOUND;
}

}  // namespace a2query

// SPDX-License-Identifier: Apache-2.0
#include "list.hpp"

#include "common/change.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"
#include "common/place.hpp"
#include "common/notice_text.hpp"
#include "common/spoken.hpp"
#include "common/terminal.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace a2mpm {

using confgraph::Catalog;
using confgraph::Entry;
using confgraph::escape;
using confgraph::Kind;
using confgraph::Layout;
using tool::Json;

namespace {

/// An MPM and the modules that declare to depend on it.
struct Mpm {
    Entry entry;
    std::vector<Entry> dependents;
};

std::vector<Mpm> find_mpms(const Catalog & catalog) {
    const auto modules = catalog.entries(Kind::MODULE);
    std::vector<Mpm> mpms;
    for (const Entry & module : modules) {
        if (module.is_mpm() && (module.available() || module.enabled())) {
            mpms.push_back({module, {}});
        }
    }
    for (const Entry & module : modules) {
        const auto depends = module.depends();
        for (Mpm & mpm : mpms) {
            if (std::any_of(depends.begin(), depends.end(),
                            [&](const confgraph::Reference & name) { return name.name() == mpm.entry.name(); })) {
                mpm.dependents.push_back(module);
            }
        }
    }
    return mpms;
}

std::string line_of(const Mpm & mpm) {
    std::string line = escape(confgraph::mpm_name(mpm.entry.name()));
    line += mpm.entry.enabled() ? tool::phrase(" (enabled by {}", tool::spoken(mpm.entry.enabled_by()))
                                : tool::phrase(" (not enabled");
    if (const auto threaded = mpm.entry.threaded()) {
        line += *threaded ? tool::phrase(", threaded") : tool::phrase(", not threaded");
    }
    line += ')';
    std::string before = tool::phrase("; needed by ");
    for (const Entry & dependent : mpm.dependents) {
        line += before + escape(dependent.name()) + (dependent.enabled() ? tool::phrase(" (enabled)") : "");
        before = ", ";
    }
    return line;
}

Json json_of(const Mpm & mpm) {
    Json dependents = Json::array();
    for (const Entry & dependent : mpm.dependents) {
        dependents.push_back({{"name", tool::text(dependent.name())}, {"enabled", dependent.enabled()}});
    }
    const auto threaded = mpm.entry.threaded();
    const bool enabled = mpm.entry.enabled();
    return {{"name", tool::text(confgraph::mpm_name(mpm.entry.name()))},
            {"module", tool::text(mpm.entry.name())},
            {"enabled", enabled},
            {"enabled_by", enabled ? Json(tool::actor_word(mpm.entry.enabled_by())) : Json()},
            {"available", mpm.entry.available()},
            {"threaded", threaded ? Json(*threaded) : Json()},
            {"dependents", std::move(dependents)}};
}

/// Says what is wrong when not exactly one MPM is enabled, and the command that makes it right.
void print_problem(const tool::CallName & call, const Layout & layout, const std::vector<std::string> & enabled,
                   tool::Output & output) {
    const std::string folder = escape(layout.enabled_folder(Kind::MODULE));
    const std::string program = tool::command_for(call, call.action, call.kind);
    if (enabled.empty() && tool::chosen_by_other_alternatives(layout)) {
        output.err("WARNING: no MPM is enabled in {}, and the server cannot start: {}\n", folder,
                   tool::other_alternatives_advice());
    } else if (enabled.empty()) {
        output.err("WARNING: no MPM is enabled in {}, and the server cannot start: run {} NAME\n", folder, program);
    } else {
        output.err(
            "WARNING: several MPMs are enabled in {} ({}), and the server cannot start: run {} NAME to keep one\n",
            folder, tool::words(enabled), program);
    }
}

int finish(const tool::CallName & call, const std::optional<confgraph::LayoutName> & layout, bool json, Json mpms,
           const Json & enabled, const Json & static_mpm, int status, tool::Output & output) {
    if (json) {
        const Json document = {{"version", tool::JSON_VERSION},
                               {"program", tool::call_name(call.action, call.kind, call.instance)},
                               {"root", tool::root_json(call.place)},
                               {"layout", tool::layout_json(layout)},
                               {"mpms", std::move(mpms)},
                               {"enabled", enabled},
                               {"static_mpm", static_mpm},
                               {"exit_status", status}};
        output.document(tool::dump(document));
    }
    return status;
}

}  // namespace

int list_mpms(const tool::CallName & call, bool json, tool::Output & output) {
    std::optional<confgraph::LayoutName> name;
    const auto fail = [&](const confgraph::Error & error) {
        output.err("ERROR: {}\n", tool::error_text(error, call.place.root()));
        return finish(call, name, json, Json::array(), {}, {}, tool::FAILED, output);
    };
    const auto layout = Layout::from_environment(call.place);
    if (!layout) {
        return fail(layout.error());
    }
    name = layout.value().name();
    const auto catalog = Catalog::read_all_mpms(layout.value());
    if (!catalog) {
        return fail(catalog.error());
    }
    if (const auto & problem = catalog.value().journal_problem()) {
        output.err("WARNING: {}\n", tool::error_text(*problem, call.place.root()));
    }
    // A long line is broken where a terminal is, and nowhere else.
    constexpr std::size_t INDENT = 4;
    const std::size_t width = !json && tool::is_terminal(STDOUT_FILENO) ? tool::columns(STDOUT_FILENO) : 0;
    std::vector<std::string> enabled;
    Json mpms = Json::array();
    for (const Mpm & mpm : find_mpms(catalog.value())) {
        if (!json) {
            output.out("{}\n", tool::filled(line_of(mpm), width, INDENT, 0));
        }
        mpms.push_back(json_of(mpm));
        if (mpm.entry.enabled()) {
            enabled.push_back(confgraph::mpm_name(mpm.entry.name()));
        }
    }
    const std::string & static_mpm = catalog.value().static_mpm();
    if (!static_mpm.empty()) {
        if (!json) {
            output.out("{} (part of the server)\n", escape(static_mpm));
        }
        if (enabled.empty()) {
            enabled.push_back(static_mpm);
        }
    }
    if (enabled.size() != 1) {
        print_problem(call, layout.value(), enabled, output);
    }
    return finish(call, name, json, std::move(mpms), enabled.size() == 1 ? tool::text(enabled.front()) : Json(),
                  static_mpm.empty() ? Json() : tool::text(static_mpm), tool::DONE, output);
}

}  // namespace a2mpm

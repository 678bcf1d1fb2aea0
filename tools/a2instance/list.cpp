// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/language.hpp"
#include "common/terminal.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/instance.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace a2instance {

using confgraph::Catalog;
using confgraph::Entry;
using confgraph::escape;
using confgraph::Instance;
using confgraph::InstanceOrigin;
using confgraph::Kind;
using confgraph::Running;
using tool::Json;

namespace {

/// An instance and what is enabled in it.
struct Details {
    Instance instance;
    std::vector<std::string> modules;
    std::vector<std::string> sites;
    std::vector<std::string> mpms;
};

std::vector<std::string> enabled(const Instance & instance, Kind kind) {
    std::vector<std::string> names;
    if (const auto catalog = Catalog::read_enabled(instance.layout(), kind)) {
        for (const Entry & entry : catalog.value().entries(kind)) {
            if (entry.enabled()) {
                names.push_back(entry.name());
            }
        }
    }
    return names;
}

Details details_of(const Instance & instance) {
    Details details{instance, enabled(instance, Kind::MODULE), enabled(instance, Kind::SITE), {}};
    if (const auto catalog = Catalog::read_mpms(instance.layout())) {
        for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
            if (entry.enabled() && entry.is_mpm()) {
                details.mpms.push_back(confgraph::mpm_name(entry.name()));
            }
        }
        if (details.mpms.empty() && !catalog.value().static_mpm().empty()) {
            details.mpms.push_back(catalog.value().static_mpm());
        }
    }
    return details;
}

std::string_view origin_word(InstanceOrigin origin) {
    switch (origin) {
        case InstanceOrigin::OTHER:
            return "other";
        case InstanceOrigin::MADE:
            return "a2instance";
        case InstanceOrigin::UNFINISHED:
            return "unfinished";
    }
    return {};
}

Json text_or_null(const std::string & text) { return text.empty() ? Json() : tool::text(text); }

Json json_of(const Details & details) {
    const Instance & instance = details.instance;
    Json ports = Json::array();
    for (const confgraph::ListenAddress & address : instance.listens()) {
        ports.push_back({{"listen", tool::text(address.text())},
                         {"port", address.port() ? Json(*address.port()) : Json()},
                         {"secure", address.secure()}});
    }
    const auto process = instance.process();
    return {{"name", tool::text(instance.name())},
            {"config", tool::text(instance.layout().config_folder())},
            {"state", tool::text(instance.layout().state_folder())},
            {"made_by", origin_word(instance.origin())},
            {"mpm", details.mpms.size() == 1 ? tool::text(details.mpms.front()) : Json()},
            {"modules", tool::texts(details.modules)},
            {"sites", tool::texts(details.sites)},
            {"ports", std::move(ports)},
            {"running", instance.running() == Running::UNKNOWN ? Json() : Json(instance.running() == Running::YES)},
            {"pid", process ? Json(*process) : Json()},
            {"pid_file", tool::text(instance.pid_file())},
            {"log_folder", tool::text(instance.log_folder())},
            {"run_user", text_or_null(instance.run_user())},
            {"run_group", text_or_null(instance.run_group())}};
}

std::string shown_name(const Instance & instance) {
    return instance.name().empty() ? tool::phrase("(default)") : escape(instance.name());
}

std::string joined(const std::vector<std::string> & words, std::string_view between) {
    std::string text;
    for (const std::string & word : words) {
        text += fmt::format("{}{}", text.empty() ? "" : between, escape(word));
    }
    return text.empty() ? "-" : text;
}

std::string origin_text(InstanceOrigin origin) {
    switch (origin) {
        case InstanceOrigin::OTHER:
            return tool::phrase("other");
        case InstanceOrigin::MADE:
            return "a2instance";
        case InstanceOrigin::UNFINISHED:
            return tool::phrase("unfinished");
    }
    return {};
}

std::vector<std::string> addresses(const Instance & instance) {
    std::vector<std::string> list;
    for (const confgraph::ListenAddress & address : instance.listens()) {
        list.push_back(address.text());
    }
    return list;
}

std::string running_text(const Instance & instance) {
    if (!instance.layout().root().empty()) {
        return tool::phrase("not known in a root");
    }
    switch (instance.running()) {
        case Running::NO:
            return tool::phrase("no");
        case Running::YES:
            if (const auto process = instance.process()) {
                return tool::phrase("yes ({})", *process);
            }
            return tool::phrase("yes");
        case Running::UNKNOWN:
            break;
    }
    return tool::phrase("unknown");
}

void warn(const Instance & instance, tool::Output & output) {
    const std::string root = instance.layout().root();
    if (!instance.bad_envvars().empty() && !root.empty()) {
        output.err(
            "WARNING: only a shell can tell what {} says, and nothing in a root is executed; the usual values "
            "are shown\n",
            escape(instance.bad_envvars()));
    } else if (!instance.bad_envvars().empty()) {
        output.err("WARNING: {} cannot be evaluated by the shell; the usual values are shown. Correct that file\n",
                   escape(instance.bad_envvars()));
    }
    if (instance.origin() == InstanceOrigin::UNFINISHED) {
        output.err("WARNING: making or removing {} was interrupted; a2instance {}remove {} cleans up\n",
                   shown_name(instance), root.empty() ? std::string() : fmt::format("--root={} ", escape(root)),
                   shown_name(instance));
    }
}

/// A line of the list.
struct Row {
    std::array<std::string, 5> cells;
    Running running = Running::UNKNOWN;
};

/// The column that says whether a server runs.
constexpr std::size_t RUNNING = 3;

/// Servers that run stand out.
std::string coloured_cell(const Row & row, std::size_t column) {
    const bool stands_out = column == RUNNING && row.running == Running::YES;
    return stands_out ? tool::coloured(STDOUT_FILENO, tool::Colour::GREEN, row.cells[column]) : row.cells[column];
}

confgraph::LayoutOptions system_of(const Options & options) {
    return confgraph::LayoutOptions().with_root(options.root);
}

}  // namespace

int list(const Options & options, tool::Output & output) {
    Json instances = Json::array();
    std::vector<Row> rows = {{.cells = {tool::phrase("NAME"), tool::phrase("MPM"), tool::phrase("LISTENS"),
                                        tool::phrase("RUNNING"), tool::phrase("USER")}}};
    for (const Instance & instance : Instance::list(system_of(options))) {
        warn(instance, output);
        const Details details = details_of(instance);
        instances.push_back(json_of(details));
        const std::string user = instance.run_user();
        rows.push_back({.cells = {shown_name(instance), joined(details.mpms, ","), joined(addresses(instance), ","),
                                  running_text(instance), user.empty() ? "-" : escape(user)},
                        .running = instance.running()});
    }
    if (options.json) {
        output.document(tool::dump({{"version", tool::JSON_VERSION},
                                    {"root", root_json(options)},
                                    {"instances", std::move(instances)},
                                    {"error", Json()},
                                    {"exit_status", DONE}}));
        return DONE;
    }
    std::array<std::size_t, 5> widths{};
    for (const Row & row : rows) {
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], tool::width_of(row.cells[i]));
        }
    }
    for (const Row & row : rows) {
        std::string line;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::string blanks(i + 1 < widths.size() ? widths[i] - tool::width_of(row.cells[i]) + 2 : 0, ' ');
            line += coloured_cell(row, i) + blanks;
        }
        output.out("{}\n", line);
    }
    return DONE;
}

int show(const Options & options, tool::Output & output) {
    const auto instance = Instance::find(options.name.value_or(""), system_of(options));
    if (!instance) {
        const std::string error = tool::phrase("there is no instance {}{}", escape(*options.name), in_root(options));
        output.err("ERROR: {}\n", error);
        if (options.json) {
            output.document(tool::dump({{"version", tool::JSON_VERSION},
                                        {"root", root_json(options)},
                                        {"instance", Json()},
                                        {"error", error},
                                        {"exit_status", FAILED}}));
        }
        return FAILED;
    }
    warn(*instance, output);
    const Details details = details_of(*instance);
    if (options.json) {
        output.document(tool::dump({{"version", tool::JSON_VERSION},
                                    {"root", root_json(options)},
                                    {"instance", json_of(details)},
                                    {"error", Json()},
                                    {"exit_status", DONE}}));
        return DONE;
    }
    const confgraph::Layout layout = instance->layout();
    const std::vector<std::pair<std::string, std::string>> lines = {
        {tool::phrase("Name:"), shown_name(*instance)},
        {tool::phrase("Configuration:"), escape(layout.config_folder())},
        {tool::phrase("State:"), escape(layout.state_folder())},
        {tool::phrase("Logs:"), escape(instance->log_folder())},
        {tool::phrase("Made by:"), origin_text(instance->origin())},
        {tool::phrase("MPM:"), joined(details.mpms, " ")},
        {tool::phrase("Listens:"), joined(addresses(*instance), " ")},
        {tool::phrase("Running:"), running_text(*instance)},
        {tool::phrase("User and group:"), escape(instance->run_user()) + " " + escape(instance->run_group())},
        {tool::phrase("Modules:"), joined(details.modules, " ")},
        {tool::phrase("Sites:"), joined(details.sites, " ")}};
    std::size_t indent = 0;
    for (const auto & [label, text] : lines) {
        indent = std::max(indent, tool::width_of(label) + 1);
    }
    const std::size_t width = tool::is_terminal(STDOUT_FILENO) ? tool::columns(STDOUT_FILENO) : 0;
    for (const auto & [label, text] : lines) {
        const std::string blanks(indent - tool::width_of(label), ' ');
        output.out("{}{}{}\n", label, blanks, tool::filled(text, width, indent, indent));
    }
    return DONE;
}

}  // namespace a2instance

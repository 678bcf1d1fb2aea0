// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/instance.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <array>
#include <string_view>
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
    constexpr std::array<std::string_view, 3> WORDS = {"other", "a2instance", "unfinished"};
    return WORDS[static_cast<std::size_t>(origin)];
}

std::string_view running_word(Running running) {
    constexpr std::array<std::string_view, 3> WORDS = {"no", "yes", "unknown"};
    return WORDS[static_cast<std::size_t>(running)];
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
    return instance.name().empty() ? "(default)" : escape(instance.name());
}

std::string joined(const std::vector<std::string> & words, std::string_view between) {
    std::string text;
    for (const std::string & word : words) {
        text += fmt::format("{}{}", text.empty() ? "" : between, escape(word));
    }
    return text.empty() ? "-" : text;
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
        return "not known in a root";
    }
    const auto process = instance.process();
    return instance.running() == Running::YES && process ? fmt::format("yes ({})", *process)
                                                         : std::string(running_word(instance.running()));
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

}  // namespace

int list(const Options & options, tool::Output & output) {
    Json instances = Json::array();
    std::vector<std::array<std::string, 5>> rows = {{"NAME", "MPM", "LISTENS", "RUNNING", "USER"}};
    for (const Instance & instance : Instance::list(options.root)) {
        warn(instance, output);
        const Details details = details_of(instance);
        instances.push_back(json_of(details));
        const std::string user = instance.run_user();
        rows.push_back({shown_name(instance), joined(details.mpms, ","), joined(addresses(instance), ","),
                        running_text(instance), user.empty() ? "-" : escape(user)});
    }
    if (options.json) {
        output.document(tool::dump({{"version", tool::JSON_VERSION},
                                    {"root", root_json(options)},
                                    {"instances", std::move(instances)},
                                    {"exit_status", DONE}}));
        return DONE;
    }
    std::array<std::size_t, 5> widths{};
    for (const auto & row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto & row : rows) {
        output.out("{:{}}  {:{}}  {:{}}  {:{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2], widths[2], row[3],
                   widths[3], row[4]);
    }
    return DONE;
}

int show(const Options & options, tool::Output & output) {
    const auto instance = Instance::find(options.name.value_or(""), options.root);
    if (!instance) {
        output.err("ERROR: there is no instance {}{}\n", escape(*options.name), in_root(options));
        if (options.json) {
            output.document(tool::dump({{"version", tool::JSON_VERSION},
                                        {"root", root_json(options)},
                                        {"instance", Json()},
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
                                    {"exit_status", DONE}}));
        return DONE;
    }
    const confgraph::Layout layout = instance->layout();
    output.out("Name:           {}\n", shown_name(*instance));
    output.out("Configuration:  {}\n", escape(layout.config_folder()));
    output.out("State:          {}\n", escape(layout.state_folder()));
    output.out("Logs:           {}\n", escape(instance->log_folder()));
    output.out("Made by:        {}\n", origin_word(instance->origin()));
    output.out("MPM:            {}\n", joined(details.mpms, " "));
    output.out("Listens:        {}\n", joined(addresses(*instance), " "));
    output.out("Running:        {}\n", running_text(*instance));
    output.out("User and group: {} {}\n", escape(instance->run_user()), escape(instance->run_group()));
    output.out("Modules:        {}\n", joined(details.modules, " "));
    output.out("Sites:          {}\n", joined(details.sites, " "));
    return DONE;
}

}  // namespace a2instance

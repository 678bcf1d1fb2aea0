// SPDX-License-Identifier: Apache-2.0
#include "common/script_call.hpp"

#include "common/language.hpp"
#include "common/process.hpp"

#include <confgraph/server.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <unistd.h>

namespace tool {

using confgraph::ErrorCode;
using confgraph::MaintainerScript;

namespace {

// Where Debian's interface of local policies for services has it, and what it answers when the action is forbidden
// (README.policy-rc.d of init-system-helpers).
constexpr const char * POLICY = "/usr/sbin/policy-rc.d";
constexpr int FORBIDDEN = 101;

constexpr std::string_view RELOAD_PREFIX = "apache2_reload: ";

/// Asked here too, though what carries the action out asks again: a test of the configuration is for nothing when the
/// answer is no, as in nearly every build of an image.
bool permitted(const std::string & action) {
    return ::access(POLICY, X_OK) != 0 || run_silently({POLICY, CONFGRAPH_SERVICE, action}) != FORBIDDEN;
}

}  // namespace

void ScriptOptions::add_to(std::vector<Flag> & flags, std::vector<ValueOption> & values) {
    flags.push_back({"--asked", &asked});
    values.push_back({"--script", &words});
    values.push_back({"--then", &then});
}

std::optional<ScriptCall> script_call(const ScriptOptions & options, Output & output) {
    if (!options.words) {
        output.err("ERROR: --asked and --then need --script\n");
        return std::nullopt;
    }
    auto script = MaintainerScript::parse(*options.words);
    if (!script) {
        output.err(
            "ERROR: --script='{}': no call of a maintainer script; give its name and arguments, such as "
            "'postinst configure'\n",
            confgraph::escape(*options.words));
        return std::nullopt;
    }
    if (options.then && *options.then != "restart" && *options.then != "reload") {
        output.err("ERROR: --then={}: no such action; give restart or reload\n", confgraph::escape(*options.then));
        return std::nullopt;
    }
    // The shell library reads what follows, and the log keeps it.
    speak_english();
    return ScriptCall{*std::move(script), options.then.value_or(""), options.asked};
}

void ScriptAnswer::message(std::string_view priority, std::string_view prefix, std::string_view text) {
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        for (const std::string_view word : {"ERROR: ", "WARNING: ", "HINT: "}) {
            line.remove_prefix(line.starts_with(word) ? word.size() : 0);
        }
        if (!line.empty()) {
            output_.out("{} {}{}\n", priority, prefix, confgraph::escape(line));
        }
    }
}

void ScriptAnswer::server_action(const ScriptCall & call, const confgraph::Layout & layout, bool tested) {
    // Where a layout has a root, there is no server that runs.
    if (!layout.root().empty() || call.then.empty() || !call.script.needs_action(call.asked)) {
        return;
    }
    if (!permitted(call.then)) {
        message("info", RELOAD_PREFIX, "policy-rc.d denied " + call.then);
        return;
    }
    const auto accepted = tested ? confgraph::Done{} : confgraph::test_configuration(layout);
    if (accepted) {
        output_.out("action {}\n", call.then);
    } else if (accepted.error().code() == ErrorCode::SERVER_REFUSED) {
        message("err", RELOAD_PREFIX, "Your configuration is broken. Not " + call.then + "ing Apache 2");
        message("err", RELOAD_PREFIX, accepted.error().text());
    }
}

}  // namespace tool

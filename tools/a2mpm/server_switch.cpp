// SPDX-License-Identifier: Apache-2.0
#include "server_switch.hpp"

#include "common/change.hpp"
#include "common/error_text.hpp"
#include "common/json.hpp"
#include "common/notice_text.hpp"
#include "common/outcome_text.hpp"
#include "common/plan_json.hpp"
#include "common/process.hpp"
#include "common/services.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/text.hpp>

#include <algorithm>
#include <cstdlib>
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

using Command = std::vector<std::string>;

bool in_path(const std::string & program) {
    const char * path = std::getenv("PATH");
    for (std::string_view rest = path == nullptr ? "/usr/sbin:/usr/bin" : path; !rest.empty();) {
        const auto folder = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        if (!folder.empty() && ::access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) {
            return true;
        }
    }
    return false;
}

/// What makes the server's name lead to one server; nothing where there is no program for that.
std::vector<Command> commands_for(const Layout & layout, const std::string & server) {
    if (in_path("alternatives-manual") && in_path("alternatives-update")) {
        return {{"alternatives-manual", layout.server(), server}, {"alternatives-update"}};
    }
    if (in_path("update-alternatives")) {
        return {{"update-alternatives", "--set", layout.server().substr(layout.server().rfind('/') + 1), server}};
    }
    return {};
}

std::string line_of(const Command & command) {
    std::string line;
    for (const std::string & word : command) {
        line.append(line.empty() ? "" : " ").append(escape(word));
    }
    return line;
}

class Switch {
public:
    Switch(const tool::CallName & call, const tool::ChangeOptions & options, const Layout & layout,
           tool::Output & output)
        : call_(call),
          options_(options),
          layout_(layout),
          output_(output),
          asked_(confgraph::mpm_name(confgraph::undecorated(options.names.front()))) {}

    int run() {
        const auto catalog = Catalog::read_all_mpms(layout_);
        if (!catalog) {
            return fail(tool::error_text(catalog.error(), layout_.root()));
        }
        std::optional<Entry> wanted;
        std::vector<std::string> mpms;
        std::vector<std::string> enabled;
        for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
            if (!entry.is_mpm()) {
                continue;
            }
            mpms.push_back(confgraph::mpm_name(entry.name()));
            if (mpms.back() == asked_) {
                wanted = entry;
            }
            if (entry.enabled()) {
                enabled.push_back(entry.name());
            }
        }
        if (!wanted) {
            output_.err("HINT: There are {}; each is a package of its own\n",
                        mpms.empty() ? "no servers" : tool::words(mpms));
            return fail("MPM " + escape(asked_) + " does not exist!");
        }
        if (wanted->enabled()) {
            say("MPM " + escape(asked_) + " already enabled\n");
            return finish(false, {});
        }
        if (const std::string needing = dependents(catalog.value(), enabled); !needing.empty()) {
            output_.err("HINT: disable what you do not need, and try again\n");
            return fail("The following modules depend on " + tool::words(enabled) + ": " + needing);
        }
        if (!layout_.root().empty()) {
            return fail("The MPM " + escape(asked_) + " is the server " + escape(wanted->file()) +
                        ", which alternatives choose, and those cannot be switched in another root");
        }
        commands_ = commands_for(layout_, wanted->file());
        if (commands_.empty()) {
            return fail("There is no alternatives-update and no update-alternatives to choose " +
                        escape(wanted->file()) + " with");
        }
        return options_.dry_run ? show() : carry_out(*wanted);
    }

private:
    /// The enabled modules that declare to need one of the MPMs that go.
    static std::string dependents(const Catalog & catalog, const std::vector<std::string> & mpms) {
        std::vector<std::string> names;
        for (const Entry & entry : catalog.entries(Kind::MODULE)) {
            const auto depends = entry.depends();
            const bool needs = std::any_of(depends.begin(), depends.end(), [&](const confgraph::Reference & reference) {
                return std::find(mpms.begin(), mpms.end(), reference.name()) != mpms.end();
            });
            if (entry.enabled() && needs) {
                names.push_back(entry.name());
            }
        }
        return tool::words(names);
    }

    int show() {
        for (const Command & command : commands_) {
            output_.out("Would run: {}\n", line_of(command));
        }
        return finish(false, {});
    }

    int carry_out(const Entry & wanted) {
        for (const Command & command : commands_) {
            // What it says is not part of a document.
            const auto status = tool::run(command, output_.text_to_stderr());
            if (!status || *status != 0) {
                return fail(line_of(command) + " failed");
            }
        }
        const auto catalog = Catalog::read_all_mpms(layout_);
        const auto now = catalog ? catalog.value().find(Kind::MODULE, wanted.name()) : std::nullopt;
        if (!now || !now->enabled()) {
            return fail(escape(layout_.server()) + " does not lead to " + escape(wanted.file()) + " though " +
                        line_of(commands_.front()) + " succeeded");
        }
        output_.out("Enabling MPM {}.\n", escape(asked_));
        say("To activate the new configuration, you need to run:\n  " + tool::reload_command(call_) + "\n");
        return finish(true, {});
    }

    void say(const std::string & text) {
        if (!options_.quiet) {
            output_.out("{}", text);
        }
    }

    int fail(const std::string & text) {
        output_.err("ERROR: {}\n", text);
        return finish(false, text);
    }

    int finish(bool changed, const std::string & error) {
        const int status = error.empty() ? tool::DONE : tool::FAILED;
        if (options_.json) {
            Json commands = Json::array();
            for (const Command & command : commands_) {
                commands.push_back(tool::texts(command));
            }
            Json document = tool::plan_document(call_, options_.dry_run, nullptr);
            document["commands"] = std::move(commands);
            document["outcome"] = tool::outcome_document(nullptr);
            document["outcome"]["committed"] = changed;
            document["outcome"]["error"] = error.empty() ? Json() : tool::text(error);
            document["outcome"]["exit_status"] = status;
            output_.document(tool::dump(document));
        }
        return status;
    }

    const tool::CallName & call_;
    const tool::ChangeOptions & options_;
    const Layout & layout_;
    tool::Output & output_;
    std::string asked_;
    std::vector<Command> commands_;
};

}  // namespace

int switch_server(const tool::CallName & call, const tool::ChangeOptions & options, const Layout & layout,
                  tool::Output & output) {
    return Switch(call, options, layout, output).run();
}

}  // namespace a2mpm

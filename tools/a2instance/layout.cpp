// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "common/error_text.hpp"
#include "common/language.hpp"

#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

namespace a2instance {

using confgraph::escape;
using confgraph::Layout;
using confgraph::LayoutName;
using confgraph::LayoutOptions;
using tool::Json;

Json root_json(const Options & options) { return options.root.empty() ? Json() : tool::text(options.root); }

std::string in_root(const Options & options) {
    return options.root.empty() ? std::string() : tool::phrase(" (in the root {})", escape(options.root));
}

std::optional<int> refuse_layout(const Options & options, tool::Output & output) {
    const Layout layout = Layout::without_envvars(LayoutOptions().with_root(options.root).without_environment());
    if (layout.name() == LayoutName::DEBIAN) {
        return std::nullopt;
    }
    const std::string error =
        tool::no_instances_text(confgraph::word(layout.name()), layout.config_folder()) + in_root(options);
    output.err("ERROR: {}\n", error);
    if (options.json) {
        Json document = {{"version", tool::JSON_VERSION}, {"root", root_json(options)}, {"error", error}};
        if (options.command == Command::LIST) {
            document["instances"] = Json::array();
        } else if (options.command == Command::SHOW) {
            document["instance"] = Json();
        } else {
            document["name"] = tool::text(*options.name);
        }
        if (options.command == Command::REMOVE) {
            document["left"] = Json::array();
        } else if (options.command == Command::CREATE) {
            document.update({{"dry_run", options.dry_run},
                             {"user", tool::text(options.user.value_or(""))},
                             {"group", tool::text(options.group.value_or(""))},
                             {"port", 0},
                             {"ssl_port", 0},
                             {"steps", Json::array()},
                             {"refusals", Json::array()},
                             {"notes", Json::array()}});
        }
        document["exit_status"] = FAILED;
        output.document(tool::dump(document));
    }
    return FAILED;
}

}  // namespace a2instance

// SPDX-License-Identifier: Apache-2.0
#include "common/place.hpp"

#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>

namespace tool {

std::optional<std::string> find_root(const std::optional<std::string> & option, Output & output) {
    const char * const variable = std::getenv("APACHE_CONFGRAPH_ROOT");
    const std::string root = option ? *option : variable != nullptr ? variable : "";
    const std::string_view name = option ? "--root" : "APACHE_CONFGRAPH_ROOT";
    if (root.empty()) {
        // Where a variable of a script is not set, this system is not what was meant.
        if (option) {
            output.err("ERROR: --root: the name of the folder is empty\n");
            return std::nullopt;
        }
        return root;
    }
    struct stat status {};
    const int error = ::stat(root.c_str(), &status) != 0 ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    if (error != 0) {
        output.err("ERROR: {}={}: {}\n", name, confgraph::escape(root), system_text(error));
        return std::nullopt;
    }
    return root;
}

std::optional<confgraph::LayoutOptions> find_place(const PlaceOptions & options, std::string_view called_instance,
                                                   Output & output) {
    confgraph::LayoutOptions place;
    if (options.instance && !called_instance.empty() && *options.instance != called_instance) {
        output.err("ERROR: --instance={}: the name of the program says {}\n", confgraph::escape(*options.instance),
                   confgraph::escape(called_instance));
        return std::nullopt;
    }
    if (options.instance || !called_instance.empty()) {
        const std::string_view instance = options.instance ? std::string_view(*options.instance) : called_instance;
        if (!confgraph::is_instance_name(instance)) {
            output.err(
                "ERROR: '{}' cannot be the name of an instance: that is one word that does not begin with a dash and "
                "holds no slash, no '..' and no control character\n",
                confgraph::escape(instance));
            return std::nullopt;
        }
        place = place.with_instance(instance);
    }
    const auto root = find_root(options.root, output);
    if (!root) {
        return std::nullopt;
    }
    place = place.with_root(*root);
    if (options.layout) {
        const auto name = confgraph::layout_from_word(*options.layout);
        if (!name) {
            output.err("ERROR: --layout={}: no such layout; give debian, fedora, suse or alt\n",
                       confgraph::escape(*options.layout));
            return std::nullopt;
        }
        place = place.with_name(*name);
    }
    return place;
}

bool chosen_by_other_alternatives(const confgraph::Layout & layout) {
    return layout.name() == confgraph::LayoutName::ALT && !layout.root().empty();
}

std::string other_alternatives_advice() { return phrase("choose it with the alternatives of that system"); }

}  // namespace tool

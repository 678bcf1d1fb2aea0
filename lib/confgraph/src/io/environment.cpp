// SPDX-License-Identifier: Apache-2.0
#include "io/environment.hpp"

#include "core/envvars.hpp"
#include "core/error.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace confgraph::io {

namespace {

// Longer than any envvars file; a longer one is left to the shell.
constexpr std::size_t MAX_ENVVARS_BYTES = 64UL * 1024;

/// Whether a file has to be evaluated. One that cannot be read is left out, as Debian's tools do.
bool needs_evaluation(const FileReader & files, const std::string & file) {
    // A device or a FIFO could go on for ever.
    const auto info = files.info(file);
    if (!info || info.value().type != FileType::REGULAR) {
        return false;
    }
    std::string text;
    const auto read = files.read(file, 4096, [&](std::string_view piece) {
        text.append(piece);
        return text.size() <= MAX_ENVVARS_BYTES;
    });
    return read && (!read.value() || core::envvars_can_matter(text));
}

/// The folders of one kind: what follows APACHE_ in its variables, and its folders' names.
struct KindNames {
    std::string_view variable;
    std::string_view folder;
};
constexpr std::array<KindNames, 3> KIND_NAMES = {{{"MODS", "mods"}, {"CONF", "conf"}, {"SITES", "sites"}}};

/// Values of variables: evaluated ones hold before those of the environment. An empty value, and "0", count as none:
/// that is how Debian's tools look at them.
class Values {
public:
    Values(const Lookup & lookup, const std::map<std::string, std::string> & evaluated)
        : lookup_(lookup), evaluated_(evaluated) {}

    std::string get(const std::string & name, std::string otherwise) const {
        const auto found = evaluated_.find(name);
        std::string text = found != evaluated_.end() ? found->second : lookup_(name).value_or("");
        return text.empty() || text == "0" ? std::move(otherwise) : text;
    }

private:
    const Lookup & lookup_;
    const std::map<std::string, std::string> & evaluated_;
};

std::string default_folder(std::string_view instance) {
    std::string folder = CONFGRAPH_CONFIG_FOLDER;
    if (!instance.empty()) {
        folder.append(1, '-').append(instance);
    }
    return folder;
}

std::string envvars_file(std::string_view instance, const Values & values) {
    return values.get("APACHE_ENVVARS", values.get("APACHE_CONFDIR", default_folder(instance)) + "/envvars");
}

}  // namespace

Result<core::Layout> find_layout(std::string_view instance, const Lookup & lookup, const FileReader & files,
                                 const Evaluate & evaluate) {
    const std::map<std::string, std::string> nothing;
    const std::string file = envvars_file(instance, Values(lookup, nothing));
    if (!needs_evaluation(files, file)) {
        return layout_from(instance, lookup, nothing);
    }
    const auto evaluated = evaluate(file);
    if (!evaluated) {
        return evaluated.error();
    }
    return layout_from(instance, lookup, evaluated.value());
}

core::Layout layout_from(std::string_view instance, const Lookup & lookup,
                         const std::map<std::string, std::string> & evaluated) {
    const Values values(lookup, evaluated);
    core::Layout layout;
    layout.instance = instance;
    layout.config = values.get("APACHE_CONFDIR", default_folder(instance));
    layout.state = values.get("APACHE_STATE_DIRECTORY", CONFGRAPH_STATE_FOLDER);
    layout.server = CONFGRAPH_SERVER;
    layout.envvars = envvars_file(instance, Values(lookup, {}));
    layout.module_folder = CONFGRAPH_MODULE_FOLDER;
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        const KindNames & names = KIND_NAMES[static_cast<std::size_t>(kind)];
        const std::string variable = "APACHE_" + std::string(names.variable);
        const std::string folder = layout.config + "/" + std::string(names.folder);
        core::Folders & folders = layout.of(kind);
        folders.available = values.get(variable + "_AVAILABLE", folder + "-available");
        folders.enabled = values.get(variable + "_ENABLED", folder + "-enabled");
        folders.markers = layout.state + "/" + std::string(word(kind));
    }
    return layout;
}

core::Layout layout_below(std::string_view root) {
    core::Layout layout = layout_from({}, [](const std::string &) { return std::optional<std::string>(); }, {});
    const auto move = [&](std::string & path) { path.insert(0, root); };
    for (std::string * path : {&layout.config, &layout.state, &layout.server, &layout.envvars, &layout.module_folder}) {
        move(*path);
    }
    for (core::Folders & folders : layout.folders) {
        for (std::string * path : {&folders.available, &folders.enabled, &folders.markers}) {
            move(*path);
        }
    }
    return layout;
}

std::optional<std::string> environment_variable(const std::string & name) {
    const char * value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace confgraph::io

// SPDX-License-Identifier: Apache-2.0
#include "io/environment.hpp"

#include "core/envvars.hpp"
#include "core/error.hpp"
#include "core/instance_name.hpp"
#include "io/find_layout.hpp"
#include "io/read_whole.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace confgraph::io {

namespace {

// Longer than any envvars file; a longer one is left to the shell.
constexpr std::size_t MAX_ENVVARS_BYTES = 64UL * 1024;

/// Whether a file has to be evaluated. One that cannot be read is left out, as Debian's tools do.
bool needs_evaluation(const FileReader & files, const std::string & file, const IoResult<FileInfo> & info) {
    // A device or a FIFO could go on for ever.
    if (!info || info.value().type != FileType::REGULAR) {
        return false;
    }
    const auto text = read_whole(files, file, MAX_ENVVARS_BYTES);
    return text ? core::envvars_can_matter(text.value()) : text.error().value == EFBIG;
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

std::string default_folder(std::string_view instance) { return core::instance_path(CONFGRAPH_CONFIG_FOLDER, instance); }

std::string envvars_file(std::string_view instance, const Values & values) {
    return values.get("APACHE_ENVVARS", values.get("APACHE_CONFDIR", default_folder(instance)) + "/envvars");
}

/// The folders of Debian's layout, whose envvars file plays a part where it can matter.
Result<core::Layout> debian_layout(const FoundLayout & found, const core::LayoutOptions & options,
                                   const Lookup & lookup, const FileReader & files, const Evaluate & evaluate) {
    const std::map<std::string, std::string> nothing;
    const std::string file = envvars_file(options.instance, Values(lookup, nothing));
    const bool asked = found.envvars && found.values.empty();
    if (!needs_evaluation(files, file, asked ? *found.envvars : files.info(file))) {
        return layout_from(options, lookup, nothing);
    }
    const auto evaluated = evaluate(file);
    if (!evaluated) {
        return evaluated.error();
    }
    return layout_from(options, lookup, evaluated.value());
}

/// What no variable of the environment says.
void set_binaries(const core::LayoutValues & values, core::Layout & layout) {
    const auto set = [&](std::string_view setting, std::string & path) {
        if (const auto found = values.find(setting); found != values.end()) {
            path = found->second.starts_with('/') ? found->second : layout.config + "/" + found->second;
        }
    };
    set("server", layout.server);
    set("module-folder", layout.module_folder);
    if (!layout.module_folder.ends_with('/')) {
        layout.module_folder += '/';
    }
}

}  // namespace

Result<core::Layout> find_layout(const core::LayoutOptions & options, const Lookup & lookup, const FileReader & files,
                                 const Evaluate & evaluate) {
    const auto detected = detect_layout(options, lookup, files, envvars_file(options.instance, Values(lookup, {})));
    if (!detected) {
        return detected.error();
    }
    const FoundLayout & found = detected.value();
    if (found.name != LayoutName::DEBIAN) {
        return other_layout(found, options, lookup, files);
    }
    if (found.values.empty()) {
        return debian_layout(found, options, lookup, files, evaluate);
    }
    const Lookup settings = with_settings(lookup, found.values, options.instance);
    auto layout = debian_layout(found, options, settings, files, evaluate);
    if (layout) {
        set_binaries(found.values, layout.value());
    }
    return layout;
}

core::Layout layout_without_envvars(const core::LayoutOptions & options, const Lookup & lookup,
                                    const FileReader & files) {
    const auto detected = detect_layout(options, lookup, files, envvars_file(options.instance, Values(lookup, {})));
    if (!detected) {
        return layout_from(options, lookup, {});
    }
    const FoundLayout & found = detected.value();
    if (found.name != LayoutName::DEBIAN) {
        return other_layout(found, options, lookup, files);
    }
    core::Layout layout = layout_from(options, with_settings(lookup, found.values, options.instance), {});
    set_binaries(found.values, layout);
    return layout;
}

core::Layout layout_from(const core::LayoutOptions & options, const Lookup & lookup,
                         const std::map<std::string, std::string> & evaluated) {
    const Values values(lookup, evaluated);
    core::Layout layout;
    layout.root = options.root;
    layout.instance = options.instance;
    layout.config = values.get("APACHE_CONFDIR", default_folder(options.instance));
    // However a configuration is named, it has one folder of markers, and so one lock.
    const std::string own_state =
        core::instance_path(CONFGRAPH_STATE_FOLDER, core::instance_of(layout.config, CONFGRAPH_CONFIG_FOLDER));
    layout.state = values.get("APACHE_STATE_DIRECTORY", own_state);
    if (layout.state == own_state && own_state != CONFGRAPH_STATE_FOLDER) {
        layout.shared_state = CONFGRAPH_STATE_FOLDER;
    }
    layout.server = CONFGRAPH_SERVER;
    layout.envvars = envvars_file(options.instance, Values(lookup, {}));
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

Result<std::map<std::string, std::string>> evaluate_as_text(const FileReader & files, const std::string & file) {
    const auto text = read_whole(files, file, MAX_ENVVARS_BYTES);
    if (!text) {
        return core::make_error(ErrorCode::ENVVARS_NOT_PLAIN, file, text.error().value);
    }
    auto plain = core::read_plain_envvars(text.value());
    if (plain.doubtful_line != 0) {
        return core::make_error({.code = ErrorCode::ENVVARS_NOT_PLAIN,
                                 .path = file,
                                 .line = plain.doubtful_line,
                                 .text = std::move(plain.doubtful_text)});
    }
    return std::move(plain.variables);
}

std::optional<std::string> environment_variable(const std::string & name) {
    const char * value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace confgraph::io

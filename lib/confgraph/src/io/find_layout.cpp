// SPDX-License-Identifier: Apache-2.0
#include "io/find_layout.hpp"

#include "core/error.hpp"
#include "core/layouts.hpp"
#include "io/read_whole.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace confgraph::io {

namespace {

// Far longer than any such file.
constexpr std::size_t MAX_SETTINGS_BYTES = 64UL * 1024;

/// A variable's value; an empty one, and "0", count as none, as everywhere.
std::optional<std::string> value_of(const Lookup & lookup, std::string_view variable) {
    auto text = variable.empty() ? std::nullopt : lookup(std::string(variable));
    return text && !text->empty() && *text != "0" ? text : std::nullopt;
}

Result<core::LayoutSettings> read_settings(const Lookup & lookup, const FileReader & files) {
    const auto given = value_of(lookup, "APACHE_CONFGRAPH_LAYOUT");
    const std::string file = given.value_or(LAYOUT_FILE);
    const auto text = read_whole(files, file, MAX_SETTINGS_BYTES);
    if (!text) {
        const bool none = !given && (text.error().value == ENOENT || text.error().value == ENOTDIR);
        return none ? Result<core::LayoutSettings>(core::LayoutSettings())
                    : core::make_error(ErrorCode::CANNOT_READ, file, text.error().value);
    }
    core::LayoutSettings settings = core::parse_layout_settings(text.value());
    if (settings.bad_line != 0) {
        return core::make_error(
            {.code = ErrorCode::LAYOUT_MALFORMED, .path = file, .line = settings.bad_line, .text = settings.bad_text});
    }
    return settings;
}

/// The layout whose files are there.
LayoutName recognize(const FileReader & files, const std::optional<std::string> & config) {
    const auto exists = [&](const std::string & path) { return files.info(path).ok(); };
    // Debian's tools never asked for more than a folder: without a sign of another layout, it is this one.
    if (config) {
        return exists(*config + "/mods-available")        ? LayoutName::DEBIAN
               : exists(*config + "/conf.modules.d")      ? LayoutName::FEDORA
               : exists(*config + "/conf/mods-available") ? LayoutName::ALT
                                                          : LayoutName::DEBIAN;
    }
    const auto unless_debian = [&](LayoutName name) {
        return exists(std::string(CONFGRAPH_CONFIG_FOLDER) + "/mods-available") ? LayoutName::DEBIAN : name;
    };
    if (exists("/etc/httpd/conf.modules.d")) {
        return unless_debian(LayoutName::FEDORA);
    }
    if (exists("/etc/sysconfig/apache2")) {
        return unless_debian(LayoutName::SUSE);
    }
    return exists("/etc/httpd2/conf/mods-available") ? LayoutName::ALT : LayoutName::DEBIAN;
}

}  // namespace

Result<FoundLayout> detect_layout(const core::LayoutOptions & options, const Lookup & lookup, const FileReader & files,
                                  const std::string & envvars) {
    auto read = read_settings(lookup, files);
    if (!read) {
        return read.error();
    }
    core::LayoutSettings & settings = read.value();
    FoundLayout found;
    found.values = std::move(settings.values);
    if (options.name || settings.name) {
        found.name = options.name.value_or(settings.name.value_or(LayoutName::DEBIAN));
        if (settings.name && *settings.name != found.name) {
            // What is said of one layout makes no sense in another one.
            found.values.clear();
        }
    } else {
        found.envvars = files.info(envvars);
        if (!*found.envvars) {
            auto config = value_of(lookup, "APACHE_CONFDIR");
            if (const auto set = found.values.find("config"); !config && set != found.values.end()) {
                config = set->second;
            }
            found.name = recognize(files, config);
        }
    }
    if (found.name != LayoutName::DEBIAN && !options.instance.empty()) {
        return core::make_error({.code = ErrorCode::NO_INSTANCES,
                                 .path = other_layout(found, options, lookup, files).config,
                                 .text = std::string(core::layout_word(found.name))});
    }
    return found;
}

core::Layout other_layout(const FoundLayout & found, const core::LayoutOptions & options, const Lookup & lookup,
                          const FileReader & files) {
    core::LayoutValues values = found.values;
    for (const core::LayoutSetting & setting : core::LAYOUT_SETTINGS) {
        if (auto value = value_of(lookup, setting.variable)) {
            values.insert_or_assign(std::string(setting.name), std::move(*value));
        }
    }
    if (found.name == LayoutName::SUSE && !values.contains("module-folder") && !files.info("/usr/lib64/apache2") &&
        files.info("/usr/lib/apache2")) {
        values.emplace("module-folder", "/usr/lib/apache2");
    }
    core::Layout layout = core::layout_of(found.name, values);
    layout.root = options.root;
    return layout;
}

Lookup with_settings(const Lookup & lookup, const core::LayoutValues & values, const std::string & instance) {
    return [=](const std::string & name) -> std::optional<std::string> {
        if (auto value = value_of(lookup, name)) {
            return value;
        }
        const auto * const setting =
            std::find_if(core::LAYOUT_SETTINGS.begin(), core::LAYOUT_SETTINGS.end(),
                         [&](const core::LayoutSetting & each) { return !name.empty() && each.variable == name; });
        const auto value = setting == core::LAYOUT_SETTINGS.end() ? values.end() : values.find(setting->name);
        if (value == values.end()) {
            return std::nullopt;
        }
        const auto config = values.find("config");
        if (setting->name == "config") {
            return instance.empty() ? value->second : value->second + "-" + instance;
        }
        return value->second.starts_with('/') || config == values.end() ? value->second
                                                                        : config->second + "/" + value->second;
    };
}

}  // namespace confgraph::io

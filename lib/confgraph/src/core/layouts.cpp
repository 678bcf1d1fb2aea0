// SPDX-License-Identifier: Apache-2.0
#include "core/layouts.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace confgraph::core {

namespace {

// The folders that distributions have for the state of the server belong to the account that it runs as, or do not
// exist: what decides about the next start lies elsewhere.
constexpr std::string_view STATE = "/var/lib/confgraph";

/// Gives a layout its folders.
class Maker {
public:
    Maker(LayoutName name, const LayoutValues & values, std::string_view config) : values_(values) {
        layout_.name = name;
        layout_.config = value("config", config);
        layout_.state = path("state", STATE);
        for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
            layout_.of(kind).markers = layout_.state + "/" + std::string(word(kind));
        }
    }

    Layout fedora() {
        layout_.server = path("server", "/usr/sbin/httpd");
        set_module_folder("modules");
        one_folder(Kind::MODULE, Mechanism::LINES, "modules-enabled", "conf.modules.d");
        one_folder(Kind::CONF, Mechanism::SUFFIX, "confs-enabled", "conf.d");
        // Virtual hosts are in conf.d with all else, unless somebody has arranged it differently.
        const bool sites = values_.contains("sites-enabled");
        one_folder(Kind::SITE, sites ? Mechanism::SUFFIX : Mechanism::NONE, "sites-enabled", "");
        return std::move(layout_);
    }

    Layout suse() {
        layout_.server = path("server", "/usr/sbin/httpd");
        layout_.mpm_servers = layout_.server + "-";
        set_module_folder("/usr/lib64/apache2");
        const std::string file = path("sysconfig", "/etc/sysconfig/apache2");
        const auto slash = file.rfind('/');
        Folders & modules = layout_.of(Kind::MODULE);
        modules.mechanism = Mechanism::WORDS;
        modules.available = layout_.module_folder.substr(0, layout_.module_folder.size() - 1);
        modules.enabled = slash == 0 ? "/" : file.substr(0, slash);
        modules.file = file.substr(slash + 1);
        one_folder(Kind::CONF, Mechanism::SUFFIX, "confs-enabled", "conf.d");
        one_folder(Kind::SITE, Mechanism::SUFFIX, "sites-enabled", "vhosts.d");
        return std::move(layout_);
    }

    Layout alt() {
        layout_.server = path("server", "/usr/sbin/httpd2");
        layout_.mpm_servers = layout_.server + ".";
        set_module_folder("modules");
        links(Kind::MODULE, "modules", "conf/mods");
        links(Kind::CONF, "confs", "conf/extra");
        links(Kind::SITE, "sites", "conf/sites");
        return std::move(layout_);
    }

private:
    std::string value(std::string_view setting, std::string_view otherwise) const {
        const auto found = values_.find(setting);
        return found == values_.end() ? std::string(otherwise) : found->second;
    }

    std::string path(std::string_view setting, std::string_view otherwise) const {
        const std::string given = value(setting, otherwise);
        return given.empty() || given.starts_with('/') ? given : layout_.config + "/" + given;
    }

    void set_module_folder(std::string_view otherwise) {
        layout_.module_folder = path("module-folder", otherwise);
        if (!layout_.module_folder.ends_with('/')) {
            layout_.module_folder += '/';
        }
    }

    /// A kind whose folder holds what is enabled and what is not.
    void one_folder(Kind kind, Mechanism mechanism, std::string_view setting, std::string_view otherwise) {
        Folders & folders = layout_.of(kind);
        folders.mechanism = mechanism;
        folders.enabled = path(setting, otherwise);
        folders.available = folders.enabled;
    }

    void links(Kind kind, const std::string & setting, const std::string & otherwise) {
        Folders & folders = layout_.of(kind);
        folders.available = path(setting + "-available", otherwise + "-available");
        folders.enabled = path(setting + "-enabled", otherwise + "-enabled");
        folders.start_lists = layout_.config + "/" + otherwise + "-start.d";
    }

    const LayoutValues & values_;
    Layout layout_;
};

}  // namespace

Layout layout_of(LayoutName name, const LayoutValues & values) {
    switch (name) {
        case LayoutName::SUSE:
            return Maker(name, values, "/etc/apache2").suse();
        case LayoutName::ALT:
            return Maker(name, values, "/etc/httpd2").alt();
        case LayoutName::DEBIAN:
        case LayoutName::FEDORA:
            break;
    }
    return Maker(LayoutName::FEDORA, values, "/etc/httpd").fedora();
}

}  // namespace confgraph::core

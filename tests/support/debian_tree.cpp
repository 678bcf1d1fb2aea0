// SPDX-License-Identifier: Apache-2.0
#include "support/debian_tree.hpp"

namespace confgraph::test {

DebianTree::DebianTree() {
    for (const Kind kind : {Kind::MODULE, Kind::CONF, Kind::SITE}) {
        files.add_folder(layout.of(kind).available);
        files.add_folder(layout.of(kind).enabled);
        for (const std::string_view folder : core::MARKER_FOLDERS) {
            files.add_folder(layout.of(kind).markers + "/" + std::string(folder));
        }
    }
}

void DebianTree::add_module(const std::string & name, const std::string & header, bool conf) {
    const std::string start = layout.of(Kind::MODULE).available + "/" + name;
    files.add_file(start + ".load",
                   header + "LoadModule " + name + "_module /usr/lib/apache2/modules/mod_" + name + ".so\n");
    if (conf) {
        files.add_file(start + ".conf", "# settings\n");
    }
}

void DebianTree::add_entry(Kind kind, const std::string & name, const std::string & content) {
    files.add_file(layout.of(kind).available + "/" + name + std::string(suffix(kind)), content);
}

void DebianTree::enable(Kind kind, const std::string & name) {
    const core::Folders & folders = layout.of(kind);
    const std::string way = "../" + folders.available.substr(folders.available.rfind('/') + 1) + "/";
    const auto link = [&](const std::string & file) { files.add_link(folders.enabled + "/" + file, way + file); };
    link(name + std::string(suffix(kind)));
    if (kind == Kind::MODULE && files.info(folders.available + "/" + name + ".conf")) {
        link(name + ".conf");
    }
    files.clear_log();
}

void DebianTree::add_marker(Kind kind, std::string_view folder, const std::string & name) {
    files.add_file(layout.of(kind).markers + "/" + std::string(folder) + "/" + name);
}

}  // namespace confgraph::test

// SPDX-License-Identifier: Apache-2.0
#include "io/development_tree.hpp"
#include "io/read_file.hpp"

#include <confgraph-package/headers.hpp>

#include <utility>

namespace confgraph::package {

namespace {

Result<DevelopmentTree> published(core::Result<core::DevelopmentTree> read) {
    if (!read) {
        return Error(std::make_shared<const core::Error>(read.error()));
    }
    return DevelopmentTree(std::make_shared<const core::DevelopmentTree>(std::move(read).value()));
}

}  // namespace

Headers::Headers(std::shared_ptr<const core::Headers> impl) : impl_(std::move(impl)) {}
Result<Headers> Headers::read(const std::string & folder) {
    auto headers = io::read_headers(folder);
    if (!headers) {
        return Error(std::make_shared<const core::Error>(headers.error()));
    }
    return Headers(std::make_shared<const core::Headers>(std::move(headers).value()));
}
const std::string & Headers::path() const { return impl_->path; }
int Headers::mmn_major() const { return impl_->mmn_major; }
int Headers::mmn_minor() const { return impl_->mmn_minor; }

DevelopmentTree::DevelopmentTree(std::shared_ptr<const core::DevelopmentTree> impl) : impl_(std::move(impl)) {}
Result<DevelopmentTree> DevelopmentTree::find(const std::string & root) {
    return published(io::find_development_tree(root, {usual_settings_files(), usual_include_folders()}));
}
Result<DevelopmentTree> DevelopmentTree::read(const std::string & include_folder) {
    return published(io::read_include_folder(include_folder));
}
const std::vector<std::string> & DevelopmentTree::usual_settings_files() {
    static const std::vector<std::string> files = {
        CONFGRAPH_SETTINGS_FILE,  // as configured; then Debian and openSUSE, Fedora, PLD, and the sources' own place
        "/usr/share/apache2/build/config_vars.mk",
        "/usr/lib64/httpd/build/config_vars.mk",
        "/usr/lib/httpd/build/config_vars.mk",
        "/usr/lib64/apache/build/config_vars.mk",
        "/usr/lib/apache/build/config_vars.mk",
        "/usr/local/apache2/build/config_vars.mk"};
    return files;
}
const std::vector<std::string> & DevelopmentTree::usual_include_folders() {
    static const std::vector<std::string> folders = {
        CONFGRAPH_HEADERS_FOLDER,  // as configured; then Debian and openSUSE, Fedora, PLD, and the sources' own place
        "/usr/include/apache2", "/usr/include/httpd", "/usr/include/apache", "/usr/local/apache2/include"};
    return folders;
}
Headers DevelopmentTree::headers() const {
    return Headers(std::shared_ptr<const core::Headers>(impl_, &impl_->headers));
}
const std::string & DevelopmentTree::include_folder() const { return impl_->include_folder; }
const std::string & DevelopmentTree::settings_file() const { return impl_->settings_file; }
std::optional<std::string> DevelopmentTree::setting(std::string_view name) const { return impl_->settings.value(name); }
int DevelopmentTree::settings_mmn_major() const {
    return core::parse_mmn(impl_->settings.value("HTTPD_MMN").value_or("")).value_or(0);
}
const std::string & DevelopmentTree::mmn_file() const { return impl_->note_file; }
std::string DevelopmentTree::mmn_text() const { return impl_->note ? impl_->note->text : std::string(); }
int DevelopmentTree::mmn_file_major() const { return impl_->note ? impl_->note->mmn_major : 0; }
std::string DevelopmentTree::mmn_file_rpm_isa() const { return impl_->note ? impl_->note->rpm_isa() : std::string(); }

}  // namespace confgraph::package

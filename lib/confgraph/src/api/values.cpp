// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/instance_name.hpp"
#include "core/layout.hpp"
#include "core/layout_settings.hpp"
#include "core/location.hpp"
#include "core/request.hpp"
#include "core/server.hpp"
#include "core/text.hpp"
#include "io/environment.hpp"
#include "io/root_file_system.hpp"
#include "io/server.hpp"
#include "io/server_test.hpp"

#include <confgraph/error.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/location.hpp>
#include <confgraph/request.hpp>
#include <confgraph/server.hpp>
#include <confgraph/text.hpp>

#include <utility>

namespace confgraph {

Error::Error(std::shared_ptr<const core::Error> impl) : impl_(std::move(impl)) {}
ErrorCode Error::code() const { return impl_->code; }
const std::string & Error::path() const { return impl_->path; }
int Error::system_error() const { return impl_->system_error; }
unsigned Error::line() const { return impl_->line; }
const std::string & Error::text() const { return impl_->text; }
const std::vector<std::string> & Error::not_undone() const { return impl_->not_undone; }

Location::Location(std::shared_ptr<const core::Location> impl) : impl_(std::move(impl)) {}
const std::string & Location::file() const { return impl_->file; }
unsigned Location::line() const { return impl_->line; }

std::string_view word(LayoutName name) { return core::layout_word(name); }
std::optional<LayoutName> layout_from_word(std::string_view word) { return core::layout_from_word(word); }
bool is_instance_name(std::string_view name) { return core::is_instance_name(name); }

LayoutOptions::LayoutOptions() : impl_(std::make_shared<const core::LayoutOptions>()) {}
LayoutOptions::LayoutOptions(std::shared_ptr<const core::LayoutOptions> impl) : impl_(std::move(impl)) {}
LayoutOptions LayoutOptions::with_instance(std::string_view name) const {
    auto copy = std::make_shared<core::LayoutOptions>(*impl_);
    copy->instance = name;
    return LayoutOptions(copy);
}
LayoutOptions LayoutOptions::with_root(std::string_view folder) const {
    auto copy = std::make_shared<core::LayoutOptions>(*impl_);
    copy->root = folder;
    return LayoutOptions(copy);
}
LayoutOptions LayoutOptions::with_name(LayoutName name) const {
    auto copy = std::make_shared<core::LayoutOptions>(*impl_);
    copy->name = name;
    return LayoutOptions(copy);
}
LayoutOptions LayoutOptions::without_environment() const {
    auto copy = std::make_shared<core::LayoutOptions>(*impl_);
    copy->environment = false;
    return LayoutOptions(copy);
}
const std::string & LayoutOptions::instance() const { return impl_->instance; }
const std::string & LayoutOptions::root() const { return impl_->root; }
const std::optional<LayoutName> & LayoutOptions::name() const { return impl_->name; }

Layout::Layout(std::shared_ptr<const core::Layout> impl) : impl_(std::move(impl)) {}

namespace {

io::Lookup lookup_for(const core::LayoutOptions & options) {
    if (options.environment) {
        return io::environment_variable;
    }
    return [](const std::string &) { return std::optional<std::string>(); };
}

}  // namespace

Result<Layout> Layout::from_environment(const LayoutOptions & options) {
    const auto files = io::files_of(options.root());
    io::Evaluate evaluate = io::evaluate_with_shell;
    if (!options.root().empty()) {
        if (const auto root = files->info("/"); !root) {
            return core::make_error(ErrorCode::CANNOT_READ, options.root(), root.error().value);
        }
        evaluate = [&](const std::string & file) { return io::evaluate_as_text(*files, file); };
    }
    auto found = io::find_layout(options.impl(), lookup_for(options.impl()), *files, evaluate);
    if (!found) {
        return found.error();
    }
    return Layout(std::make_shared<const core::Layout>(std::move(found).value()));
}
Layout Layout::without_envvars(const LayoutOptions & options) {
    return Layout(std::make_shared<const core::Layout>(
        io::layout_without_envvars(options.impl(), lookup_for(options.impl()), *io::files_of(options.root()))));
}
LayoutName Layout::name() const { return impl_->name; }
const std::string & Layout::root() const { return impl_->root; }
const std::string & Layout::config_folder() const { return impl_->config; }
const std::string & Layout::available_folder(Kind kind) const { return impl_->of(kind).available; }
const std::string & Layout::enabled_folder(Kind kind) const { return impl_->of(kind).enabled; }
const std::string & Layout::state_folder() const { return impl_->state; }
const std::string & Layout::instance() const { return impl_->instance; }
const std::string & Layout::server() const { return impl_->server; }
const std::string & Layout::module_folder() const { return impl_->module_folder; }

namespace {

std::shared_ptr<const core::Request> changed(const core::Request & request, bool core::Request::*option, bool on) {
    auto copy = std::make_shared<core::Request>(request);
    (*copy).*option = on;
    return copy;
}

}  // namespace

Request::Request(std::shared_ptr<const core::Request> impl) : impl_(std::move(impl)) {}
Request::Request(Action action, Kind kind, std::vector<std::string> arguments)
    : impl_(std::make_shared<const core::Request>(
          core::Request{action, kind, std::move(arguments), false, false, false})) {}
Request Request::with_force(bool on) const { return Request(changed(*impl_, &core::Request::force, on)); }
Request Request::with_maintmode(bool on) const { return Request(changed(*impl_, &core::Request::maintmode, on)); }
Request Request::with_purge(bool on) const { return Request(changed(*impl_, &core::Request::purge, on)); }
Action Request::action() const { return impl_->action; }
Kind Request::kind() const { return impl_->kind; }
const std::vector<std::string> & Request::arguments() const { return impl_->arguments; }

Server::Server(std::shared_ptr<const core::Server> impl) : impl_(std::move(impl)) {}
Result<Server> Server::read(const Layout & layout) {
    auto read = io::read_server(*io::files_of(layout.root()), layout.impl());
    if (!read) {
        return read.error();
    }
    return Server(std::make_shared<const core::Server>(std::move(read).value()));
}
const std::string & Server::version() const { return impl_->version; }
int Server::mmn_major() const { return impl_->mmn_major; }
int Server::mmn_minor() const { return impl_->mmn_minor; }

Result<Done> test_configuration(const Layout & layout) {
    const auto verdict = io::test_server(layout.impl(), {});
    switch (verdict.answer) {
        case io::ServerAnswer::ACCEPTS:
            return Done{};
        case io::ServerAnswer::REFUSES:
            return core::make_error(
                {.code = ErrorCode::SERVER_REFUSED, .path = layout.config_folder(), .text = verdict.words});
        case io::ServerAnswer::NO_SERVER:
        case io::ServerAnswer::NOT_PERMITTED:
            break;
    }
    return core::make_error({.code = ErrorCode::NOT_A_SERVER, .path = layout.impl().server});
}

std::string escape(std::string_view text) { return core::escape(text); }
std::string_view version() { return CONFGRAPH_VERSION; }

}  // namespace confgraph

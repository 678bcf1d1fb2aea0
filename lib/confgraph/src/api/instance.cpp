// SPDX-License-Identifier: Apache-2.0
#include "core/instance.hpp"
#include "io/instance_maker.hpp"
#include "io/instance_scan.hpp"

#include <confgraph/instance.hpp>

#include <utility>

namespace confgraph {

namespace {

template <class Public, class Core>
std::vector<Public> views(const std::vector<Core> & values) {
    std::vector<Public> list;
    list.reserve(values.size());
    for (const Core & value : values) {
        list.emplace_back(std::make_shared<const Core>(value));
    }
    return list;
}

template <class Value>
std::shared_ptr<const core::InstanceRequest> changed(const core::InstanceRequest & request,
                                                     Value core::InstanceRequest::*member, Value value) {
    auto copy = std::make_shared<core::InstanceRequest>(request);
    (*copy).*member = std::move(value);
    return copy;
}

}  // namespace

InstanceRequest::InstanceRequest(std::shared_ptr<const core::InstanceRequest> impl) : impl_(std::move(impl)) {}
InstanceRequest::InstanceRequest(std::string_view name)
    : impl_(std::make_shared<const core::InstanceRequest>(core::InstanceRequest{.name = std::string(name)})) {}
InstanceRequest InstanceRequest::with_user(std::string_view name) const {
    return InstanceRequest(changed(*impl_, &core::InstanceRequest::user, std::string(name)));
}
InstanceRequest InstanceRequest::with_group(std::string_view name) const {
    return InstanceRequest(changed(*impl_, &core::InstanceRequest::group, std::string(name)));
}
InstanceRequest InstanceRequest::with_port(std::uint16_t port) const {
    return InstanceRequest(changed(*impl_, &core::InstanceRequest::port, std::optional(port)));
}
InstanceRequest InstanceRequest::with_ssl_port(std::uint16_t port) const {
    return InstanceRequest(changed(*impl_, &core::InstanceRequest::ssl_port, std::optional(port)));
}

InstanceRequest InstanceRequest::with_root(std::string_view folder) const {
    return InstanceRequest(changed(*impl_, &core::InstanceRequest::root, std::string(folder)));
}

InstanceStep::InstanceStep(std::shared_ptr<const core::InstanceStep> impl) : impl_(std::move(impl)) {}
InstanceStepCode InstanceStep::code() const { return impl_->code; }
const std::string & InstanceStep::path() const { return impl_->path; }
const std::string & InstanceStep::source() const { return impl_->source; }
const std::string & InstanceStep::target() const { return impl_->target; }
const std::string & InstanceStep::text() const { return impl_->text; }

InstanceIssue::InstanceIssue(std::shared_ptr<const core::InstanceIssue> impl) : impl_(std::move(impl)) {}
InstanceIssueCode InstanceIssue::code() const { return impl_->code; }
const std::string & InstanceIssue::path() const { return impl_->path; }
unsigned InstanceIssue::line() const { return impl_->line; }
const std::string & InstanceIssue::text() const { return impl_->text; }
int InstanceIssue::system_error() const { return impl_->system_error; }

InstancePlan::InstancePlan(std::shared_ptr<const core::InstancePlan> impl) : impl_(std::move(impl)) {}
InstancePlan InstancePlan::make(const InstanceRequest & request) {
    const io::System system(request.impl().root);
    return InstancePlan(std::make_shared<const core::InstancePlan>(
        core::plan_instance(io::read_instance_facts(system, request.impl()), request.impl())));
}
const std::string & InstancePlan::name() const { return impl_->request.name; }
const std::string & InstancePlan::config_folder() const { return impl_->config; }
std::vector<InstanceIssue> InstancePlan::refusals() const { return views<InstanceIssue>(impl_->refusals); }
std::vector<InstanceIssue> InstancePlan::notes() const { return views<InstanceIssue>(impl_->notes); }
std::vector<InstanceStep> InstancePlan::steps() const { return views<InstanceStep>(impl_->steps); }
const std::string & InstancePlan::user() const { return impl_->user; }
const std::string & InstancePlan::group() const { return impl_->group; }
std::uint16_t InstancePlan::port() const { return impl_->port; }
std::uint16_t InstancePlan::ssl_port() const { return impl_->ssl_port; }
bool InstancePlan::systemd() const { return impl_->systemd; }
const std::string & InstancePlan::root() const { return impl_->request.root; }
bool InstancePlan::cleans_up() const { return impl_->cleans_up; }

ListenAddress::ListenAddress(std::shared_ptr<const core::PortUse> impl) : impl_(std::move(impl)) {}
const std::string & ListenAddress::text() const { return impl_->address; }
std::optional<std::uint16_t> ListenAddress::port() const { return impl_->port; }
bool ListenAddress::secure() const { return impl_->secure; }

Instance::Instance(std::shared_ptr<const core::Instance> impl) : impl_(std::move(impl)) {}
std::vector<Instance> Instance::list(const LayoutOptions & options) {
    const io::System system(options.root());
    std::vector<Instance> list;
    for (const std::string & name : io::instance_names(system)) {
        list.emplace_back(std::make_shared<const core::Instance>(io::read_instance(system, name)));
    }
    return list;
}
std::optional<Instance> Instance::find(std::string_view name, const LayoutOptions & options) {
    const io::System system(options.root());
    if (!name.empty() && !io::instance_exists(system, std::string(name))) {
        return std::nullopt;
    }
    return Instance(std::make_shared<const core::Instance>(io::read_instance(system, std::string(name))));
}
const std::string & Instance::name() const { return impl_->layout.instance; }
Layout Instance::layout() const { return Layout(std::make_shared<const core::Layout>(impl_->layout)); }
InstanceOrigin Instance::origin() const { return impl_->origin; }
std::vector<ListenAddress> Instance::listens() const { return views<ListenAddress>(impl_->listens); }
const std::string & Instance::run_user() const { return impl_->run_user; }
const std::string & Instance::run_group() const { return impl_->run_group; }
const std::string & Instance::pid_file() const { return impl_->pid_file; }
const std::string & Instance::log_folder() const { return impl_->log_folder; }
Running Instance::running() const { return impl_->running; }
std::optional<int> Instance::process() const { return impl_->process; }
const std::string & Instance::bad_envvars() const { return impl_->bad_envvars; }

Result<InstancePlan> create_instance(const InstancePlan & plan, std::chrono::milliseconds wait,
                                     const std::function<void(const std::string &)> & waiting) {
    auto made = io::create_instance(io::System(plan.root()), plan.impl().request, {wait, waiting});
    if (!made) {
        return made.error();
    }
    return InstancePlan(std::make_shared<const core::InstancePlan>(std::move(made).value()));
}

Result<std::vector<std::string>> remove_instance(const Instance & instance, bool purge, std::chrono::milliseconds wait,
                                                 const std::function<void(const std::string &)> & waiting) {
    return io::remove_instance(io::System(instance.layout().root()), instance.name(), purge, {wait, waiting});
}

}  // namespace confgraph

// SPDX-License-Identifier: Apache-2.0
#include "core/plan.hpp"

#include "api/views.hpp"
#include "core/planner.hpp"

#include <confgraph/plan.hpp>

#include <utility>

namespace confgraph {

Operation::Operation(std::shared_ptr<const core::Operation> impl) : impl_(std::move(impl)) {}
OperationCode Operation::code() const { return impl_->code; }
const std::string & Operation::path() const { return impl_->path; }
const std::string & Operation::target() const { return impl_->target; }
const std::string & Operation::replaced_path() const { return impl_->replaced_path; }
const std::string & Operation::replaced_target() const { return impl_->replaced_target; }
unsigned Operation::line() const { return impl_->line; }
bool operator==(const Operation & left, const Operation & right) { return *left.impl_ == *right.impl_; }

Step::Step(std::shared_ptr<const core::Step> impl) : impl_(std::move(impl)) {}
StepCode Step::code() const { return impl_->code; }
const std::string & Step::name() const { return impl_->name; }
Reason Step::reason() const { return impl_->cause.reason; }
const std::string & Step::because() const { return impl_->cause.because; }
std::vector<Location> Step::where() const { return api::views<Location>(impl_, impl_->cause.where); }
std::vector<Operation> Step::operations() const { return api::views<Operation>(impl_, impl_->operations); }

Notice::Notice(std::shared_ptr<const core::Notice> impl) : impl_(std::move(impl)) {}
NoticeCode Notice::code() const { return impl_->code; }
Severity Notice::severity() const { return impl_->severity; }
const std::string & Notice::subject() const { return impl_->subject; }
const std::string & Notice::object() const { return impl_->object; }
const std::string & Notice::path() const { return impl_->path; }
const std::vector<std::string> & Notice::names() const { return impl_->names; }
std::vector<Location> Notice::where() const { return api::views<Location>(impl_, impl_->where); }

Unit::Unit(std::shared_ptr<const core::Unit> impl) : impl_(std::move(impl)) {}
const std::string & Unit::name() const { return impl_->name; }
UnitState Unit::state() const { return impl_->state; }

Plan::Plan(std::shared_ptr<const core::Plan> impl) : impl_(std::move(impl)) {}
std::vector<Notice> Plan::notices() const { return api::views<Notice>(impl_, impl_->notices); }
std::vector<Step> Plan::steps() const { return api::views<Step>(impl_, impl_->steps); }
std::vector<Unit> Plan::units() const { return api::views<Unit>(impl_, impl_->units); }
bool Plan::refused() const { return impl_->refused; }
bool Plan::needs_reload() const { return impl_->needs_reload; }
const std::vector<std::string> & Plan::confirmations() const { return impl_->confirmations; }
const std::vector<std::string> & Plan::services() const { return impl_->services; }
bool operator==(const Plan & left, const Plan & right) { return *left.impl_ == *right.impl_; }

Plan plan(const Catalog & catalog, const Request & request) {
    return Plan(std::make_shared<const core::Plan>(core::make_plan(catalog.impl(), request.impl())));
}

}  // namespace confgraph

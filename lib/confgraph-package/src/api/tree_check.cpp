// SPDX-License-Identifier: Apache-2.0
#include "io/tree_check.hpp"

#include "core/stock_modules.hpp"
#include "io/package_load_check.hpp"

#include <confgraph-package/package.hpp>
#include <confgraph-package/tree_check.hpp>

#include <utility>

namespace confgraph::package {

TreeProblem::TreeProblem(std::shared_ptr<const core::TreeProblem> impl) : impl_(std::move(impl)) {}
TreeProblemCode TreeProblem::code() const { return impl_->code; }
const std::string & TreeProblem::file() const { return impl_->file; }
unsigned TreeProblem::line() const { return impl_->line; }
const std::string & TreeProblem::text() const { return impl_->text; }
const std::string & TreeProblem::object() const { return impl_->object; }
const std::vector<std::string> & TreeProblem::others() const { return impl_->others; }
int TreeProblem::mmn() const { return impl_->mmn; }
int TreeProblem::declared_mmn() const { return impl_->declared_mmn; }
DiagnosticCode TreeProblem::diagnostic() const { return impl_->diagnostic; }
std::optional<Error> TreeProblem::error() const {
    return impl_->error ? std::optional(Error(std::make_shared<const core::Error>(*impl_->error))) : std::nullopt;
}

bool TreeProblem::is_error() const {
    // Another package may have the module, or the binary.
    if (impl_->code == TreeProblemCode::UNKNOWN_DEPENDENCY || impl_->code == TreeProblemCode::BINARY_OUTSIDE) {
        return false;
    }
    if (impl_->code != TreeProblemCode::MALFORMED_FILE) {
        return true;
    }
    switch (impl_->diagnostic) {
        case DiagnosticCode::SELF_REFERENCE:
        case DiagnosticCode::NEARLY_MAGIC:
            return false;
        default:
            return true;
    }
}

struct TreeExpectations::Impl {
    io::Expectations values;
};
TreeExpectations::TreeExpectations() : impl_(std::make_shared<const Impl>()) {}
TreeExpectations::TreeExpectations(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
TreeExpectations TreeExpectations::with_mmn(int major) const {
    auto copy = std::make_shared<Impl>(*impl_);
    copy->values.mmn = major;
    return TreeExpectations(std::move(copy));
}
TreeExpectations TreeExpectations::with_root(std::string root) const {
    auto copy = std::make_shared<Impl>(*impl_);
    copy->values.root = std::move(root);
    return TreeExpectations(std::move(copy));
}
TreeExpectations TreeExpectations::with_other_tree(std::string tree) const {
    auto copy = std::make_shared<Impl>(*impl_);
    copy->values.other_trees.push_back(std::move(tree));
    return TreeExpectations(std::move(copy));
}

namespace {

std::vector<TreeProblem> published(std::vector<core::TreeProblem> found) {
    std::vector<TreeProblem> problems;
    problems.reserve(found.size());
    for (core::TreeProblem & problem : found) {
        problems.push_back(TreeProblem(std::make_shared<const core::TreeProblem>(std::move(problem))));
    }
    return problems;
}

}  // namespace

Result<std::vector<TreeProblem>> check_tree(const std::string & tree, const TreeExpectations & expectations) {
    auto checked = io::check_tree(tree, expectations.impl().values);
    if (!checked) {
        return Error(std::make_shared<const core::Error>(checked.error()));
    }
    return published(std::move(checked).value());
}

std::vector<TreeProblem> check_load_files(const Package & package, const TreeExpectations & expectations) {
    return published(io::check_load_files(package.impl(), expectations.impl().values));
}

bool is_stock_module(std::string_view name) { return core::is_stock_module(name); }

}  // namespace confgraph::package

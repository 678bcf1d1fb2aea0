// SPDX-License-Identifier: Apache-2.0
#include "core/package.hpp"
#include "core/package_check.hpp"
#include "io/read_package.hpp"

#include <confgraph-package/package.hpp>

#include <utility>

namespace confgraph::package {

namespace {

template <class View, class Value>
std::vector<View> views(const std::shared_ptr<const core::Package> & package, const std::vector<Value> & values) {
    std::vector<View> list;
    list.reserve(values.size());
    for (const Value & value : values) {
        list.push_back(View(std::shared_ptr<const Value>(package, &value)));
    }
    return list;
}

Result<Package> published(core::Result<core::Package> read) {
    if (!read) {
        return Error(std::make_shared<const core::Error>(read.error()));
    }
    return Package(std::make_shared<const core::Package>(std::move(read).value()));
}

}  // namespace

PackageLimits::PackageLimits() : impl_(std::make_shared<const core::Limits>()) {}
PackageLimits::PackageLimits(std::shared_ptr<const core::Limits> impl) : impl_(std::move(impl)) {}
PackageLimits PackageLimits::with_unpacked_bytes(std::uint64_t bytes) const {
    auto copy = std::make_shared<core::Limits>(*impl_);
    copy->unpacked_bytes = bytes;
    return PackageLimits(std::move(copy));
}
PackageLimits PackageLimits::with_growth(std::uint64_t times) const {
    auto copy = std::make_shared<core::Limits>(*impl_);
    copy->growth = times;
    return PackageLimits(std::move(copy));
}
PackageLimits PackageLimits::with_files(std::uint64_t count) const {
    auto copy = std::make_shared<core::Limits>(*impl_);
    copy->files = count;
    return PackageLimits(std::move(copy));
}
PackageLimits PackageLimits::with_binary_bytes(std::uint64_t bytes) const {
    auto copy = std::make_shared<core::Limits>(*impl_);
    copy->binary_bytes = bytes;
    return PackageLimits(std::move(copy));
}
PackageLimits PackageLimits::with_control_bytes(std::uint64_t bytes) const {
    auto copy = std::make_shared<core::Limits>(*impl_);
    copy->control_bytes = bytes;
    return PackageLimits(std::move(copy));
}

Relation::Relation(std::shared_ptr<const core::Relation> impl) : impl_(std::move(impl)) {}
const std::string & Relation::name() const { return impl_->name; }
const std::string & Relation::relation() const { return impl_->relation; }
const std::string & Relation::version() const { return impl_->version; }
bool Relation::alternative() const { return impl_->alternative; }

Script::Script(std::shared_ptr<const core::Script> impl) : impl_(std::move(impl)) {}
const std::string & Script::name() const { return impl_->name; }
const std::string & Script::text() const { return impl_->text; }

Trigger::Trigger(std::shared_ptr<const core::Trigger> impl) : impl_(std::move(impl)) {}
const std::string & Trigger::kind() const { return impl_->kind; }
const std::string & Trigger::name() const { return impl_->name; }

PackageFile::PackageFile(std::shared_ptr<const core::PackageFile> impl) : impl_(std::move(impl)) {}
const std::string & PackageFile::path() const { return impl_->path; }
PackageFileType PackageFile::type() const { return impl_->type; }
std::uint64_t PackageFile::size() const { return impl_->size; }
const std::string & PackageFile::target() const { return impl_->target; }

std::string_view PackageContent::next() { return impl_->next(); }

Package::Package(std::shared_ptr<const core::Package> impl) : impl_(std::move(impl)) {}
Result<Package> Package::read(const std::string & path, const PackageLimits & limits) {
    return published(io::read_package_modules(path, limits.impl()));
}
Result<Package> Package::read(const std::string & path, const PackageLimits & limits,
                              const std::function<void(const PackageFile &, PackageContent &)> & visit) {
    return published(io::read_package(
        path, limits.impl(), [&](const core::PackageFile & file, core::Content & content) -> core::Result<bool> {
            PackageContent shown(content);
            visit(PackageFile(std::make_shared<const core::PackageFile>(file)), shown);
            return true;
        }));
}
bool Package::is_package(const std::string & path) { return io::is_package(path); }
const std::string & Package::path() const { return impl_->path; }
PackageKind Package::kind() const { return impl_->kind; }
const std::string & Package::name() const { return impl_->name; }
const std::string & Package::version() const { return impl_->version; }
const std::string & Package::architecture() const { return impl_->architecture; }
std::vector<Relation> Package::depends() const { return views<Relation>(impl_, impl_->depends); }
std::vector<Relation> Package::provides() const { return views<Relation>(impl_, impl_->provides); }
std::vector<Script> Package::scripts() const { return views<Script>(impl_, impl_->scripts); }
std::vector<Trigger> Package::triggers() const { return views<Trigger>(impl_, impl_->triggers); }
std::vector<PackageFile> Package::files() const { return views<PackageFile>(impl_, impl_->files); }
std::vector<ModuleBinary> Package::binaries() const { return views<ModuleBinary>(impl_, impl_->binaries); }
std::vector<Error> Package::errors() const { return views<Error>(impl_, impl_->errors); }

PackageProblem::PackageProblem(std::shared_ptr<const core::PackageProblem> impl) : impl_(std::move(impl)) {}
PackageProblemCode PackageProblem::code() const { return impl_->code; }
bool PackageProblem::is_error() const { return impl_->code != PackageProblemCode::SUPERFLUOUS_OPENSSL; }
const std::string & PackageProblem::file() const { return impl_->file; }
const std::string & PackageProblem::other() const { return impl_->other; }
const std::string & PackageProblem::declared() const { return impl_->declared; }
const std::string & PackageProblem::expected() const { return impl_->expected; }
int PackageProblem::mmn() const { return impl_->mmn; }
int PackageProblem::other_mmn() const { return impl_->other_mmn; }
std::size_t PackageProblem::error() const { return impl_->error; }

std::vector<PackageProblem> check_package(const Package & package, int mmn) {
    std::vector<PackageProblem> problems;
    for (core::PackageProblem & problem : core::check_package(package.impl(), mmn)) {
        problems.push_back(PackageProblem(std::make_shared<const core::PackageProblem>(std::move(problem))));
    }
    return problems;
}

}  // namespace confgraph::package

// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/machine.hpp"
#include "core/module_records.hpp"
#include "io/binary_tree.hpp"
#include "io/read_file.hpp"

#include <confgraph-package/binary.hpp>
#include <confgraph-package/error.hpp>

#include <utility>

namespace confgraph::package {

namespace {

Error public_error(const core::Error & error) { return Error(std::make_shared<const core::Error>(error)); }

ModuleBinary public_binary(core::Binary binary) {
    return ModuleBinary(std::make_shared<const core::Binary>(std::move(binary)));
}

template <class View, class Whole, class Part>
std::vector<View> views(const std::shared_ptr<const Whole> & whole, const std::vector<Part> & parts) {
    std::vector<View> list;
    list.reserve(parts.size());
    for (const Part & part : parts) {
        list.push_back(View(std::shared_ptr<const Part>(whole, &part)));
    }
    return list;
}

}  // namespace

Error::Error(std::shared_ptr<const core::Error> impl) : impl_(std::move(impl)) {}
ErrorCode Error::code() const { return impl_->code; }
const std::string & Error::path() const { return impl_->path; }
int Error::system_error() const { return impl_->system_error; }
Part Error::part() const { return impl_->part; }
std::uint64_t Error::offset() const { return impl_->offset; }
unsigned Error::number() const { return impl_->number; }
const std::string & Error::member() const { return impl_->member; }
const std::string & Error::detail() const { return impl_->detail; }

Directive::Directive(std::shared_ptr<const core::Directive> impl) : impl_(std::move(impl)) {}
const std::string & Directive::name() const { return impl_->name; }
std::uint32_t Directive::allowed() const { return impl_->allowed; }
Arguments Directive::arguments() const { return impl_->arguments; }
const std::string & Directive::help() const { return impl_->help; }

Module::Module(std::shared_ptr<const core::Module> impl) : impl_(std::move(impl)) {}
const std::string & Module::identifier() const { return impl_->identifier; }
const std::string & Module::source() const { return impl_->source; }
int Module::mmn_major() const { return impl_->mmn_major; }
int Module::mmn_minor() const { return impl_->mmn_minor; }
std::string_view Module::cookie() const { return impl_->cookie; }
std::vector<Directive> Module::directives() const { return views<Directive>(impl_, impl_->directives); }
bool Module::directives_known() const { return impl_->directives_known; }

ModuleBinary::ModuleBinary(std::shared_ptr<const core::Binary> impl) : impl_(std::move(impl)) {}
Result<ModuleBinary> ModuleBinary::read(const std::string & path) {
    auto binary = io::read_binary(path);
    if (!binary) {
        return public_error(binary.error());
    }
    return public_binary(std::move(binary).value());
}
Result<ModuleBinary> ModuleBinary::parse(std::string bytes, const std::string & path) {
    auto binary = core::parse_binary(std::move(bytes), path);
    if (!binary) {
        return public_error(binary.error());
    }
    return public_binary(std::move(binary).value());
}
const std::string & ModuleBinary::path() const { return impl_->path; }
std::vector<Module> ModuleBinary::modules() const { return views<Module>(impl_, impl_->modules); }
std::string_view ModuleBinary::machine() const { return impl_->machine->name; }
int ModuleBinary::bits() const { return impl_->bits; }
bool ModuleBinary::big_endian() const { return impl_->big_endian; }
const std::string & ModuleBinary::rpm_isa() const { return impl_->rpm_isa; }
bool ModuleBinary::uses_openssl() const { return impl_->uses_openssl; }

std::string native_rpm_isa() {
    const core::Machine * machine = core::native_machine();
    return machine == nullptr ? std::string() : core::rpm_isa(*machine, sizeof(void *) == 8 ? 64 : 32, 0);
}

struct BinaryTree::Impl {
    std::vector<ModuleBinary> binaries;
    std::vector<Error> errors;
};
BinaryTree::BinaryTree(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Result<BinaryTree> BinaryTree::read(const std::string & path) {
    auto found = io::find_binaries(path);
    if (!found) {
        return public_error(found.error());
    }
    auto impl = std::make_shared<Impl>();
    for (core::Binary & binary : found.value().binaries) {
        impl->binaries.push_back(public_binary(std::move(binary)));
    }
    for (const core::Error & error : found.value().errors) {
        impl->errors.push_back(public_error(error));
    }
    return BinaryTree(std::move(impl));
}
const std::vector<ModuleBinary> & BinaryTree::binaries() const { return impl_->binaries; }
const std::vector<Error> & BinaryTree::errors() const { return impl_->errors; }

}  // namespace confgraph::package

// SPDX-License-Identifier: Apache-2.0
#include "io/read_package.hpp"

#include "core/ar.hpp"
#include "core/module_records.hpp"
#include "io/package_formats.hpp"

#include <algorithm>
#include <utility>

namespace confgraph::package::io {

namespace {

constexpr std::size_t MAGIC_BYTES = 8;
constexpr std::string_view ELF_MAGIC =
    "\x7F"
    "ELF";

/// Reads a binary from its first part on. Nothing when it holds no module, or is no binary; an error when it has more
/// bytes than there may be.
core::Result<bool> take_binary(const core::PackageFile & file, core::Content & content, const core::Limits & limits,
                               core::Package & package) {
    std::string bytes(content.next());
    while (!bytes.empty() && bytes.size() < ELF_MAGIC.size()) {
        const std::string_view more = content.next();
        if (more.empty()) {
            break;
        }
        bytes.append(more);
    }
    if (!bytes.starts_with(ELF_MAGIC)) {
        return true;
    }
    for (std::string_view more = content.next(); !more.empty(); more = content.next()) {
        if (bytes.size() + more.size() > limits.binary_bytes) {
            return member_error(ErrorCode::TOO_LARGE, Part::MEMBER, 0, file.path);
        }
        bytes.append(more);
    }
    auto binary = core::parse_binary(std::move(bytes), file.path);
    if (binary) {
        if (!binary.value().modules.empty()) {
            package.binaries.push_back(std::move(binary).value());
        }
        return true;
    }
    const ErrorCode code = binary.error().code;
    if (file.path.ends_with(".so") && code != ErrorCode::NOT_ELF && code != ErrorCode::NOT_LOADABLE) {
        package.errors.push_back(binary.error());
    }
    return true;
}

core::Error named(core::Error error, const std::string & path) {
    error.path = path;
    return error;
}

/// What a file begins with.
core::Result<std::string_view> magic_of(Source & source) {
    const auto start = source.text_at(0, MAGIC_BYTES);
    if (!start) {
        return start.error();
    }
    for (const std::string_view magic : {core::AR_MAGIC, RPM_MAGIC}) {
        if (start.value().starts_with(magic)) {
            return magic;
        }
    }
    return std::string_view();
}

}  // namespace

core::Error member_error(ErrorCode code, Part part, std::uint64_t offset, std::string_view member) {
    return {code, {}, 0, part, offset, 0, std::string(member)};
}

core::Result<bool> take_file(core::PackageFile file, const core::Limits & limits, core::Content & content,
                             core::Package & package, const core::Visit & visit) {
    if (package.files.size() >= limits.files) {
        return member_error(ErrorCode::TOO_MUCH, Part::UNPACKED, 0, file.path);
    }
    package.files.push_back(std::move(file));
    return visit(package.files.back(), content);
}

bool is_package(const std::string & path) {
    FileSource source;
    if (!source.open(path)) {
        return false;
    }
    const auto magic = magic_of(source);
    return magic && !magic.value().empty();
}

core::Result<core::Package> read_package(Source & source, const std::string & path, const core::Limits & limits,
                                         const core::Visit & visit) {
    const auto magic = magic_of(source);
    if (!magic) {
        return named(magic.error(), path);
    }
    if (magic.value().empty()) {
        return core::Error{ErrorCode::NOT_A_PACKAGE, path, 0, Part::NONE, 0, 0};
    }
    core::Package package{path};
    package.kind = magic.value() == RPM_MAGIC ? PackageKind::RPM : PackageKind::DEB;
    const auto done = package.kind == PackageKind::RPM ? read_rpm(source, limits, package, visit)
                                                       : read_deb(source, limits, package, visit);
    if (!done) {
        return named(done.error(), path);
    }
    return package;
}

core::Result<core::Package> read_package(const std::string & path, const core::Limits & limits,
                                         const core::Visit & visit) {
    FileSource source;
    if (const auto opened = source.open(path); !opened) {
        return named(opened.error(), path);
    }
    return read_package(source, path, limits, visit);
}

core::Result<core::Package> read_package_modules(Source & source, const std::string & path,
                                                 const core::Limits & limits) {
    // What is found is kept apart: the package is still being filled.
    core::Package found;
    auto package = read_package(
        source, path, limits, [&](const core::PackageFile & file, core::Content & content) -> core::Result<bool> {
            return file.type == PackageFileType::FILE ? take_binary(file, content, limits, found) : true;
        });
    if (!package) {
        return package.error();
    }
    core::Package whole = std::move(package).value();
    std::sort(found.binaries.begin(), found.binaries.end(),
              [](const core::Binary & left, const core::Binary & right) { return left.path < right.path; });
    whole.binaries = std::move(found.binaries);
    whole.errors = std::move(found.errors);
    return whole;
}

core::Result<core::Package> read_package_modules(const std::string & path, const core::Limits & limits) {
    FileSource source;
    if (const auto opened = source.open(path); !opened) {
        return named(opened.error(), path);
    }
    return read_package_modules(source, path, limits);
}

}  // namespace confgraph::package::io

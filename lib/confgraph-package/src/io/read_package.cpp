// SPDX-License-Identifier: Apache-2.0
#include "io/read_package.hpp"

#include "core/ar.hpp"
#include "core/module_records.hpp"
#include "io/package_formats.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace confgraph::package::io {

namespace {

constexpr std::size_t MAGIC_BYTES = 8;
constexpr std::size_t MAX_LOAD_FILE_BYTES = 1024UL * 1024;  // of a larger one no more is looked at
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
    std::string_view more;
    do {
        if (bytes.size() + more.size() > limits.binary_bytes) {
            return member_error(ErrorCode::TOO_LARGE, Part::MEMBER, 0, file.path);
        }
        bytes.append(more);
        more = content.next();
    } while (!more.empty());
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

/// Reads a .load file, or of one that is too large enough to tell.
core::Result<bool> take_load_file(const core::PackageFile & file, core::Content & content, const core::Limits & limits,
                                  std::uint64_t & total, core::Package & package) {
    core::LoadFile load{file.path, {}};
    for (std::string_view part = content.next(); !part.empty() && load.text.size() <= MAX_LOAD_FILE_BYTES;
         part = content.next()) {
        load.text.append(part);
    }
    load.text.resize(std::min(load.text.size(), MAX_LOAD_FILE_BYTES + 1));
    total += load.text.size();
    if (total > limits.control_bytes) {
        return member_error(ErrorCode::TOO_MUCH, Part::UNPACKED, 0, file.path);
    }
    package.load_files.push_back(std::move(load));
    return true;
}

/// Where each path is in a list.
template <class Value>
std::unordered_map<std::string, std::size_t> indexes(const std::vector<Value> & values) {
    std::unordered_map<std::string, std::size_t> found;
    for (std::size_t i = 0; i < values.size(); ++i) {
        found.emplace(values[i].path, i);
    }
    return found;
}

bool has_hard_links(const core::Package & package) {
    return std::any_of(package.files.begin(), package.files.end(),
                       [](const core::PackageFile & file) { return !file.same_as.empty(); });
}

/// Says of each hard link where the content is, and how large. One may lead to another one before it.
void follow_hard_links(core::Package & package) {
    if (!has_hard_links(package)) {
        return;
    }
    std::unordered_map<std::string, std::uint64_t> sizes;
    std::unordered_map<std::string, std::string> links;
    for (core::PackageFile & file : package.files) {
        if (file.same_as.empty()) {
            std::uint64_t & size = sizes[file.path];
            size = std::max(size, file.size);
            continue;
        }
        if (const auto link = links.find(file.same_as); link != links.end()) {
            file.same_as = link->second;
        }
        links[file.path] = file.same_as;
    }
    for (core::PackageFile & file : package.files) {
        if (const auto size = sizes.find(file.same_as); size != sizes.end()) {
            file.size = size->second;
        }
    }
}

/// Gives each hard link what its content was read as. Each counts as a copy of it.
core::Result<bool> copy_to_hard_links(core::Package & package, const core::Limits & limits) {
    if (!has_hard_links(package)) {
        return true;
    }
    const auto binaries = indexes(package.binaries);
    const auto errors = indexes(package.errors);
    const auto load_files = indexes(package.load_files);
    std::uint64_t bytes = 0;
    for (const core::PackageFile & file : package.files) {
        const auto binary = binaries.find(file.same_as);
        const auto error = errors.find(file.same_as);
        const auto load = load_files.find(file.same_as);
        if (binary == binaries.end() && error == errors.end() && load == load_files.end()) {
            continue;
        }
        bytes += file.size;
        if (bytes > limits.binary_bytes) {
            return member_error(ErrorCode::TOO_MUCH, Part::UNPACKED, 0, file.path);
        }
        if (binary != binaries.end()) {
            core::Binary copy = package.binaries[binary->second];
            copy.path = file.path;
            package.binaries.push_back(std::move(copy));
        }
        if (error != errors.end() && file.path.ends_with(".so")) {
            core::Error copy = package.errors[error->second];
            copy.path = file.path;
            package.errors.push_back(std::move(copy));
        }
        if (load != load_files.end() && core::is_load_file(file.path)) {
            package.load_files.push_back({file.path, std::string(package.load_files[load->second].text)});
        }
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
    follow_hard_links(package);
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
    std::uint64_t load_bytes = 0;
    auto package = read_package(
        source, path, limits, [&](const core::PackageFile & file, core::Content & content) -> core::Result<bool> {
            if (file.type != PackageFileType::FILE || !file.same_as.empty()) {
                return true;
            }
            return core::is_load_file(file.path) ? take_load_file(file, content, limits, load_bytes, found)
                                                 : take_binary(file, content, limits, found);
        });
    if (!package) {
        return package.error();
    }
    core::Package whole = std::move(package).value();
    whole.binaries = std::move(found.binaries);
    whole.errors = std::move(found.errors);
    whole.load_files = std::move(found.load_files);
    if (const auto resolved = copy_to_hard_links(whole, limits); !resolved) {
        return named(resolved.error(), path);
    }
    std::sort(whole.binaries.begin(), whole.binaries.end(),
              [](const core::Binary & left, const core::Binary & right) { return left.path < right.path; });
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

// SPDX-License-Identifier: Apache-2.0
#include "io/attributes.hpp"

#include "io/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <vector>

namespace confgraph::io {

namespace {

/// Whether an attribute is about what a file says: another file has to get its own.
bool is_about_content(std::string_view name) { return name == "security.ima" || name == "security.evm"; }

/// Nothing where the file system knows no extended attributes.
IoResult<std::vector<std::string>> attribute_names(int file) {
    std::vector<std::string> names;
    const ssize_t size = ::flistxattr(file, nullptr, 0);
    if (size < 0 && errno != EOPNOTSUPP && errno != ENOSYS) {
        return Errno{errno};
    }
    if (size <= 0) {
        return names;
    }
    std::string buffer(static_cast<std::size_t>(size), '\0');
    const ssize_t length = ::flistxattr(file, buffer.data(), buffer.size());
    if (length < 0) {
        return Errno{errno};
    }
    std::string_view rest(buffer.data(), static_cast<std::size_t>(length));
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\0'), rest.size());
        if (!is_about_content(rest.substr(0, end))) {
            names.emplace_back(rest.substr(0, end));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return names;
}

IoResult<std::string> attribute(int file, const std::string & name) {
    const ssize_t size = ::fgetxattr(file, name.c_str(), nullptr, 0);
    if (size < 0) {
        return Errno{errno};
    }
    std::string value(static_cast<std::size_t>(size), '\0');
    const ssize_t length = ::fgetxattr(file, name.c_str(), value.data(), value.size());
    if (length < 0) {
        return Errno{errno};
    }
    value.resize(static_cast<std::size_t>(length));
    return value;
}

enum class Owner : std::uint8_t { NEEDED, WHERE_POSSIBLE };

IoResult<bool> copy(int from, int to, Owner owner) {
    struct stat wanted {};
    struct stat present {};
    if (::fstat(from, &wanted) != 0 || ::fstat(to, &present) != 0) {
        return Errno{errno};
    }
    const bool given = (wanted.st_uid == present.st_uid && wanted.st_gid == present.st_gid) ||
                       uninterrupted([&] { return ::fchown(to, wanted.st_uid, wanted.st_gid); }) == 0;
    if (!given && (owner == Owner::NEEDED || !may_not_give_away(errno))) {
        return Errno{errno};
    }
    // The mode comes before the access control list, of which it is a part where there is one.
    const mode_t mode = wanted.st_mode & (given ? 07777U : 01777U);
    if (uninterrupted([&] { return ::fchmod(to, mode); }) < 0) {
        return Errno{errno};
    }
    const auto names = attribute_names(from);
    const auto inherited = attribute_names(to);
    if (!names || !inherited) {
        return names ? inherited.error() : names.error();
    }
    for (const std::string & name : inherited.value()) {
        const bool belongs = std::find(names.value().begin(), names.value().end(), name) != names.value().end();
        if (!belongs && ::fremovexattr(to, name.c_str()) != 0) {
            return Errno{errno};
        }
    }
    for (const std::string & name : names.value()) {
        const auto value = attribute(from, name);
        if (!value) {
            return value.error();
        }
        const auto there = attribute(to, name);
        if ((!there || there.value() != value.value()) &&
            ::fsetxattr(to, name.c_str(), value.value().data(), value.value().size(), 0) != 0) {
            return Errno{errno};
        }
    }
    return given;
}

}  // namespace

bool may_not_give_away(int error) { return error == EPERM || error == EINVAL; }

IoResult<Done> copy_attributes(int from, int to) {
    const auto copied = copy(from, to, Owner::NEEDED);
    return copied ? IoResult<Done>(Done{}) : copied.error();
}

IoResult<bool> copy_possible_attributes(int from, int to) { return copy(from, to, Owner::WHERE_POSSIBLE); }

}  // namespace confgraph::io

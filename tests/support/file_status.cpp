// SPDX-License-Identifier: Apache-2.0
#include "support/file_status.hpp"

#include <array>
#include <cerrno>
#include <sys/xattr.h>
#include <system_error>

namespace confgraph::test {

void require(bool done, const std::string & what) {
    if (!done) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

struct stat status_of(const std::string & path) {
    struct stat status {};
    require(::lstat(path.c_str(), &status) == 0, path);
    return status;
}

std::string attribute(const std::string & path, const char * name) {
    std::array<char, 256> value{};
    const ssize_t length = ::getxattr(path.c_str(), name, value.data(), value.size());
    return length < 0 ? "errno " + std::to_string(errno) : std::string(value.data(), static_cast<std::size_t>(length));
}

}  // namespace confgraph::test

// SPDX-License-Identifier: Apache-2.0
#include "io/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace confgraph::package::io {

namespace {

core::Error failed(ErrorCode code, int system_error) { return {code, {}, system_error, Part::NONE, 0, 0}; }

}  // namespace

core::Result<std::string> Source::text_at(std::uint64_t offset, std::size_t bytes) {
    std::string text(bytes, '\0');
    std::size_t filled = 0;
    while (filled < bytes) {
        const auto got = read_at(offset + filled, text.data() + filled, bytes - filled);
        if (!got) {
            return got.error();
        }
        if (got.value() == 0) {
            break;
        }
        filled += got.value();
    }
    text.resize(filled);
    return text;
}

FileSource::~FileSource() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

core::Result<bool> FileSource::open(const std::string & path) {
    // Never waits, whatever the path leads to.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status = {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        return failed(ErrorCode::CANNOT_READ, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return failed(ErrorCode::NOT_A_FILE, 0);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    return true;
}

core::Result<std::size_t> FileSource::read_at(std::uint64_t offset, char * buffer, std::size_t bytes) {
    if (offset >= size_) {
        return std::size_t{0};
    }
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, size_ - offset));
    for (;;) {
        const ssize_t got = ::pread(descriptor_, buffer, wanted, static_cast<off_t>(offset));
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR) {
            return failed(ErrorCode::CANNOT_READ, errno);
        }
    }
}

}  // namespace confgraph::package::io

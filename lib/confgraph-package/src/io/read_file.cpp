// SPDX-License-Identifier: Apache-2.0
#include "io/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace confgraph::package::io {

namespace {

// The largest module of Debian's archive has some 30 MiB; with debugging information it may have several times that.
constexpr std::uint64_t MAX_BINARY_BYTES = 256UL * 1024 * 1024;
constexpr std::uint64_t MAX_HEADER_BYTES = 1024UL * 1024;
constexpr std::string_view ELF_MAGIC =
    "\x7F"
    "ELF";

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(const Descriptor &) = delete;
    Descriptor & operator=(const Descriptor &) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

core::Error failed(ErrorCode code, const std::string & path, int system_error = 0) {
    return {code, path, system_error, Part::NONE, 0, 0};
}

/// Reads more bytes into text, as far as there are any. Returns errno.
int read_more(int descriptor, std::string & text, std::size_t bytes) {
    const std::size_t start = text.size();
    text.resize(start + bytes);
    std::size_t filled = start;
    while (filled < text.size()) {
        const ssize_t got = ::read(descriptor, text.data() + filled, text.size() - filled);
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    text.resize(filled);
    return 0;
}

}  // namespace

core::Result<std::string> read_file(const std::string & path, std::uint64_t max_bytes, std::string_view beginning) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status = {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return failed(ErrorCode::CANNOT_READ, path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return failed(ErrorCode::NOT_A_FILE, path);
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    std::string text;
    if (const int error = read_more(file.get(), text, beginning.size()); error != 0) {
        return failed(ErrorCode::CANNOT_READ, path, error);
    }
    if (text != beginning) {
        return text;
    }
    if (size > max_bytes) {
        return failed(ErrorCode::TOO_LARGE, path);
    }
    // What was appended since is not looked at.
    const std::uint64_t rest = size > text.size() ? size - text.size() : 0;
    text.reserve(static_cast<std::size_t>(size));
    if (const int error = read_more(file.get(), text, static_cast<std::size_t>(rest)); error != 0) {
        return failed(ErrorCode::CANNOT_READ, path, error);
    }
    return text;
}

core::Result<core::Binary> read_binary(const std::string & path) {
    auto bytes = read_file(path, MAX_BINARY_BYTES, ELF_MAGIC);
    if (!bytes) {
        return bytes.error();
    }
    return core::parse_binary(std::move(bytes).value(), path);
}

core::Result<core::Headers> read_headers(const std::string & folder) {
    std::string path = folder + "/ap_mmn.h";
    const auto text = read_file(path, MAX_HEADER_BYTES);
    if (!text) {
        return text.error();
    }
    auto headers = core::parse_mmn_header(text.value());
    if (!headers) {
        return failed(ErrorCode::NO_MMN, path);
    }
    headers->path = std::move(path);
    return std::move(*headers);
}

}  // namespace confgraph::package::io

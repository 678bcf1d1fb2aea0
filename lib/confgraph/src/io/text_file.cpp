// SPDX-License-Identifier: Apache-2.0
#include "io/text_file.hpp"

#include "core/text_edit.hpp"
#include "io/attributes.hpp"
#include "io/open_file.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace confgraph::io {

namespace {

constexpr std::size_t PIECE_BYTES = 16UL * 1024;

}  // namespace

IoResult<std::optional<TextFile>> read_text(const Folder & folder, const std::string & name) {
    auto opened = folder.open_file(name);
    if (!opened) {
        if (opened.error().value == ENOENT) {
            return std::optional<TextFile>();
        }
        // A link, or a socket.
        return Errno{opened.error().value == ELOOP || opened.error().value == ENXIO ? EINVAL : opened.error().value};
    }
    TextFile found{.file = std::move(opened).value(), .text = {}};
    struct stat status {};
    if (::fstat(found.file.value(), &status) != 0) {
        return Errno{errno};
    }
    found.info = info_of(status);
    if (found.info.type != FileType::REGULAR) {
        return Errno{EINVAL};
    }
    const auto read = read_pieces(found.file.value(), PIECE_BYTES, [&](std::string_view piece) {
        found.text.append(piece);
        return found.text.size() <= core::MAX_TEXT_BYTES;
    });
    if (!read) {
        return read.error();
    }
    if (!read.value()) {
        return Errno{EINVAL};
    }
    return std::optional(std::move(found));
}

IoResult<Done> write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = uninterrupted([&] { return ::write(descriptor, text.data(), text.size()); });
        if (written < 0) {
            return Errno{errno};
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return Done{};
}

namespace {

IoResult<Done> copy_time(int from, int to) {
    struct stat status {};
    if (::fstat(from, &status) != 0) {
        return Errno{errno};
    }
    const std::array<timespec, 2> times = {timespec{0, UTIME_OMIT}, status.st_mtim};
    if (::futimens(to, times.data()) != 0) {
        return Errno{errno};
    }
    return Done{};
}

}  // namespace

IoResult<Done> write_text(const Folder & folder, const std::string & name, std::string_view text,
                          const WriteSettings & settings) {
    // What is to be like another file is nobody else's business until it is.
    const auto file = folder.make_file(name, settings.like != nullptr ? 0600 : 0644);
    if (!file) {
        return file.error();
    }
    const int descriptor = file.value().value();
    if (auto written = write_all(descriptor, text); !written) {
        return written;
    }
    if (settings.like != nullptr) {
        if (auto copied = copy_attributes(settings.like->value(), descriptor); !copied) {
            return copied;
        }
    } else if (uninterrupted([&] { return ::fchmod(descriptor, 0644); }) < 0) {
        // Readers need no privileges, whatever the file mode creation mask is.
        return Errno{errno};
    }
    if (settings.like != nullptr && settings.with_time) {
        if (auto copied = copy_time(settings.like->value(), descriptor); !copied) {
            return copied;
        }
    }
    return settings.sync ? flush(descriptor) : IoResult<Done>(Done{});
}

bool may_be_unfinished(std::string_view found, const std::optional<std::string> & text) {
    return text && found.size() <= text->size() &&
           std::equal(found.begin(), found.end(), text->begin(),
                      [](char left, char right) { return left == right || left == '\0'; });
}

bool is_unchanged(const Folder & folder, const std::string & name, const TextFile & file) {
    struct stat there {};
    if (::fstatat(folder.descriptor(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) {
        return false;
    }
    const FileInfo now = info_of(there);
    return now.device == file.info.device && now.inode == file.info.inode && now.size == file.info.size &&
           now.changed == file.info.changed;
}

}  // namespace confgraph::io

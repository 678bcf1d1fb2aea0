// SPDX-License-Identifier: Apache-2.0
#include "io/unpacker.hpp"

#include "io/foreign_library.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace confgraph::package::io {

namespace {

constexpr std::size_t BLOCK_BYTES = 64UL * 1024;
constexpr std::size_t ZERO_BYTES = 64UL * 1024;

/// What is used of libarchive.
struct Archive {
    ForeignLibrary library{CONFGRAPH_LIBARCHIVE};
    decltype(archive_read_new) * read_new{};
    decltype(archive_read_free) * read_free{};
    decltype(archive_read_append_filter) * append_filter{};
    decltype(archive_read_support_format_tar) * format_tar{};
    decltype(archive_read_support_format_raw) * format_raw{};
    decltype(archive_read_open2) * open{};
    decltype(archive_read_next_header) * next_header{};
    decltype(archive_read_data_block) * data_block{};
    decltype(archive_filter_bytes) * filter_bytes{};
    decltype(archive_error_string) * error_string{};
    decltype(archive_set_error) * set_error{};
    decltype(archive_entry_pathname) * pathname{};
    decltype(archive_entry_pathname_utf8) * pathname_utf8{};
    decltype(archive_entry_filetype) * filetype{};
    decltype(archive_entry_size) * size{};
    decltype(archive_entry_symlink) * symlink{};
    decltype(archive_entry_symlink_utf8) * symlink_utf8{};
    decltype(archive_entry_hardlink) * hardlink{};

    Archive() {
        library.find(read_new, "archive_read_new");
        library.find(read_free, "archive_read_free");
        library.find(append_filter, "archive_read_append_filter");
        library.find(format_tar, "archive_read_support_format_tar");
        library.find(format_raw, "archive_read_support_format_raw");
        library.find(open, "archive_read_open2");
        library.find(next_header, "archive_read_next_header");
        library.find(data_block, "archive_read_data_block");
        library.find(filter_bytes, "archive_filter_bytes");
        library.find(error_string, "archive_error_string");
        library.find(set_error, "archive_set_error");
        library.find(pathname, "archive_entry_pathname");
        library.find(pathname_utf8, "archive_entry_pathname_utf8");
        library.find(filetype, "archive_entry_filetype");
        library.find(size, "archive_entry_size");
        library.find(symlink, "archive_entry_symlink");
        library.find(symlink_utf8, "archive_entry_symlink_utf8");
        library.find(hardlink, "archive_entry_hardlink");
    }
};

const Archive & archive() {
    static const Archive loaded;
    return loaded;
}

struct Filter {
    std::string_view name;
    int code;
};
constexpr std::array<Filter, 7> FILTERS = {{{"gz", ARCHIVE_FILTER_GZIP},
                                            {"xz", ARCHIVE_FILTER_XZ},
                                            {"zst", ARCHIVE_FILTER_ZSTD},
                                            {"bz2", ARCHIVE_FILTER_BZIP2},
                                            {"lzma", ARCHIVE_FILTER_LZMA},
                                            {"lz4", ARCHIVE_FILTER_LZ4},
                                            {"lz", ARCHIVE_FILTER_LZIP}}};

std::string text_of(const char * text, const char * utf8) {
    return text != nullptr ? text : utf8 != nullptr ? utf8 : "";
}

}  // namespace

struct Unpacker::Impl {
    const Archive & lib = archive();
    struct archive * handle = nullptr;
    archive_entry * entry = nullptr;
    Packed packed;
    Kind kind = Kind::BYTES;
    std::uint64_t max_bytes = 0;
    std::uint64_t taken = 0;
    /// What the source said, which is more than libarchive says then.
    std::optional<core::Error> failure;
    std::vector<char> buffer = std::vector<char>(BLOCK_BYTES);
    bool has_content = false;
    // Of an entry with holes: how far it was given out, and a block that comes after a hole.
    std::uint64_t given = 0;
    std::uint64_t block_offset = 0;
    std::string_view block;

    ~Impl() {
        if (handle != nullptr) {
            lib.read_free(handle);
        }
    }

    static la_ssize_t read(struct archive * handle, void * self, const void ** data) {
        auto & impl = *static_cast<Impl *>(self);
        const std::uint64_t left = impl.packed.size - impl.taken;
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, impl.buffer.size()));
        if (wanted == 0) {
            return 0;
        }
        const auto got = impl.packed.source->read_at(impl.packed.offset + impl.taken, impl.buffer.data(), wanted);
        if (!got) {
            impl.failure = got.error();
            impl.lib.set_error(handle, EIO, "cannot be read");
            return -1;
        }
        impl.taken += got.value();
        *data = impl.buffer.data();
        return static_cast<la_ssize_t>(got.value());
    }

    [[nodiscard]] core::Error wrong() const {
        if (failure) {
            return *failure;
        }
        core::Error error = core::malformed(Part::MEMBER, packed.offset + taken);
        error.member = packed.member;
        const char * said = lib.error_string(handle);
        error.detail = said == nullptr ? "" : said;
        return error;
    }

    [[nodiscard]] std::optional<core::Error> beyond() const {
        if (std::cmp_less_equal(lib.filter_bytes(handle, 0), max_bytes) && given <= max_bytes) {
            return std::nullopt;
        }
        core::Error error = core::too_much(Part::UNPACKED, packed.offset + taken);
        error.member = packed.member;
        return error;
    }

    core::Result<bool> next_header() {
        const int status = lib.next_header(handle, &entry);
        given = 0;
        block = {};
        has_content = false;
        if (const auto error = beyond()) {
            return *error;
        }
        if (status == ARCHIVE_EOF) {
            return false;
        }
        // A warning is about a name that the locale has no characters for, or a detail of no interest here.
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            return wrong();
        }
        has_content = true;
        return true;
    }

    core::Result<std::string_view> next_block() {
        static const std::string zeros(ZERO_BYTES, '\0');
        // An empty block does not mean the end.
        while (block.empty() && has_content) {
            const void * data = nullptr;
            std::size_t length = 0;
            la_int64_t offset = 0;
            const int status = lib.data_block(handle, &data, &length, &offset);
            has_content = status == ARCHIVE_OK || status == ARCHIVE_WARN;
            if (const auto error = beyond()) {
                return *error;
            }
            if (!has_content && status != ARCHIVE_EOF) {
                return wrong();
            }
            if (has_content) {
                block = std::string_view(static_cast<const char *>(data), length);
                block_offset = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
            }
        }
        if (!block.empty() && block_offset > given) {
            const auto hole = static_cast<std::size_t>(std::min<std::uint64_t>(block_offset - given, zeros.size()));
            given += hole;
            if (const auto error = beyond()) {
                return *error;
            }
            return std::string_view(zeros).substr(0, hole);
        }
        const std::string_view now = std::exchange(block, {});
        given += now.size();
        // libarchive has not counted the last block of what has no format yet.
        if (const auto error = beyond()) {
            return *error;
        }
        return now;
    }
};

Unpacker::Unpacker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Unpacker::~Unpacker() = default;

core::Result<std::unique_ptr<Unpacker>> Unpacker::open(const Packed & packed, Kind kind, std::uint64_t max_bytes) {
    const Archive & lib = archive();
    const auto fail = [&](ErrorCode code, std::string detail) {
        return core::Error{code, {}, 0, Part::NONE, packed.offset, 0, packed.member, std::move(detail)};
    };
    if (!lib.library.problem().empty()) {
        return fail(ErrorCode::NO_LIBRARY, lib.library.problem());
    }
    auto impl = std::make_unique<Impl>();
    impl->packed = packed;
    impl->kind = kind;
    impl->max_bytes = max_bytes;
    impl->handle = lib.read_new();
    if (impl->handle == nullptr) {
        return core::Error{ErrorCode::CANNOT_READ, {}, ENOMEM, Part::NONE, 0, 0};
    }
    if (!packed.compression.empty()) {
        const auto * filter = std::find_if(FILTERS.begin(), FILTERS.end(),
                                           [&](const Filter & known) { return known.name == packed.compression; });
        // A warning means that an external program would be called.
        if (filter == FILTERS.end() || lib.append_filter(impl->handle, filter->code) != ARCHIVE_OK) {
            return fail(ErrorCode::UNKNOWN_FORMAT, {});
        }
    }
    if (kind == Kind::TAR) {
        lib.format_tar(impl->handle);
    } else {
        lib.format_raw(impl->handle);
    }
    if (lib.open(impl->handle, impl.get(), nullptr, &Impl::read, nullptr, nullptr) != ARCHIVE_OK) {
        return impl->wrong();
    }
    if (kind == Kind::BYTES) {
        const auto begun = impl->next_header();
        if (!begun) {
            return begun.error();
        }
    }
    return std::unique_ptr<Unpacker>(new Unpacker(std::move(impl)));
}

core::Result<bool> Unpacker::next_entry() {
    // libarchive would pass over the rest in one go, however much it is.
    for (;;) {
        const auto rest = next_block();
        if (!rest) {
            return rest.error();
        }
        if (rest.value().empty()) {
            return impl_->next_header();
        }
    }
}

std::string Unpacker::name() const {
    return text_of(impl_->lib.pathname(impl_->entry), impl_->lib.pathname_utf8(impl_->entry));
}

core::PackageFile Unpacker::file() const {
    core::PackageFile file;
    file.path = core::installed_path(name());
    const Archive & lib = impl_->lib;
    if (const char * other = lib.hardlink(impl_->entry); other != nullptr) {
        file.type = PackageFileType::FILE;
        file.same_as = core::installed_path(other);
        if (file.same_as.empty()) {
            file.path.clear();  // it leads out of the package as a name would
        }
        return file;
    }
    switch (lib.filetype(impl_->entry)) {
        case AE_IFREG:
            file.type = PackageFileType::FILE;
            file.size = static_cast<std::uint64_t>(std::max<la_int64_t>(lib.size(impl_->entry), 0));
            break;
        case AE_IFDIR:
            file.type = PackageFileType::FOLDER;
            break;
        case AE_IFLNK:
            file.type = PackageFileType::LINK;
            file.target = text_of(lib.symlink(impl_->entry), lib.symlink_utf8(impl_->entry));
            break;
        default:
            file.type = PackageFileType::OTHER;
            break;
    }
    return file;
}

core::Result<std::string_view> Unpacker::next_block() { return impl_->next_block(); }

}  // namespace confgraph::package::io

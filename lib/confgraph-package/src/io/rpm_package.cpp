// SPDX-License-Identifier: Apache-2.0
#include "io/package_formats.hpp"

#include "io/block_content.hpp"
#include "io/rpm_header.hpp"
#include "io/unpacker.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace confgraph::package::io {

namespace {

constexpr std::uint64_t LEAD_BYTES = 96;
constexpr std::string_view HEADER_MAGIC("\x8E\xAD\xE8\x01\0\0\0\0", 8);
constexpr std::uint64_t INTRO_BYTES = 8;  // two lengths
constexpr std::uint64_t ENTRY_BYTES = 16;
constexpr std::size_t MAX_NAME_BYTES = 64UL * 1024;
constexpr std::string_view GZIP_MAGIC = "\x1F\x8B";
constexpr std::string_view TRAILER = "TRAILER!!!";

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes.substr(0, 4)) {
        value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
}

/// The header at an offset without its magic: how long it is, and where what follows begins.
struct Found {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    [[nodiscard]] std::uint64_t end() const { return offset + size; }
};

core::Result<Found> find_header(Source & source, std::uint64_t at, const core::Limits & limits) {
    const auto start = source.text_at(at, HEADER_MAGIC.size() + INTRO_BYTES);
    if (!start) {
        return start.error();
    }
    const std::string_view bytes = start.value();
    if (bytes.size() < HEADER_MAGIC.size() + INTRO_BYTES || !bytes.starts_with(HEADER_MAGIC)) {
        return core::malformed(Part::RPM_HEADER, at);
    }
    const std::uint64_t entries = big_endian(bytes.substr(HEADER_MAGIC.size()));
    const std::uint64_t data = big_endian(bytes.substr(HEADER_MAGIC.size() + 4));
    const Found found{at + HEADER_MAGIC.size(), INTRO_BYTES + entries * ENTRY_BYTES + data};
    if (found.size > limits.control_bytes) {
        return core::too_much(Part::RPM_HEADER, at);
    }
    if (found.end() > source.size()) {
        return core::malformed(Part::RPM_HEADER, at);
    }
    return found;
}

/// The payload, out of which are taken numbers of bytes.
class Payload {
public:
    explicit Payload(Unpacker & unpacker) : unpacker_(unpacker) {}

    /// Up to so many bytes, at least one unless the payload ends.
    core::Result<std::string_view> some(std::uint64_t bytes) {
        if (rest_.empty() && bytes != 0) {
            const auto block = unpacker_.next_block();
            if (!block) {
                return block.error();
            }
            rest_ = block.value();
        }
        const std::string_view part =
            rest_.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, rest_.size())));
        rest_.remove_prefix(part.size());
        taken_ += part.size();
        return part;
    }

    /// So many bytes; fewer when the payload ends.
    core::Result<std::string> exactly(std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) {
            const auto part = some(bytes - text.size());
            if (!part) {
                return part.error();
            }
            if (part.value().empty()) {
                break;
            }
            text.append(part.value());
        }
        return text;
    }

    /// Passes over what fills up the last four bytes.
    core::Result<std::string> fill() { return exactly(static_cast<std::size_t>((4 - taken_ % 4) % 4)); }

    [[nodiscard]] std::uint64_t taken() const { return taken_; }

private:
    Unpacker & unpacker_;
    std::string_view rest_;
    std::uint64_t taken_ = 0;
};

using LinkId = std::pair<std::uint64_t, std::uint64_t>;

/// An entry of the payload: cpio of the "new" format, with or without checksums, or rpm's own, which has the number of
/// a file in the header in place of all else.
struct Entry {
    core::PackageFile file;
    bool last = false;
    /// Of a file with several hard links: what it has in common with the others. The content comes with the last one.
    std::optional<LinkId> links;
};

class Reader {
public:
    Reader(Unpacker & unpacker, const RpmHeader & header) : payload_(unpacker), header_(header) {}

    core::Result<Entry> next() {
        const auto magic = payload_.exactly(6);
        if (!magic) {
            return magic.error();
        }
        if (magic.value() == "070701" || magic.value() == "070702") {
            return next_cpio();
        }
        if (magic.value() == "07070X") {
            return next_numbered();
        }
        return wrong("");
    }

    /// The next part of the content of the last entry.
    core::Result<std::string_view> next_block() {
        auto part = payload_.some(left_);
        if (part) {
            if (part.value().empty() && left_ != 0) {
                return wrong("");
            }
            left_ -= part.value().size();
        }
        return part;
    }

    core::Result<std::string> finish_entry() { return payload_.fill(); }

private:
    [[nodiscard]] core::Error wrong(std::string_view member) const {
        return member_error(ErrorCode::MALFORMED, Part::UNPACKED, payload_.taken(), member);
    }

    core::Result<Entry> next_cpio() {
        const auto fields = payload_.exactly(104);
        if (!fields) {
            return fields.error();
        }
        const auto mode = number(fields.value(), 1);
        const auto size = number(fields.value(), 6);
        const auto name_size = number(fields.value(), 11);
        if (!mode || !size || !name_size || *name_size == 0 || *name_size > MAX_NAME_BYTES) {
            return wrong("");
        }
        auto name = payload_.exactly(*name_size);
        const auto filled = name ? payload_.fill() : name;
        if (!filled) {
            return filled.error();
        }
        if (name.value().size() != *name_size || !name.value().ends_with('\0')) {
            return wrong("");
        }
        std::string text = std::move(name).value();
        text.pop_back();
        Entry entry;
        if (text == TRAILER) {
            entry.last = true;
            return entry;
        }
        left_ = *size;
        entry.file = {core::installed_path(text), type(*mode), 0, {}};
        if (entry.file.path.empty()) {
            return member_error(ErrorCode::BAD_MEMBER_NAME, Part::MEMBER, 0, text);
        }
        if (entry.file.type == PackageFileType::FILE) {
            entry.file.size = *size;
            entry.links = links_of(fields.value());
        } else if (entry.file.type == PackageFileType::LINK) {
            if (*size > MAX_NAME_BYTES) {
                return wrong(text);
            }
            auto target = payload_.exactly(*size);
            if (!target) {
                return target.error();
            }
            left_ = 0;
            entry.file.target = std::move(target).value();
        }
        return entry;
    }

    core::Result<Entry> next_numbered() {
        const auto digits = payload_.exactly(10);  // eight, and two that fill up
        if (!digits) {
            return digits.error();
        }
        const auto index = number(digits.value(), 0);
        if (!index || *index >= header_.files.size()) {
            return wrong("");
        }
        Entry entry;
        entry.file = header_.files[*index];
        const std::string name = entry.file.path;
        entry.file.path = core::installed_path(name);
        if (entry.file.path.empty()) {
            return member_error(ErrorCode::BAD_MEMBER_NAME, Part::MEMBER, 0, name);
        }
        const bool has_content = entry.file.type == PackageFileType::FILE || entry.file.type == PackageFileType::LINK;
        const std::size_t content = header_.content_of[*index];
        if (content != *index) {
            entry.file.size = 0;
        }
        if (entry.file.type == PackageFileType::FILE) {
            entry.links = LinkId(content, 0);
        }
        left_ = has_content ? entry.file.size : 0;
        return entry;
    }

    static std::optional<LinkId> links_of(std::string_view fields) {
        const auto inode = number(fields, 0);
        const auto links = number(fields, 4);
        const auto major = number(fields, 7);
        const auto minor = number(fields, 8);
        if (!inode || !links || *links < 2 || !major || !minor) {
            return std::nullopt;
        }
        return LinkId(*inode, static_cast<std::uint64_t>(*major) << 32U | *minor);
    }

    /// One of the numbers of eight hexadecimal digits.
    static std::optional<std::uint32_t> number(std::string_view fields, std::size_t index) {
        std::uint32_t value = 0;
        if (fields.size() < index * 8 + 8) {
            return std::nullopt;
        }
        const char * start = fields.data() + index * 8;
        const auto end = std::from_chars(start, start + 8, value, 16);
        return end.ec == std::errc() && end.ptr == start + 8 ? std::optional(value) : std::nullopt;
    }

    static PackageFileType type(std::uint32_t mode) {
        return S_ISREG(mode)   ? PackageFileType::FILE
               : S_ISDIR(mode) ? PackageFileType::FOLDER
               : S_ISLNK(mode) ? PackageFileType::LINK
                               : PackageFileType::OTHER;
    }

    Payload payload_;
    const RpmHeader & header_;
    std::uint64_t left_ = 0;
};

core::Result<bool> read_payload(Unpacker & unpacker, const RpmHeader & header, const core::Limits & limits,
                                core::Package & package, const core::Visit & visit) {
    Reader reader(unpacker, header);
    // By what they have in common: the numbers of hard links whose content is still to come.
    std::map<LinkId, std::vector<std::size_t>> waiting;
    for (;;) {
        auto entry = reader.next();
        if (!entry) {
            return entry.error();
        }
        if (entry.value().last) {
            return true;
        }
        if (const auto links = entry.value().links) {
            auto & others = waiting[*links];
            if (entry.value().file.size == 0) {
                others.push_back(package.files.size());
            } else {
                for (const std::size_t other : others) {
                    package.files[other].same_as = entry.value().file.path;
                }
                waiting.erase(*links);
            }
        }
        BlockContent content(reader);
        auto taken = take_file(std::move(entry).value().file, limits, content, package, visit);
        while (!content.next().empty()) {
            // what nobody wanted
        }
        if (content.error()) {
            return *content.error();
        }
        if (!taken) {
            return taken;
        }
        if (const auto filled = reader.finish_entry(); !filled) {
            return filled.error();
        }
    }
}

}  // namespace

core::Result<bool> read_rpm(Source & source, const core::Limits & limits, core::Package & package,
                            const core::Visit & visit) {
    const auto signature = find_header(source, LEAD_BYTES, limits);
    if (!signature) {
        return signature.error();
    }
    const auto found = find_header(source, (signature.value().end() + 7) / 8 * 8, limits);
    if (!found) {
        return found.error();
    }
    auto blob = source.text_at(found.value().offset, static_cast<std::size_t>(found.value().size));
    if (!blob) {
        return blob.error();
    }
    if (blob.value().size() != found.value().size) {
        return core::malformed(Part::RPM_HEADER, found.value().offset);
    }
    std::string bytes = std::move(blob).value();
    auto header = read_rpm_header(bytes, package);
    if (!header) {
        core::Error error = header.error();
        error.offset = found.value().offset;
        return error;
    }
    const std::uint64_t start = found.value().end();
    if (start == source.size() && header.value().files.empty()) {
        return true;
    }
    if (header.value().payload_format != "cpio") {
        return member_error(ErrorCode::UNKNOWN_FORMAT, Part::MEMBER, start, "payload");
    }
    // What is said to be of gzip, or not said at all, may be as it is.
    const auto magic = source.text_at(start, GZIP_MAGIC.size());
    if (!magic) {
        return magic.error();
    }
    if (header.value().compression == "gz" && magic.value() != GZIP_MAGIC) {
        header.value().compression.clear();
    }
    const auto unpacker = Unpacker::open({&source, start, source.size() - start, "payload", header.value().compression},
                                         Unpacker::Kind::BYTES, limits.unpacked_of(source.size()));
    if (!unpacker) {
        return unpacker.error();
    }
    return read_payload(*unpacker.value(), header.value(), limits, package, visit);
}

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/package.hpp"
#include "io/file_source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace confgraph::package::io {

/// A part of a source, compressed in one way.
struct Packed {
    Source * source = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::string member;       ///< what errors call it
    std::string compression;  ///< "gz", "xz", "zst", "bz2", "lzma", "lz4", "lz"; empty for none
};

/// What comes out of a packed part, never more than max_bytes: what would be more is an error. Decompression is
/// libarchive's, and no more than one filter is applied, so that what is packed several times is no help to harm.
class Unpacker {
public:
    enum class Kind : std::uint8_t { BYTES, TAR };

    /// Fails with NO_LIBRARY or UNKNOWN_FORMAT.
    static core::Result<std::unique_ptr<Unpacker>> open(const Packed & packed, Kind kind, std::uint64_t max_bytes);
    Unpacker(const Unpacker &) = delete;
    Unpacker & operator=(const Unpacker &) = delete;
    ~Unpacker();

    /// The next entry of a tar archive: false at the end. The content of the last one is passed over.
    core::Result<bool> next_entry();
    /// Its name as it is stored.
    [[nodiscard]] std::string name() const;
    /// The entry without its content. Its path is empty when it leads out of the package.
    [[nodiscard]] core::PackageFile file() const;

    /// The next part of the content, of an entry or of all; empty at its end.
    core::Result<std::string_view> next_block();

private:
    struct Impl;
    explicit Unpacker(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace confgraph::package::io

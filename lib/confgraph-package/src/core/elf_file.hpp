// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/machine.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::core {

/// A symbol that a binary defines for others.
struct Symbol {
    std::string_view name;
    std::uint64_t address = 0;
    std::uint64_t size = 0;  ///< 0 when it is not said
};

/// Where a pointer leads once the binary is loaded.
struct Pointer {
    enum class Kind : std::uint8_t {
        NONE,     ///< it is null
        INSIDE,   ///< to address, an address of this binary
        OUTSIDE,  ///< to a symbol of another binary
        INVALID,  ///< to nothing that can be told
    };
    Kind kind = Kind::NONE;
    std::uint64_t address = 0;
};

/// A loadable binary of any machine, read as its dynamic linker would: by the segments, the dynamic section and the
/// relocations. Section headers, which no linker looks at, play no part. Nothing found in the file is followed without
/// looking whether it lies inside, and each table has a limit.
class ElfFile {
public:
    static Result<ElfFile> parse(std::string bytes);
    ElfFile(ElfFile && other) noexcept;
    ElfFile & operator=(ElfFile && other) noexcept;
    ~ElfFile();

    [[nodiscard]] const Machine & machine() const;
    /// 32 or 64.
    [[nodiscard]] int bits() const;
    [[nodiscard]] bool big_endian() const;
    [[nodiscard]] std::uint32_t flags() const;

    /// Calls for each symbol that others can find and that is no function, in the order of the table, until false.
    void for_each_object(const std::function<bool(const Symbol &)> & take) const;
    /// Whether it needs a symbol of that name from others.
    [[nodiscard]] bool imports(std::string_view name) const;
    /// Whether a text lies anywhere in the file with a zero byte before and after.
    [[nodiscard]] bool holds_text(std::string_view text) const;
    /// A number of that many bytes as it lies in the file.
    [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t address, unsigned bytes) const;
    [[nodiscard]] Pointer pointer(std::uint64_t address) const;
    /// The text up to the zero byte that ends it; nothing when none comes within limit.
    [[nodiscard]] std::optional<std::string_view> text(std::uint64_t address, std::size_t limit) const;
    /// Where something lies in the file, for messages; 0 when it does not.
    [[nodiscard]] std::uint64_t offset_of(std::uint64_t address) const;

private:
    struct Impl;
    explicit ElfFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace confgraph::package::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace confgraph::core {

/// The dynamic symbols of a server or module binary of this machine's own kind. Anything malformed is no image; no
/// offset found in the file is followed without looking whether it lies inside.
class ElfImage {
public:
    /// Whether a file of this size that begins so can be an image at all: what its header says lies inside.
    static bool plausible(std::string_view beginning, std::uint64_t size);

    /// bytes must outlive the image.
    static std::optional<ElfImage> parse(std::string_view bytes);

    /// Whether the binary asks others for a symbol.
    [[nodiscard]] bool imports(std::string_view symbol) const;
    /// The bytes of a symbol that the binary defines, as they lie in the file: relocations are not applied.
    [[nodiscard]] std::optional<std::string_view> data_of(std::string_view symbol) const;
    /// The names of all symbols that the binary asks others for, or that it defines.
    [[nodiscard]] std::vector<std::string_view> names(bool defined) const;

private:
    struct Symbol {
        std::string_view name;
        std::uint64_t address = 0;
        std::uint64_t size = 0;
        bool defined = false;
    };

    explicit ElfImage(std::string_view bytes) : bytes_(bytes) {}
    bool find_tables();
    [[nodiscard]] std::optional<Symbol> symbol(std::size_t index) const;

    std::string_view bytes_;
    std::string_view segments_;
    std::string_view symbols_;
    std::string_view names_;
};

}  // namespace confgraph::core

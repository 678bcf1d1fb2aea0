// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/package.hpp"

#include <optional>
#include <string_view>

namespace confgraph::package::io {

/// The content of the entry that a reader of entries is at.
template <class Reader>
class BlockContent final : public core::Content {
public:
    explicit BlockContent(Reader & reader) : reader_(reader) {}

    std::string_view next() override {
        if (error_) {
            return {};
        }
        const auto block = reader_.next_block();
        if (!block) {
            error_ = block.error();
            return {};
        }
        return block.value();
    }
    [[nodiscard]] const std::optional<core::Error> & error() const { return error_; }

private:
    Reader & reader_;
    std::optional<core::Error> error_;
};

}  // namespace confgraph::package::io

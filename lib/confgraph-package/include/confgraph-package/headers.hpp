// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>
#include <confgraph/export.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package {

namespace core {
struct DevelopmentTree;
struct Headers;
}  // namespace core

/// The server's development headers.
class CONFGRAPH_API Headers {
public:
    explicit Headers(std::shared_ptr<const core::Headers> impl);

    /// Reads ap_mmn.h in a folder. Fails with CANNOT_READ, NOT_A_FILE, TOO_LARGE or NO_MMN.
    static Result<Headers> read(const std::string & folder);

    /// The file that was read.
    [[nodiscard]] const std::string & path() const;
    /// The major module magic number of what is compiled with them: 20120211.
    [[nodiscard]] int mmn_major() const;
    /// The minor one.
    [[nodiscard]] int mmn_minor() const;

private:
    std::shared_ptr<const core::Headers> impl_;
};

/// What is installed to compile modules with: the settings of apxs, the headers, and the number as distributions of rpm
/// write it beside these. Nothing is started to read it.
class CONFGRAPH_API DevelopmentTree {
public:
    explicit DevelopmentTree(std::shared_ptr<const core::DevelopmentTree> impl);

    /// Reads the first settings where distributions have them, and the headers in the folder that they name; without
    /// settings, the first headers where distributions have those. With a root, what is installed below it. Fails with
    /// CANNOT_READ, NOT_A_FILE, TOO_LARGE or NO_MMN.
    static Result<DevelopmentTree> find(const std::string & root = {});
    /// Reads a folder of headers; there are no settings then.
    static Result<DevelopmentTree> read(const std::string & include_folder);
    /// Where find() looks for settings, in that order.
    static const std::vector<std::string> & usual_settings_files();
    /// Where it looks for headers, in that order.
    static const std::vector<std::string> & usual_include_folders();

    /// The headers that were found.
    [[nodiscard]] Headers headers() const;
    /// The folder that they lie in.
    [[nodiscard]] const std::string & include_folder() const;
    /// The file that apxs takes its settings from (config_vars.mk); empty without one.
    [[nodiscard]] const std::string & settings_file() const;
    /// What `apxs -q NAME` would print.
    [[nodiscard]] std::optional<std::string> setting(std::string_view name) const;
    /// The major module magic number of the settings; 0 when they say none.
    [[nodiscard]] int settings_mmn_major() const;
    /// The file .mmn beside the headers; empty without one.
    [[nodiscard]] const std::string & mmn_file() const;
    /// What it says: "20120211x8664", that is the number, and the machine as ModuleBinary::rpm_isa() has it.
    [[nodiscard]] std::string mmn_text() const;
    /// The number in it; 0 without such a file.
    [[nodiscard]] int mmn_file_major() const;
    /// The machine in it; empty without one.
    [[nodiscard]] std::string mmn_file_rpm_isa() const;

private:
    std::shared_ptr<const core::DevelopmentTree> impl_;
};

}  // namespace confgraph::package

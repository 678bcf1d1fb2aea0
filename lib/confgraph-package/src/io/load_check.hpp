// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.hpp"
#include "core/module_records.hpp"
#include "io/tree_check.hpp"

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package::io {

inline constexpr std::string_view LOAD_SUFFIX = ".load";

/// Where the files of a package that is unpacked in a tree have their place: what the environment says is about this
/// system.
Layout tree_layout(const std::string & tree);

/// Checks .load files of a package, in whatever form that is: an unpacked tree, or a file.
class LoadCheck {
public:
    explicit LoadCheck(const Expectations & expectations);
    LoadCheck(const LoadCheck &) = delete;
    LoadCheck & operator=(const LoadCheck &) = delete;
    virtual ~LoadCheck() = default;

protected:
    /// Makes modules known that may be depended on: those for which a tree has a .load file.
    void know_modules_of(const std::string & tree);
    void know_module(std::string name) { known_.insert(std::move(name)); }

    /// Checks what an entry says; file is its own, as messages name it. A path in it that is not absolute begins at
    /// base.
    void check_entry(const Entry & entry, const std::string & file, const std::string & base);

    core::TreeProblem & add(TreeProblemCode code, const std::string & file, unsigned line, std::string text = {});

    [[nodiscard]] const Expectations & expectations() const { return expectations_; }

    std::vector<core::TreeProblem> problems;
    /// By path: what was looked at.
    std::map<std::string, core::Result<core::Binary>> binaries;
    std::set<std::string> loaded;

private:
    /// What a path of the installed package leads to, as binary_at() takes it; empty when the package has no such file.
    virtual std::string find_in_package(const std::string & path) = 0;
    /// Reads a file that find_in_package() found.
    virtual core::Result<core::Binary> read_in_package(const std::string & found) = 0;
    /// Is called for each module that is loaded and there.
    virtual void check_module(const std::string & file, unsigned line, const std::string & binary,
                              const core::Module & module) = 0;

    void know_modules_in(const std::string & folder);
    [[nodiscard]] std::string on_system(const std::string & path) const;
    void check_directive(const std::string & file, const LoadModule & directive, const std::string & base);
    void check_binary(const std::string & file, const LoadModule & directive, const std::string & path,
                      bool in_package);

    const Expectations & expectations_;
    std::set<std::string> known_;
};

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <confgraph-package/error.hpp>
#include <confgraph/catalog.hpp>
#include <confgraph/export.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confgraph::package {

namespace core {
struct TreeProblem;
}

class Package;

/// What can be wrong with the modules in the build tree of a package.
enum class TreeProblemCode : std::uint8_t {
    MALFORMED_FILE,      ///< something is wrong in a .load file: diagnostic() says what, about text()
    BAD_NAME,            ///< the name of a .load file cannot be the name of a module
    UNKNOWN_DEPENDENCY,  ///< text() is no module that is known; others() are similar ones
    BINARY_MISSING,      ///< LoadModule names text(), which is neither in the tree nor on the system
    BINARY_OUTSIDE,      ///< LoadModule names text(), which is not in the tree, but on this system
    BINARY_UNREADABLE,   ///< LoadModule names text(), which is no module binary: error()
    NO_SUCH_MODULE,      ///< the binary text() holds no module object(), but others()
    WRONG_MMN,           ///< the module object() of text() has mmn(), and declared_mmn() is declared in others()
    MIXED_MMN,           ///< the module object() of text() has mmn(), and others before had declared_mmn()
    MISSING_DEPENDENCY,  ///< the modules of text() have mmn(), and file() says that the package depends on no number
};

/// Something wrong in a tree, as data.
class CONFGRAPH_API TreeProblem {
public:
    explicit TreeProblem(std::shared_ptr<const core::TreeProblem> impl);

    /// What is wrong; it says what the others mean.
    [[nodiscard]] TreeProblemCode code() const;
    /// Whether the package would not work; else it is a blemish.
    [[nodiscard]] bool is_error() const;
    /// The file concerned.
    [[nodiscard]] const std::string & file() const;
    /// The line of file(), which counts from 1; 0 means the file as a whole.
    [[nodiscard]] unsigned line() const;
    /// What TreeProblemCode says of it: a name, or the path of a binary. Not fit to be printed raw.
    [[nodiscard]] const std::string & text() const;
    /// The module identifier, for the codes that name it; else empty.
    [[nodiscard]] const std::string & object() const;
    /// What TreeProblemCode says of them; empty where it says nothing.
    [[nodiscard]] const std::vector<std::string> & others() const;
    /// The major module magic number of a binary, for the codes that name it; else 0.
    [[nodiscard]] int mmn() const;
    /// The one that it had to be, for the codes that name it; else 0.
    [[nodiscard]] int declared_mmn() const;
    /// For MALFORMED_FILE, what is wrong.
    [[nodiscard]] DiagnosticCode diagnostic() const;
    /// For BINARY_UNREADABLE, why.
    [[nodiscard]] std::optional<Error> error() const;

private:
    std::shared_ptr<const core::TreeProblem> impl_;
};

/// What a tree is checked against.
class CONFGRAPH_API TreeExpectations {
public:
    TreeExpectations();

    /// The declared module magic number; without it, the one that the tree's own DEBIAN/control or the substvars file
    /// beside the tree depends on.
    [[nodiscard]] TreeExpectations with_mmn(int major) const;
    /// The system that counts as this one lies below a folder.
    [[nodiscard]] TreeExpectations with_root(std::string root) const;
    /// Another tree, whose modules may be depended on.
    [[nodiscard]] TreeExpectations with_other_tree(std::string tree) const;

    struct Impl;
    [[nodiscard]] const Impl & impl() const { return *impl_; }

private:
    explicit TreeExpectations(std::shared_ptr<const Impl> impl);
    std::shared_ptr<const Impl> impl_;
};

/// Checks each etc/apache2/mods-available/*.load in the build tree of a package, and the binaries that they load, by
/// file and line. Fails with CANNOT_READ when a folder cannot be read.
CONFGRAPH_API Result<std::vector<TreeProblem>> check_tree(const std::string & tree,
                                                          const TreeExpectations & expectations);

/// Checks each .load file in a package in the same way: what is in the package stands for the tree, and the paths of
/// problems are those inside of it. What the package declares is the business of check_package().
CONFGRAPH_API std::vector<TreeProblem> check_load_files(const Package & package, const TreeExpectations & expectations);

/// Whether the server itself, version 2.4, comes with a module of this name in Debian.
CONFGRAPH_API bool is_stock_module(std::string_view name);

}  // namespace confgraph::package

// SPDX-License-Identifier: Apache-2.0
#include "io/tree_check.hpp"

#include "core/control.hpp"
#include "core/module_records.hpp"
#include "io/binary_tree.hpp"
#include "io/load_check.hpp"
#include "io/read_file.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace confgraph::package::io {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t MAX_CONTROL_BYTES = 4UL * 1024 * 1024;

/// The names that a package depends on and provides, and the file that says so.
struct Metadata {
    std::vector<std::string> depends;
    std::vector<std::string> provides;
    std::string file;  ///< empty without any
};

void append(std::vector<std::string> & names, const std::vector<std::string> & more) {
    names.insert(names.end(), more.begin(), more.end());
}

/// Adds what a paragraph of a control file says.
void take_paragraph(std::string_view paragraph, Metadata & metadata) {
    for (const std::string_view field : {"Pre-Depends", "Depends"}) {
        append(metadata.depends, core::package_names(core::control_field(paragraph, field).value_or("")));
    }
    append(metadata.provides, core::package_names(core::control_field(paragraph, "Provides").value_or("")));
}

/// The paragraph about a package in a source's control file; empty when there is none.
std::string_view paragraph_of(std::string_view text, std::string_view package) {
    while (!text.empty()) {
        const auto end = std::min(text.find("\n\n"), text.size());
        const std::string_view paragraph = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        text.remove_prefix(std::min(text.find_first_not_of('\n'), text.size()));
        const auto name = core::control_field(paragraph, "Package");
        if (name && core::package_names(*name) == std::vector<std::string>{std::string(package)}) {
            return paragraph;
        }
    }
    return {};
}

Metadata metadata_of(const std::string & tree) {
    Metadata metadata;
    const std::string control = tree + "/DEBIAN/control";
    if (const auto text = read_file(control, MAX_CONTROL_BYTES)) {
        metadata.file = control;
        take_paragraph(text.value(), metadata);
        return metadata;
    }
    // What debhelper writes before there is a control file: lines NAME=VALUE, which the source's control file is filled
    // in with.
    const std::string variables = tree + ".substvars";
    if (const auto text = read_file(variables, MAX_CONTROL_BYTES)) {
        metadata.file = variables;
        std::string_view rest = text.value();
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            append(metadata.depends, core::package_names(line.substr(std::min(line.find('=') + 1, line.size()))));
        }
        const fs::path path(tree);
        if (const auto source = read_file((path.parent_path() / "control").native(), MAX_CONTROL_BYTES)) {
            take_paragraph(paragraph_of(source.value(), path.filename().native()), metadata);
        }
    }
    return metadata;
}

class Check final : public LoadCheck {
public:
    Check(std::string tree, const Expectations & expected) : LoadCheck(expected), tree_(std::move(tree)) {
        while (tree_.size() > 1 && tree_.ends_with('/')) {
            tree_.pop_back();
        }
        if (expected.mmn) {
            declared_.push_back(*expected.mmn);
        } else {
            metadata_ = metadata_of(tree_);
            declared_ = core::api_numbers(metadata_.depends);
        }
    }

    core::Result<std::vector<core::TreeProblem>> run() {
        std::error_code error;
        // A folder that is not there would have no problems.
        if (static_cast<void>(fs::directory_iterator(tree_, error)); error) {
            return core::Error{ErrorCode::CANNOT_READ, tree_, error.value(), Part::NONE, 0, 0};
        }
        const auto catalog = Catalog::read_all(tree_layout(tree_));
        if (!catalog) {
            return core::Error{ErrorCode::CANNOT_READ,
                               tree_ + catalog.error().path(),
                               catalog.error().system_error(),
                               Part::NONE,
                               0,
                               0};
        }
        know_modules_of(tree_);
        auto found = find_binaries(tree_);
        if (!found) {
            return found.error();
        }
        for (core::Binary & binary : found.value().binaries) {
            const std::string path = binary.path;
            binaries.emplace(path, std::move(binary));
        }
        check_depends();
        for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
            if (entry.available()) {
                check_entry(entry, tree_ + entry.file(), tree_layout(tree_).config_folder());
            }
        }
        check_unloaded();
        return std::move(problems);
    }

private:
    std::string find_in_package(const std::string & path) override { return resolve_inside(tree_, path); }
    core::Result<core::Binary> read_in_package(const std::string & found) override { return read_binary(found); }

    /// Whether a package with modules depends on their number, where it says what it depends on. A server does not.
    void check_depends() {
        if (binaries.empty() || metadata_.file.empty() || core::depends_on_api(metadata_.depends) ||
            !core::api_numbers(metadata_.provides).empty()) {
            return;
        }
        const core::Binary & first = binaries.begin()->second.value();
        add(TreeProblemCode::MISSING_DEPENDENCY, metadata_.file, 0, first.path).mmn = first.modules.front().mmn_major;
    }

    void check_module(const std::string & file, unsigned line, const std::string & binary,
                      const core::Module & module) override {
        const bool declared = !declared_.empty();
        if (!declared && first_mmn_ == 0) {
            first_mmn_ = module.mmn_major;
        }
        const bool right = declared ? std::find(declared_.begin(), declared_.end(), module.mmn_major) != declared_.end()
                                    : module.mmn_major == first_mmn_;
        if (right) {
            return;
        }
        core::TreeProblem & problem =
            add(declared ? TreeProblemCode::WRONG_MMN : TreeProblemCode::MIXED_MMN, file, line, binary);
        problem.object = module.identifier;
        problem.mmn = module.mmn_major;
        problem.declared_mmn = declared ? declared_.front() : first_mmn_;
        if (!metadata_.file.empty() && declared) {
            problem.others.push_back(metadata_.file);
        }
    }

    /// Binaries that no file loads are of the package as well.
    void check_unloaded() {
        for (const auto & [path, binary] : binaries) {
            if (loaded.contains(path) || !binary) {
                continue;
            }
            for (const core::Module & module : binary.value().modules) {
                check_module(path, 0, path, module);
            }
        }
    }

    std::string tree_;
    Metadata metadata_;
    std::vector<int> declared_;
    int first_mmn_ = 0;
};

}  // namespace

core::Result<std::vector<core::TreeProblem>> check_tree(const std::string & tree, const Expectations & expectations) {
    return Check(tree, expectations).run();
}

}  // namespace confgraph::package::io

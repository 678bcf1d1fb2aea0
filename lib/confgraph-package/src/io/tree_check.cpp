// SPDX-License-Identifier: Apache-2.0
#include "io/tree_check.hpp"

#include "core/control.hpp"
#include "core/module_records.hpp"
#include "core/stock_modules.hpp"
#include "io/binary_tree.hpp"
#include "io/read_file.hpp"

#include <confgraph/layout.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace confgraph::package::io {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t MAX_CONTROL_BYTES = 4UL * 1024 * 1024;
constexpr std::string_view LOAD = ".load";

/// The modules for which a folder has a .load file; none where there is no such folder.
void add_modules(const std::string & folder, std::set<std::string> & names) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const std::string name = entry->path().filename().native();
        if (name.size() > LOAD.size() && name.ends_with(LOAD)) {
            names.insert(name.substr(0, name.size() - LOAD.size()));
        }
    }
}

std::string available_folder(const std::string & tree) { return Layout::below(tree).available_folder(Kind::MODULE); }

/// A module magic number that a package depends on, and the file that says so.
struct Declaration {
    std::vector<int> numbers;
    std::string file;
};

Declaration declared_by(const std::string & tree) {
    const std::string control = tree + "/DEBIAN/control";
    if (const auto text = read_file(control, MAX_CONTROL_BYTES)) {
        std::vector<std::string> names;
        for (const std::string_view field : {"Pre-Depends", "Depends"}) {
            const auto list = core::package_names(core::control_field(text.value(), field).value_or(""));
            names.insert(names.end(), list.begin(), list.end());
        }
        return {core::api_numbers(names), control};
    }
    // What debhelper writes before there is a control file: lines NAME=VALUE.
    const std::string variables = tree + ".substvars";
    std::vector<std::string> names;
    if (const auto text = read_file(variables, MAX_CONTROL_BYTES)) {
        std::string_view rest = text.value();
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto list = core::package_names(line.substr(std::min(line.find('=') + 1, line.size())));
            names.insert(names.end(), list.begin(), list.end());
        }
    }
    return {core::api_numbers(names), variables};
}

class Check {
public:
    Check(std::string tree, const Expectations & expectations) : tree_(std::move(tree)), expectations_(expectations) {
        while (tree_.size() > 1 && tree_.ends_with('/')) {
            tree_.pop_back();
        }
        if (expectations_.mmn) {
            declaration_.numbers.push_back(*expectations_.mmn);
        } else {
            declaration_ = declared_by(tree_);
        }
    }

    core::Result<std::vector<core::TreeProblem>> run() {
        std::error_code error;
        // A folder that is not there would have no problems.
        if (static_cast<void>(fs::directory_iterator(tree_, error)); error) {
            return core::Error{ErrorCode::CANNOT_READ, tree_, error.value(), Part::NONE, 0, 0};
        }
        const auto catalog = Catalog::read_all(Layout::below(tree_));
        if (!catalog) {
            return core::Error{
                ErrorCode::CANNOT_READ, catalog.error().path(), catalog.error().system_error(), Part::NONE, 0, 0};
        }
        find_known();
        auto found = find_binaries(tree_);
        if (!found) {
            return found.error();
        }
        for (core::Binary & binary : found.value().binaries) {
            const std::string path = binary.path;
            binaries_.emplace(path, std::move(binary));
        }
        for (const Entry & entry : catalog.value().entries(Kind::MODULE)) {
            if (entry.available()) {
                check_entry(entry);
            }
        }
        check_unloaded();
        return std::move(problems_);
    }

private:
    void find_known() {
        const std::vector<std::string> stock = core::stock_modules();
        known_.insert(stock.begin(), stock.end());
        add_modules(available_folder(tree_), known_);
        for (const std::string & other : expectations_.other_trees) {
            add_modules(available_folder(other), known_);
        }
        add_modules(Layout::without_envvars("").available_folder(Kind::MODULE), known_);
    }

    core::TreeProblem & add(TreeProblemCode code, const std::string & file, unsigned line, std::string text = {}) {
        return problems_.emplace_back(core::TreeProblem{code, file, line, std::move(text)});
    }

    void check_entry(const Entry & entry) {
        const std::string & file = entry.file();
        const std::size_t first = problems_.size();
        if (!is_entry_name(entry.name())) {
            add(TreeProblemCode::BAD_NAME, file, 0, entry.name());
        }
        std::set<std::string> malformed;
        for (const Diagnostic & diagnostic : entry.diagnostics()) {
            add(TreeProblemCode::MALFORMED_FILE, file, diagnostic.line(), diagnostic.text()).diagnostic =
                diagnostic.code();
            malformed.insert(diagnostic.text());
        }
        for (const Reference & reference : entry.depends()) {
            // A name that is no name was told of already.
            if (!known_.contains(reference.name()) && !malformed.contains(reference.name())) {
                add(TreeProblemCode::UNKNOWN_DEPENDENCY, file, reference.line(), reference.name()).others =
                    similar_names(reference.name(), {known_.begin(), known_.end()});
            }
        }
        for (const LoadModule & directive : entry.load_modules()) {
            check_directive(file, directive);
        }
        // By line, as compilers do.
        std::stable_sort(problems_.begin() + static_cast<std::ptrdiff_t>(first), problems_.end(),
                         [](const auto & left, const auto & right) { return left.line < right.line; });
    }

    void check_directive(const std::string & file, const LoadModule & directive) {
        const std::string & written = directive.file();
        if (written.empty() || written.find("${") != std::string::npos) {
            return;  // what a variable holds is known to the server alone
        }
        std::string path = written;
        if (!path.starts_with('/')) {
            path.insert(0, Layout::below("").config_folder() + "/");
        }
        std::string binary = resolve_inside(tree_, path);
        for (const std::string & other : expectations_.other_trees) {
            if (binary.empty()) {
                binary = resolve_inside(other, path);
            }
        }
        if (binary.empty()) {
            std::error_code error;
            const bool installed = fs::exists(path, error);
            add(installed ? TreeProblemCode::BINARY_OUTSIDE : TreeProblemCode::BINARY_MISSING, file, directive.line(),
                path);
            if (!installed) {
                return;
            }
            binary = path;
        }
        check_binary(file, directive, binary);
    }

    void check_binary(const std::string & file, const LoadModule & directive, const std::string & path) {
        auto known = binaries_.find(path);
        if (known == binaries_.end()) {
            known = binaries_.emplace(path, io::read_binary(path)).first;
        }
        const auto & read = known->second;
        loaded_.insert(path);
        if (!read) {
            add(TreeProblemCode::BINARY_UNREADABLE, file, directive.line(), path).error = read.error();
            return;
        }
        const auto & modules = read.value().modules;
        const auto module = std::find_if(modules.begin(), modules.end(), [&](const core::Module & found) {
            return found.identifier == directive.identifier();
        });
        if (module != modules.end()) {
            check_mmn(file, directive.line(), path, *module);
            return;
        }
        core::TreeProblem & problem = add(TreeProblemCode::NO_SUCH_MODULE, file, directive.line(), path);
        problem.object = directive.identifier();
        for (const core::Module & found : modules) {
            problem.others.push_back(found.identifier);
        }
    }

    void check_mmn(const std::string & file, unsigned line, const std::string & binary, const core::Module & module) {
        const bool declared = !declaration_.numbers.empty();
        if (!declared && first_mmn_ == 0) {
            first_mmn_ = module.mmn_major;
        }
        const bool right = declared ? std::find(declaration_.numbers.begin(), declaration_.numbers.end(),
                                                module.mmn_major) != declaration_.numbers.end()
                                    : module.mmn_major == first_mmn_;
        if (right) {
            return;
        }
        core::TreeProblem & problem =
            add(declared ? TreeProblemCode::WRONG_MMN : TreeProblemCode::MIXED_MMN, file, line, binary);
        problem.object = module.identifier;
        problem.mmn = module.mmn_major;
        problem.declared_mmn = declared ? declaration_.numbers.front() : first_mmn_;
        if (!declaration_.file.empty() && declared) {
            problem.others.push_back(declaration_.file);
        }
    }

    /// Binaries that no file loads are of the package as well.
    void check_unloaded() {
        for (const auto & [path, binary] : binaries_) {
            if (loaded_.contains(path) || !binary) {
                continue;
            }
            for (const core::Module & module : binary.value().modules) {
                check_mmn(path, 0, path, module);
            }
        }
    }

    std::string tree_;
    const Expectations & expectations_;
    Declaration declaration_;
    std::set<std::string> known_;
    std::set<std::string> loaded_;
    /// By path: all that hold modules in the tree, and what else was loaded.
    std::map<std::string, core::Result<core::Binary>> binaries_;
    int first_mmn_ = 0;
    std::vector<core::TreeProblem> problems_;
};

}  // namespace

core::Result<std::vector<core::TreeProblem>> check_tree(const std::string & tree, const Expectations & expectations) {
    return Check(tree, expectations).run();
}

}  // namespace confgraph::package::io

// SPDX-License-Identifier: Apache-2.0
#include "io/load_check.hpp"

#include "core/stock_modules.hpp"
#include "io/binary_tree.hpp"
#include "io/read_file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace confgraph::package::io {

namespace fs = std::filesystem;

Layout tree_layout(const std::string & tree) {
    return Layout::without_envvars(LayoutOptions().with_root(tree).with_name(LayoutName::DEBIAN).without_environment());
}

LoadCheck::LoadCheck(const Expectations & expectations) : expectations_(expectations) {
    const std::vector<std::string> stock = core::stock_modules();
    known_.insert(stock.begin(), stock.end());
    for (const std::string & other : expectations_.other_trees) {
        know_modules_of(other);
    }
    const auto system = Layout::without_envvars(LayoutOptions().with_root(expectations_.root));
    know_modules_in(on_system(system.available_folder(Kind::MODULE)));
}

void LoadCheck::know_modules_of(const std::string & tree) {
    know_modules_in(resolve_inside(tree, tree_layout(tree).available_folder(Kind::MODULE)));
}

/// Where a path of the system on which packages are installed leads to; empty where that is known to be nothing.
std::string LoadCheck::on_system(const std::string & path) const {
    return expectations_.root.empty() ? path : resolve_inside(expectations_.root, path);
}

void LoadCheck::know_modules_in(const std::string & folder) {
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const std::string name = entry->path().filename().native();
        if (name.size() > LOAD_SUFFIX.size() && name.ends_with(LOAD_SUFFIX)) {
            known_.insert(name.substr(0, name.size() - LOAD_SUFFIX.size()));
        }
    }
}

core::TreeProblem & LoadCheck::add(TreeProblemCode code, const std::string & file, unsigned line, std::string text) {
    return problems.emplace_back(core::TreeProblem{code, file, line, std::move(text)});
}

void LoadCheck::check_entry(const Entry & entry, const std::string & file, const std::string & base) {
    const std::size_t first = problems.size();
    if (!is_entry_name(entry.name())) {
        add(TreeProblemCode::BAD_NAME, file, 0, entry.name());
    }
    std::set<std::string> malformed;
    for (const Diagnostic & diagnostic : entry.diagnostics()) {
        add(TreeProblemCode::MALFORMED_FILE, file, diagnostic.line(), diagnostic.text()).diagnostic = diagnostic.code();
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
        check_directive(file, directive, base);
    }
    // By line, as compilers do.
    std::stable_sort(problems.begin() + static_cast<std::ptrdiff_t>(first), problems.end(),
                     [](const auto & left, const auto & right) { return left.line < right.line; });
}

void LoadCheck::check_directive(const std::string & file, const LoadModule & directive, const std::string & base) {
    const std::string & written = directive.file();
    if (written.empty() || written.find("${") != std::string::npos) {
        return;  // what a variable holds is known to the server alone
    }
    std::string path = written;
    if (!path.starts_with('/')) {
        path.insert(0, base + "/");
    }
    if (const std::string found = find_in_package(path); !found.empty()) {
        check_binary(file, directive, found, true);
        return;
    }
    for (const std::string & other : expectations_.other_trees) {
        if (const std::string found = resolve_inside(other, path); !found.empty()) {
            check_binary(file, directive, found, false);
            return;
        }
    }
    std::error_code error;
    const std::string there = on_system(path);
    const bool installed = fs::exists(there, error);
    add(installed ? TreeProblemCode::BINARY_OUTSIDE : TreeProblemCode::BINARY_MISSING, file, directive.line(), path);
    if (installed) {
        check_binary(file, directive, there, false);
    }
}

void LoadCheck::check_binary(const std::string & file, const LoadModule & directive, const std::string & path,
                             bool in_package) {
    // One of the system may be called as one of the package is.
    const std::string key = in_package ? path : "outside:" + path;
    auto known = binaries.find(key);
    if (known == binaries.end()) {
        known = binaries.emplace(key, in_package ? read_in_package(path) : io::read_binary(path)).first;
    }
    const auto & read = known->second;
    loaded.insert(key);
    if (!read) {
        add(TreeProblemCode::BINARY_UNREADABLE, file, directive.line(), path).error = read.error();
        return;
    }
    const auto & modules = read.value().modules;
    const auto module = std::find_if(modules.begin(), modules.end(), [&](const core::Module & found) {
        return found.identifier == directive.identifier();
    });
    if (module != modules.end()) {
        check_module(file, directive.line(), path, *module);
        return;
    }
    core::TreeProblem & problem = add(TreeProblemCode::NO_SUCH_MODULE, file, directive.line(), path);
    problem.object = directive.identifier();
    for (const core::Module & found : modules) {
        problem.others.push_back(found.identifier);
    }
}

}  // namespace confgraph::package::io

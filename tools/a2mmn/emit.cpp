// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "development.hpp"
#include "error_text.hpp"
#include "list.hpp"

#include <confgraph-package/binary.hpp>
#include <confgraph-package/dependency.hpp>
#include <confgraph/text.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace a2mmn {

using confgraph::escape;
using confgraph::package::BinaryTree;
using confgraph::package::Flavour;
using confgraph::package::Module;
using confgraph::package::ModuleBinary;

namespace {

/// What the dependency is made of, and the file that says so.
struct Source {
    int mmn_major = 0;
    std::string rpm_isa;
    std::string file;
};

/// What was found so far.
struct Found {
    std::optional<Source> source;
    bool complete = true;
};

bool from_headers(const Options & options, Found & found, tool::Output & output) {
    const auto tree = read_development_tree(options);
    if (!tree) {
        output.err("a2mmn: {}\n", error_text(tree.error()));
        return false;
    }
    if (const auto wrong = contradictions_in(tree.value()); !wrong.empty()) {
        output.err("a2mmn: {}\n", wrong.front());
        return false;
    }
    const auto headers = tree.value().headers();
    // A distribution that writes down what its packages depend on is taken at its word.
    const std::string isa =
        tree.value().mmn_file().empty() ? confgraph::package::native_rpm_isa() : tree.value().mmn_file_rpm_isa();
    found.source = Source{headers.mmn_major(), isa, headers.path()};
    return true;
}

/// Adds what the modules of one binary need. Says so when that is not what the others need.
bool add(const Options & options, const ModuleBinary & binary, std::optional<Source> & source, tool::Output & output) {
    for (const Module & module : binary.modules()) {
        const Source here{module.mmn_major(), options.flavour == Flavour::RPM ? binary.rpm_isa() : "", binary.path()};
        if (!source) {
            source = here;
        } else if (source->mmn_major != here.mmn_major) {
            output.err("a2mmn: {} is for module magic number {}, and {} for {}: no server loads both\n",
                       escape(source->file), source->mmn_major, escape(here.file), here.mmn_major);
            return false;
        } else if (source->rpm_isa != here.rpm_isa) {
            output.err("a2mmn: {} and {} are for different machines: no server loads both\n", escape(source->file),
                       escape(here.file));
            return false;
        }
    }
    return true;
}

/// Goes through the files of a list. A file that cannot be understood makes it incomplete, and the others count.
/// Returns false when nothing can be said.
bool add_list(const Options & options, Found & found, tool::Output & output) {
    const auto paths = read_list(output);
    if (!paths) {
        return false;
    }
    for (const std::string & path : *paths) {
        const auto binary = ModuleBinary::read(path);
        if (binary) {
            if (!add(options, binary.value(), found.source, output)) {
                return false;
            }
        } else if (matters_in_list(binary.error())) {
            output.err("a2mmn: {}\n", error_text(binary.error()));
            found.complete = false;
        }
    }
    return true;
}

/// Adds a file, or all files below a folder. One that cannot be understood makes it incomplete, and the others count.
/// Returns false when nothing can be said.
bool add_path(const Options & options, const std::string & path, Found & found, tool::Output & output) {
    const auto tree = BinaryTree::read(path);
    if (!tree) {
        output.err("a2mmn: {}\n", error_text(tree.error()));
        found.complete = false;
        return true;
    }
    for (const confgraph::package::Error & error : tree.value().errors()) {
        output.err("a2mmn: {}\n", error_text(error));
        found.complete = false;
    }
    const auto & binaries = tree.value().binaries();
    return std::all_of(binaries.begin(), binaries.end(),
                       [&](const ModuleBinary & binary) { return add(options, binary, found.source, output); });
}

/// What the binaries that were named need. Returns false when that cannot be said. A list may be without any.
bool from_binaries(const Options & options, Found & found, tool::Output & output) {
    bool listed = false;
    std::string paths;
    for (const std::string & path : options.paths) {
        listed = listed || path == LIST;
        paths += (paths.empty() ? "" : ", ") + escape(path);
        if (!(path == LIST ? add_list(options, found, output) : add_path(options, path, found, output))) {
            return false;
        }
    }
    if (!found.source && found.complete && !listed) {
        output.err("a2mmn: {}: holds no module\n", paths);
        return false;
    }
    return true;
}

std::vector<std::string> lines(const Options & options, const Source & source) {
    if (options.provides) {
        return confgraph::package::provisions(options.flavour, source.mmn_major, source.rpm_isa);
    }
    std::vector<std::string> all = {confgraph::package::dependency(options.flavour, source.mmn_major, source.rpm_isa)};
    if (options.openssl) {
        all.push_back(confgraph::package::openssl_dependency(source.mmn_major, options.root));
    }
    return all;
}

}  // namespace

int emit(const Options & options, tool::Output & output) {
    Found found;
    if (!(options.headers ? from_headers(options, found, output) : from_binaries(options, found, output))) {
        return FAILED;
    }
    if (found.source) {
        const std::vector<std::string> all = lines(options, *found.source);
        if (options.substvars) {
            output.out("apache2:Depends={}\n", fmt::join(all, ", "));
        } else {
            output.out("{}\n", fmt::join(all, "\n"));
        }
    }
    return found.complete ? DONE : FAILED;
}

}  // namespace a2mmn

// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "error_text.hpp"

#include <confgraph-package/binary.hpp>
#include <confgraph-package/dependency.hpp>
#include <confgraph-package/headers.hpp>
#include <confgraph/text.hpp>

#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <vector>

namespace a2mmn {

using confgraph::escape;
using confgraph::package::BinaryTree;
using confgraph::package::Flavour;
using confgraph::package::Headers;
using confgraph::package::Module;
using confgraph::package::ModuleBinary;

namespace {

/// What the dependency is made of, and the file that says so.
struct Source {
    int mmn_major = 0;
    std::string rpm_isa;
    std::string file;
};

std::optional<Source> from_headers(const Options & options, tool::Output & output) {
    const auto headers = options.include_folder ? Headers::read(*options.include_folder) : Headers::read_installed();
    if (!headers) {
        output.err("a2mmn: {}\n", error_text(headers.error()));
        return std::nullopt;
    }
    return Source{headers.value().mmn_major(), confgraph::package::native_rpm_isa(), headers.value().path()};
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

std::optional<Source> from_binaries(const Options & options, tool::Output & output) {
    std::optional<Source> source;
    for (const std::string & path : options.paths) {
        const auto tree = BinaryTree::read(path);
        if (!tree) {
            output.err("a2mmn: {}\n", error_text(tree.error()));
            return std::nullopt;
        }
        for (const confgraph::package::Error & error : tree.value().errors()) {
            output.err("a2mmn: {}\n", error_text(error));
            return std::nullopt;
        }
        for (const ModuleBinary & binary : tree.value().binaries()) {
            if (!add(options, binary, source, output)) {
                return std::nullopt;
            }
        }
    }
    if (!source) {
        std::string paths;
        for (const std::string & path : options.paths) {
            paths += (paths.empty() ? "" : ", ") + escape(path);
        }
        output.err("a2mmn: {}: holds no module\n", paths);
    }
    return source;
}

}  // namespace

int emit(const Options & options, tool::Output & output) {
    const auto source = options.headers ? from_headers(options, output) : from_binaries(options, output);
    if (!source) {
        return FAILED;
    }
    std::vector<std::string> lines = {
        confgraph::package::dependency(options.flavour, source->mmn_major, source->rpm_isa)};
    if (options.openssl) {
        lines.push_back(confgraph::package::openssl_dependency(source->mmn_major));
    }
    if (options.substvars) {
        output.out("apache2:Depends={}\n", fmt::join(lines, ", "));
    } else {
        output.out("{}\n", fmt::join(lines, "\n"));
    }
    return DONE;
}

}  // namespace a2mmn

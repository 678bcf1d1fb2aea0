// SPDX-License-Identifier: Apache-2.0
#include "development.hpp"

#include "common/language.hpp"

#include <confgraph/text.hpp>

#include <fmt/format.h>

namespace a2mmn {

using confgraph::escape;
using confgraph::package::DevelopmentTree;

confgraph::package::Result<DevelopmentTree> read_development_tree(const Options & options) {
    return options.include_folder ? DevelopmentTree::read(*options.include_folder)
                                  : DevelopmentTree::find(options.root);
}

std::vector<std::string> contradictions_in(const DevelopmentTree & tree) {
    std::vector<std::string> lines;
    const int major = tree.headers().mmn_major();
    const auto compare = [&](const std::string & file, int said) {
        if (said != 0 && said != major) {
            lines.push_back(
                tool::phrase("{}: says {}, but {} says {}", escape(file), said, escape(tree.headers().path()), major));
        }
    };
    compare(tree.settings_file(), tree.settings_mmn_major());
    compare(tree.mmn_file(), tree.mmn_file_major());
    return lines;
}

}  // namespace a2mmn

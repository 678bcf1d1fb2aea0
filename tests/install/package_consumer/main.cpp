// SPDX-License-Identifier: Apache-2.0

// A program outside of the project: says what modules a binary holds, and what a package with it depends on.

#include <confgraph-package/binary.hpp>
#include <confgraph-package/dependency.hpp>
#include <confgraph/text.hpp>

#include <iostream>

int main(int argc, char ** argv) {
    if (argc != 2) {
        std::cerr << "Usage: package_consumer FILE\n";
        return 2;
    }
    const auto binary = confgraph::package::ModuleBinary::read(argv[1]);
    if (!binary) {
        std::cerr << binary.error().path() << ": cannot be read\n";
        return 1;
    }
    std::cout << "confgraph " << confgraph::version() << '\n';
    for (const auto & module : binary.value().modules()) {
        std::cout << module.identifier() << ": "
                  << confgraph::package::dependency(confgraph::package::Flavour::RPM, module.mmn_major(),
                                                    binary.value().rpm_isa())
                  << ", " << module.directives().size() << " directives\n";
    }
    return 0;
}

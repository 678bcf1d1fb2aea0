// SPDX-License-Identifier: Apache-2.0

// A program outside of the project: plans to enable a module and says what that would change, and why.

#include <confgraph/catalog.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/plan.hpp>
#include <confgraph/request.hpp>
#include <confgraph/text.hpp>

#include <iostream>

int main(int argc, char ** argv) {
    if (argc != 2) {
        std::cerr << "Usage: consumer MODULE\n";
        return 2;
    }
    const auto layout = confgraph::Layout::from_environment(confgraph::LayoutOptions());
    if (!layout) {
        std::cerr << layout.error().path() << ": cannot find the configuration\n";
        return 1;
    }
    const confgraph::Request request(confgraph::Action::ENABLE, confgraph::Kind::MODULE, {argv[1]});
    const auto catalog = confgraph::Catalog::read_for(layout.value(), request);
    if (!catalog) {
        std::cerr << catalog.error().path() << ": cannot be read\n";
        return 1;
    }
    const confgraph::Plan plan = confgraph::plan(catalog.value(), request);
    std::cout << "confgraph " << confgraph::version() << '\n';
    for (const confgraph::Step & step : plan.steps()) {
        std::cout << "enable " << step.name();
        if (!step.because().empty()) {
            std::cout << " for " << step.because() << ", line " << step.where().front().line();
        }
        std::cout << ": " << step.operations().size() << " operations\n";
    }
    return plan.refused() ? 1 : 0;
}

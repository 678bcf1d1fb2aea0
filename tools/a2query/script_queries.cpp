// SPDX-License-Identifier: Apache-2.0
#include "script_queries.hpp"

#include "common/language.hpp"

#include "queries.hpp"

#include <confgraph/dpkg.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

#include <cerrno>

namespace a2query {

using confgraph::escape;

int answer_configured(const std::string & package, const std::string & root, bool quiet, tool::Output & output) {
    const auto found = confgraph::DpkgPackage::find(confgraph::dpkg_admin_folder(), package, root);
    const bool without_dpkg = !found && found.error().system_error() == ENOENT;
    if (!found && !without_dpkg) {
        // Nothing on standard output: it cannot be told.
        output.err("{}: {}\n", escape(found.error().path()), tool::system_text(found.error().system_error()));
        return NOT_FOUND;
    }
    if (!quiet) {
        output.out("{}\n", without_dpkg    ? "installed"
                           : found.value() ? escape(found.value()->state())
                                           : "not-installed");
    }
    return without_dpkg || (found.value() && found.value()->configured()) ? FOUND : NOT_FOUND;
}

int answer_script(const tool::ScriptOptions & options, const confgraph::LayoutOptions & place, tool::Output & output) {
    const auto call = tool::script_call(options, output);
    if (!call) {
        return USAGE;
    }
    tool::ScriptAnswer answer(output);
    if (call->script.script() == confgraph::Script::PREINST) {
        answer.message("info", "apache2_needs_action: ", "The maintainer helper can not be called in preinst");
    }
    if (call->then.empty()) {
        return call->script.needs_action(call->asked) ? FOUND : NOT_FOUND;
    }
    auto layout = confgraph::Layout::from_environment(place);
    answer.server_action(*call, layout ? layout.value() : confgraph::Layout::without_envvars(place), false);
    return FOUND;
}

}  // namespace a2query

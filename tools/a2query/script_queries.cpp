// SPDX-License-Identifier: Apache-2.0
#include "script_queries.hpp"

#include "queries.hpp"

#include <confgraph/dpkg.hpp>
#include <confgraph/layout.hpp>
#include <confgraph/text.hpp>

#include <cerrno>
#include <cstring>

namespace a2query {

using confgraph::escape;

int answer_configured(const std::string & package, bool quiet, tool::Output & output) {
    const auto found = confgraph::DpkgPackage::find(confgraph::dpkg_admin_folder(), package);
    if (!found) {
        if (found.error().system_error() == ENOENT) {
            return FOUND;
        }
        if (!quiet) {
            output.err("{}: {}\n", escape(found.error().path()), std::strerror(found.error().system_error()));
        }
        return NOT_FOUND;
    }
    if (found.value() && found.value()->configured()) {
        return FOUND;
    }
    if (!quiet) {
        output.err("Package {} is not configured ({})\n", escape(package),
                   found.value() ? escape(found.value()->state()) : "not-installed");
    }
    return NOT_FOUND;
}

int answer_script(const tool::ScriptOptions & options, std::string_view instance, tool::Output & output) {
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
    auto layout = confgraph::Layout::from_environment(instance);
    answer.server_action(*call, layout ? layout.value() : confgraph::Layout::without_envvars(instance), false);
    return FOUND;
}

}  // namespace a2query

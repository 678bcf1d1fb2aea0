// SPDX-License-Identifier: Apache-2.0
#include "core/maintainer_script.hpp"

#include <confgraph/maintainer_script.hpp>

#include <utility>

namespace confgraph {

MaintainerScript::MaintainerScript(std::shared_ptr<const core::MaintainerScript> impl) : impl_(std::move(impl)) {}

std::optional<MaintainerScript> MaintainerScript::parse(std::string_view words) {
    auto parsed = core::parse_maintainer_script(words);
    if (!parsed) {
        return std::nullopt;
    }
    return MaintainerScript(std::make_shared<const core::MaintainerScript>(std::move(*parsed)));
}

Script MaintainerScript::script() const { return impl_->script; }
std::string_view MaintainerScript::name() const { return core::script_name(impl_->script); }
const std::string & MaintainerScript::method() const { return impl_->method; }
const std::string & MaintainerScript::argument() const { return impl_->argument; }

Decision MaintainerScript::decide(Action action, const std::optional<Entry> & entry) const {
    core::Standing standing;
    if (entry) {
        standing = {entry->link() != LinkState::ABSENT, entry->enabled_by(), entry->disabled_by()};
    }
    return core::decide(*impl_, action, standing);
}

bool MaintainerScript::needs_action(bool asked) const { return core::needs_action(*impl_, asked); }

}  // namespace confgraph

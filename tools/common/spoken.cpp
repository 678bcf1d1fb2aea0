// SPDX-License-Identifier: Apache-2.0
#include "common/spoken.hpp"

#include "common/language.hpp"

namespace tool {

using confgraph::Action;
using confgraph::Actor;
using confgraph::Kind;

std::string spoken(Kind kind) {
    switch (kind) {
        case Kind::MODULE:
            return phrase("module");
        case Kind::CONF:
            return phrase("conf");
        case Kind::SITE:
            return phrase("site");
    }
    return {};
}

std::string spoken_title(Kind kind) {
    switch (kind) {
        case Kind::MODULE:
            return phrase("Module");
        case Kind::CONF:
            return phrase("Conf");
        case Kind::SITE:
            return phrase("Site");
    }
    return {};
}

std::string spoken(Action action) {
    switch (action) {
        case Action::ENABLE:
            return phrase("enable");
        case Action::DISABLE:
            return phrase("disable");
        case Action::SWITCH:
            return phrase("switch");
    }
    return {};
}

std::string spoken(Actor actor) {
    switch (actor) {
        case Actor::ADMIN:
            return phrase("site administrator");
        case Actor::MAINT:
            return phrase("maintainer script");
        case Actor::NOBODY:
            break;
    }
    return phrase("unknown");
}

}  // namespace tool

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// Which modules, confs and sites of the Apache HTTP Server are enabled, and changing that.
namespace confgraph {

/// What an entry is. A module is NAME.load with an optional NAME.conf; a conf and a site are NAME.conf.
enum class Kind : std::uint8_t { MODULE, CONF, SITE };

/// What is done to an entry.
enum class Action : std::uint8_t {
    ENABLE,
    DISABLE,
    SWITCH,  ///< an MPM takes the place of the one that is enabled
};

/// Who last enabled or disabled an entry, as its marker says.
enum class Actor : std::uint8_t { NOBODY, ADMIN, MAINT };

/// The word for a kind in messages and in the state directory: "module", "conf" or "site".
constexpr std::string_view word(Kind kind) {
    constexpr std::string_view WORDS[] = {"module", "conf", "site"};
    return WORDS[static_cast<std::size_t>(kind)];
}

/// The suffix of the file that makes an entry of this kind: ".load" or ".conf".
constexpr std::string_view suffix(Kind kind) { return kind == Kind::MODULE ? ".load" : ".conf"; }

}  // namespace confgraph

// SPDX-License-Identifier: Apache-2.0
#include "io/accounts.hpp"

#include <grp.h>
#include <pwd.h>

namespace confgraph::io {

std::optional<core::KnownUser> find_user(const std::string & name) {
    const passwd * user = ::getpwnam(name.c_str());
    if (user == nullptr) {
        return std::nullopt;
    }
    core::KnownUser known{name, user->pw_uid, {}};
    const ::group * group = ::getgrgid(user->pw_gid);
    known.group = group == nullptr ? std::string() : group->gr_name;
    return known;
}

std::optional<core::KnownGroup> find_group(const std::string & name) {
    const ::group * group = ::getgrnam(name.c_str());
    return group == nullptr ? std::nullopt : std::optional(core::KnownGroup{name, group->gr_gid});
}

}  // namespace confgraph::io

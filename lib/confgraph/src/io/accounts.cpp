// SPDX-License-Identifier: Apache-2.0
#include "io/accounts.hpp"

#include "core/account_files.hpp"
#include "io/read_whole.hpp"

#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <utility>

namespace confgraph::io {

namespace {

constexpr const char * USERS = "/etc/passwd";
constexpr const char * GROUPS = "/etc/group";
// Many thousands of accounts.
constexpr std::size_t MAX_BYTES = 16UL * 1024 * 1024;

}  // namespace

const std::string & Accounts::text_of(const std::string & path, std::optional<std::string> & text) {
    if (text) {
        return *text;
    }
    auto read = read_whole(system_.files(), path, MAX_BYTES, 64UL * 1024);
    const int error = read ? 0 : read.error().value;
    text = read ? std::move(read).value() : std::string();
    // Where there is no such file, there is nobody.
    if (error != 0 && error != ENOENT && error != ENOTDIR) {
        problems_.push_back({.code = InstanceIssueCode::CANNOT_READ, .path = path, .system_error = error});
    }
    return *text;
}

std::optional<core::KnownUser> Accounts::user(const std::string & name) {
    if (system_.offline()) {
        const auto line = core::find_user_line(text_of(USERS, users_), name);
        if (!line || line->malformed) {
            if (line) {
                problems_.push_back(
                    {.code = InstanceIssueCode::BAD_ACCOUNT, .path = USERS, .line = line->line, .text = name});
            }
            return std::nullopt;
        }
        return core::KnownUser{name, line->id, core::group_name(text_of(GROUPS, groups_), line->group)};
    }
    const passwd * user = ::getpwnam(name.c_str());
    if (user == nullptr) {
        return std::nullopt;
    }
    core::KnownUser known{name, user->pw_uid, {}};
    const ::group * group = ::getgrgid(user->pw_gid);
    known.group = group == nullptr ? std::string() : group->gr_name;
    return known;
}

std::optional<core::KnownGroup> Accounts::group(const std::string & name) {
    if (system_.offline()) {
        const auto line = core::find_group_line(text_of(GROUPS, groups_), name);
        if (!line || line->malformed) {
            if (line) {
                problems_.push_back(
                    {.code = InstanceIssueCode::BAD_ACCOUNT, .path = GROUPS, .line = line->line, .text = name});
            }
            return std::nullopt;
        }
        return core::KnownGroup{name, line->id};
    }
    const ::group * group = ::getgrnam(name.c_str());
    return group == nullptr ? std::nullopt : std::optional(core::KnownGroup{name, group->gr_gid});
}

}  // namespace confgraph::io

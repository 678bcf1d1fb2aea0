// SPDX-License-Identifier: Apache-2.0
#include "core/stock_dependencies.hpp"

#include <algorithm>
#include <array>

namespace confgraph::core {

namespace {

// From the symbols and optional functions that the binaries ask each other for, and from what httpd's manual says that
// a module requires. Debian's files say the same, but for what is part of the server itself there.
constexpr auto MODULES = std::to_array<StockModule>({
    {.name = "access_compat", .depends = "authn_core"},
    {.name = "asis", .depends = "mime"},
    {.name = "auth_basic", .depends = "authn_core"},
    {.name = "auth_digest", .depends = "authn_core"},
    {.name = "auth_form", .depends = "session authn_core"},
    {.name = "authn_dbd", .depends = "dbd"},
    {.name = "authnz_ldap", .depends = "ldap"},
    {.name = "authz_dbd", .depends = "dbd authz_core"},
    {.name = "authz_dbm", .depends = "authz_core"},
    {.name = "authz_groupfile", .depends = "authz_core"},
    {.name = "authz_host", .depends = "authz_core"},
    {.name = "authz_user", .depends = "authz_core"},
    {.name = "cache_disk", .depends = "cache"},
    {.name = "cache_socache", .depends = "cache"},
    {.name = "dav_fs", .depends = "dav"},
    {.name = "dav_lock", .depends = "dav"},
    {.name = "deflate", .depends = "filter"},
    {.name = "file_cache", .depends = "cache"},
    {.name = "heartbeat", .depends = "watchdog"},
    {.name = "heartmonitor", .depends = "watchdog"},
    {.name = "include", .depends = "mime"},
    {.name = "lbmethod_bybusyness", .depends = "proxy_balancer"},
    {.name = "lbmethod_byrequests", .depends = "proxy_balancer"},
    {.name = "lbmethod_bytraffic", .depends = "proxy_balancer"},
    {.name = "lbmethod_heartbeat", .depends = "proxy_balancer"},
    {.name = "logio", .depends = "log_config"},
    {.name = "md", .depends = "watchdog"},
    {.name = "mpm_event", .conflicts = "mpm_worker mpm_prefork"},
    {.name = "mpm_prefork", .conflicts = "mpm_event mpm_worker"},
    {.name = "mpm_worker", .conflicts = "mpm_event mpm_prefork"},
    {.name = "proxy_ajp", .depends = "proxy"},
    {.name = "proxy_balancer", .depends = "proxy alias slotmem_shm"},
    {.name = "proxy_connect", .depends = "proxy"},
    {.name = "proxy_express", .depends = "proxy"},
    {.name = "proxy_fcgi", .depends = "proxy"},
    {.name = "proxy_fdpass", .depends = "proxy"},
    {.name = "proxy_ftp", .depends = "proxy"},
    {.name = "proxy_hcheck", .depends = "proxy watchdog"},
    {.name = "proxy_html", .depends = "proxy xml2enc"},
    {.name = "proxy_http", .depends = "proxy"},
    {.name = "proxy_http2", .depends = "proxy http2"},
    {.name = "proxy_scgi", .depends = "proxy"},
    {.name = "proxy_uwsgi", .depends = "proxy"},
    {.name = "proxy_wstunnel", .depends = "proxy"},
    {.name = "ratelimit", .depends = "env"},
    {.name = "session_cookie", .depends = "session"},
    {.name = "session_crypto", .depends = "session"},
    {.name = "session_dbd", .depends = "session"},
    {.name = "ssl", .depends = "setenvif mime socache_shmcb"},
});

static_assert(std::is_sorted(MODULES.begin(), MODULES.end(), [](const StockModule & left, const StockModule & right) {
    return left.name < right.name;
}));

}  // namespace

std::span<const StockModule> stock_modules() { return MODULES; }

const StockModule * stock_module(std::string_view name) {
    const auto * found =
        std::lower_bound(MODULES.begin(), MODULES.end(), name,
                         [](const StockModule & module, std::string_view wanted) { return module.name < wanted; });
    return found != MODULES.end() && found->name == name ? found : nullptr;
}

}  // namespace confgraph::core

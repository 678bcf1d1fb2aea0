/* SPDX-License-Identifier: Apache-2.0 */
/* A module that greets whoever asks for something that it handles: "SetHandler hello". */
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>

#include <string.h>

static int greet(request_rec *request)
{
    if (request->handler == NULL || strcmp(request->handler, "hello") != 0) {
        return DECLINED;
    }
    ap_set_content_type(request, "text/plain");
    if (!request->header_only) {
        ap_rputs("Hello.\n", request);
    }
    return OK;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(greet, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA hello_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
#ifdef AP_MODULE_FLAG_NONE
    , AP_MODULE_FLAG_NONE
#endif
};

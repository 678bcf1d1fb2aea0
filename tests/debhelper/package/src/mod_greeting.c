/* SPDX-License-Identifier: Apache-2.0 */
/* A module that does next to nothing: a handler, and a directive. */
#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>

typedef struct {
    const char *text;
} greeting_config;

module AP_MODULE_DECLARE_DATA greeting_module;

static void *create_config(apr_pool_t *pool, server_rec *server) {
    greeting_config *config = apr_pcalloc(pool, sizeof *config);
    (void)server;
    config->text = "hello";
    return config;
}

static const char *set_text(cmd_parms *command, void *folder, const char *text) {
    greeting_config *config = ap_get_module_config(command->server->module_config, &greeting_module);
    (void)folder;
    config->text = text;
    return NULL;
}

static const command_rec commands[] = {
    AP_INIT_TAKE1("GreetingText", set_text, NULL, RSRC_CONF, "what the handler greeting answers"),
    { NULL }
};

static int answer(request_rec *request) {
    const greeting_config *config = ap_get_module_config(request->server->module_config, &greeting_module);
    if (request->handler == NULL || strcmp(request->handler, "greeting") != 0) {
        return DECLINED;
    }
    ap_set_content_type(request, "text/plain");
    ap_rputs(config->text, request);
    return OK;
}

static void register_hooks(apr_pool_t *pool) {
    (void)pool;
    ap_hook_handler(answer, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA greeting_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, create_config, NULL, commands, register_hooks
};

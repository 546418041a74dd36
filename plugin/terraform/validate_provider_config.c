/* SPDX-License-Identifier: Apache-2.0 */
/* ValidateProviderConfig. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"

/* Requires that keys are set together; else the missing part would be taken from another source. */
static void check_keys(struct ens_tf_call *call, const struct ens_value *config)
{
    static const char *const needs[][2] = {
        {"access_key", "secret_key"},
        {"secret_key", "access_key"},
        {"security_token", "access_key"},
    };

    for (const struct ens_tf_attribute *row = call->schema->attributes; row->name != NULL; row++) {
        const struct ens_value *object = ens_value_at(config, row->name);
        if (row->type != ENS_TF_OBJECT || ens_value_is_null(object) ||
            object->kind != ENS_VALUE_MAP) {
            continue;
        }
        for (size_t i = 0; i < ENS_COUNT(needs); i++) {
            if (ens_tf_is_set(ens_value_at(object, needs[i][0])) &&
                !ens_tf_is_set(ens_value_at(object, needs[i][1]))) {
                ens_tf_diags_add(
                    &call->diags, ENS_ERROR,
                    ens_arena_printf(call->arena, "%s.%s", row->name, needs[i][0]).ptr,
                    ens_arena_printf(call->arena, "Missing %s.%s", row->name, needs[i][1]),
                    ens_arena_printf(call->arena, "%s is set, and needs %s beside it.", needs[i][0],
                                     needs[i][1]));
            }
        }
    }
}

void ens_tf_validate_provider_config(void *ud, struct ens_rpc_call *rpc,
                                     const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateProviderConfig__Request *in =
        (const Tfplugin6__ValidateProviderConfig__Request *)request;
    Tfplugin6__ValidateProviderConfig__Response response =
        TFPLUGIN6__VALIDATE_PROVIDER_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call =
        ens_tf_call_begin(ud, rpc, ENS_TF_PROVIDER, ens_tf_provider_schema->name);

    ens_tf_call_validate(&call, in->config, &config);
    check_keys(&call, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UpgradeResourceState: converts the state file's JSON to a value of the schema, of which there is
 * one version so far. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/json.h"
#include "terraform/wire.h"

static void upgrade(struct ens_tf_call *call,
                    const Tfplugin6__UpgradeResourceState__Request *request,
                    Tfplugin6__UpgradeResourceState__Response *response)
{
    const Tfplugin6__RawState *raw = request->raw_state;
    struct ens_diags diags = {0};
    struct ens_value state;

    if (raw == NULL || raw->json.len == 0 || request->version != 0) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL,
                         ENS_STR("The state of this resource can't be read"),
                         ens_arena_printf(call->arena,
                                          "It has schema version %lld and %s; this provider knows "
                                          "version 0, as JSON.",
                                          (long long)request->version,
                                          raw == NULL || raw->json.len == 0 ? "no JSON" : "JSON"));
        return;
    }
    ens_str json = {(const char *)raw->json.data, raw->json.len};
    if (ens_tf_json_read(call->arena, call->schema->attributes, json, &state, &diags) == ENS_OK) {
        response->upgraded_state = ens_tf_wire_value(call->arena, &state);
    }
    ens_tf_diags_take(&call->diags, &diags);
}

void ens_tf_upgrade_resource_state(void *ud, struct ens_rpc_call *rpc,
                                   const ProtobufCMessage *request)
{
    const Tfplugin6__UpgradeResourceState__Request *in =
        (const Tfplugin6__UpgradeResourceState__Request *)request;
    Tfplugin6__UpgradeResourceState__Response response =
        TFPLUGIN6__UPGRADE_RESOURCE_STATE__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);

    if (call.schema != NULL) {
        upgrade(&call, in, &response);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

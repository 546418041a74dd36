/* SPDX-License-Identifier: Apache-2.0 */
/* UpgradeResourceState, UpgradeResourceIdentity: convert the state file's JSON to values of the
 * schemas, of which there is one version so far. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/wire.h"

void ens_tf_upgrade_resource_state(void *ud, struct ens_rpc_call *rpc,
                                   const ProtobufCMessage *request)
{
    const Tfplugin6__UpgradeResourceState__Request *in =
        (const Tfplugin6__UpgradeResourceState__Request *)request;
    Tfplugin6__UpgradeResourceState__Response response =
        TFPLUGIN6__UPGRADE_RESOURCE_STATE__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    struct ens_value state;

    if (call.schema != NULL && ens_tf_call_stored(&call, ENS_TF_JSON_STATE, call.schema->attributes,
                                                  in->version, in->raw_state, &state)) {
        response.upgraded_state = ens_tf_wire_value(call.arena, &state);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_upgrade_resource_identity(void *ud, struct ens_rpc_call *rpc,
                                      const ProtobufCMessage *request)
{
    const Tfplugin6__UpgradeResourceIdentity__Request *in =
        (const Tfplugin6__UpgradeResourceIdentity__Request *)request;
    Tfplugin6__UpgradeResourceIdentity__Response response =
        TFPLUGIN6__UPGRADE_RESOURCE_IDENTITY__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    struct ens_value identity;

    if (ens_tf_identity_stored(&call, in->version, in->raw_identity, &identity)) {
        response.upgraded_identity = ens_tf_identity_to_wire(call.arena, call.schema, &identity);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

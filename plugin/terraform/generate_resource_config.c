/* SPDX-License-Identifier: Apache-2.0 */
/* GenerateResourceConfig: the configuration of a state, for an import block or a query: what a user
 * may set, without blocks such as timeouts. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/wire.h"

void ens_tf_generate_resource_config(void *ud, struct ens_rpc_call *rpc,
                                     const ProtobufCMessage *request)
{
    const Tfplugin6__GenerateResourceConfig__Request *in =
        (const Tfplugin6__GenerateResourceConfig__Request *)request;
    Tfplugin6__GenerateResourceConfig__Response response =
        TFPLUGIN6__GENERATE_RESOURCE_CONFIG__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    struct ens_value config;

    if (ens_tf_call_value(&call, in->state, &config)) {
        const struct ens_tf_attribute *row = call.schema->attributes;
        for (; config.kind == ENS_VALUE_MAP && row->name != NULL; row++) {
            const bool settable = (row->flags & (ENS_TF_REQUIRED | ENS_TF_OPTIONAL)) != 0;
            if (!settable || row->type == ENS_TF_BLOCK) {
                ens_value_set(&config, row->name, ENS_NULL);
            }
        }
        response.config = ens_tf_wire_value(call.arena, &config);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

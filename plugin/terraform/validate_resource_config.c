/* SPDX-License-Identifier: Apache-2.0 */
/* ValidateResourceConfig, ValidateDataResourceConfig, ValidateListResourceConfig,
 * ValidateActionConfig. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"

void ens_tf_validate_resource_config(void *ud, struct ens_rpc_call *rpc,
                                     const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateResourceConfig__Request *in =
        (const Tfplugin6__ValidateResourceConfig__Request *)request;
    Tfplugin6__ValidateResourceConfig__Response response =
        TFPLUGIN6__VALIDATE_RESOURCE_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);

    ens_tf_call_validate(&call, in->config, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_validate_data_resource_config(void *ud, struct ens_rpc_call *rpc,
                                          const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateDataResourceConfig__Request *in =
        (const Tfplugin6__ValidateDataResourceConfig__Request *)request;
    Tfplugin6__ValidateDataResourceConfig__Response response =
        TFPLUGIN6__VALIDATE_DATA_RESOURCE_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_DATA_SOURCE, in->type_name);

    ens_tf_call_validate(&call, in->config, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_validate_list_resource_config(void *ud, struct ens_rpc_call *rpc,
                                          const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateListResourceConfig__Request *in =
        (const Tfplugin6__ValidateListResourceConfig__Request *)request;
    Tfplugin6__ValidateListResourceConfig__Response response =
        TFPLUGIN6__VALIDATE_LIST_RESOURCE_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_LIST, in->type_name);

    ens_tf_call_validate(&call, in->config, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_validate_action_config(void *ud, struct ens_rpc_call *rpc,
                                   const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateActionConfig__Request *in =
        (const Tfplugin6__ValidateActionConfig__Request *)request;
    Tfplugin6__ValidateActionConfig__Response response =
        TFPLUGIN6__VALIDATE_ACTION_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_ACTION, in->type_name);

    ens_tf_call_validate(&call, in->config, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

/* Checks of what a person wrote: nothing is asked of any cloud, and what is unknown passes. */
#include <tfplugin6.pb-c.h>

#include "terraform/conform.h"
#include "terraform/terraform.h"

/* Decodes and checks a block; what there is to say is in call. */
static struct ens_tf_call validate(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                                   enum ens_tf_kind kind, const char *type_name,
                                   const Tfplugin6__DynamicValue *wire, struct ens_value *ret)
{
    struct ens_tf_call call = ens_tf_call_begin(tf, rpc, kind, type_name);
    struct ens_diags diags = {0};

    if (ens_tf_call_value(&call, wire, ret)) {
        ens_tf_validate(call.schema->attributes, ret, ens_engine_registry(tf->engine), &diags);
        ens_tf_diags_take(&call.diags, &diags);
    }
    return call;
}

/* A key without its secret, or the other way round, would silently be some other key. */
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
            if (!ens_value_is_null(ens_value_at(object, needs[i][0])) &&
                ens_value_is_null(ens_value_at(object, needs[i][1]))) {
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
        validate(ud, rpc, ENS_TF_PROVIDER, ens_tf_provider_schema->name, in->config, &config);

    check_keys(&call, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_validate_resource_config(void *ud, struct ens_rpc_call *rpc,
                                     const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateResourceConfig__Request *in =
        (const Tfplugin6__ValidateResourceConfig__Request *)request;
    Tfplugin6__ValidateResourceConfig__Response response =
        TFPLUGIN6__VALIDATE_RESOURCE_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call =
        validate(ud, rpc, ENS_TF_RESOURCE, in->type_name, in->config, &config);

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
    struct ens_tf_call call =
        validate(ud, rpc, ENS_TF_DATA_SOURCE, in->type_name, in->config, &config);

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
    struct ens_tf_call call = validate(ud, rpc, ENS_TF_ACTION, in->type_name, in->config, &config);

    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

#include "terraform/service.h"

#include <tfplugin6.pb-c.h>

#include "base/alloc.h"
#include "terraform/conform.h"
#include "terraform/json.h"
#include "terraform/msgpack.h"
#include "terraform/request.h"
#include "terraform/terraform.h"

#define METHOD(name, message, handler)                                                             \
    {                                                                                              \
        "/tfplugin6.Provider/" name, &tfplugin6__##message##__request__descriptor, handler         \
    }

static const struct ens_rpc_method methods[] = {
    METHOD("GetMetadata", get_metadata, ens_tf_get_metadata),
    METHOD("GetProviderSchema", get_provider_schema, ens_tf_get_provider_schema),
    METHOD("GetFunctions", get_functions, ens_tf_get_functions),
    METHOD("ValidateProviderConfig", validate_provider_config, ens_tf_validate_provider_config),
    METHOD("ConfigureProvider", configure_provider, ens_tf_configure_provider),
    METHOD("StopProvider", stop_provider, ens_tf_stop_provider),
    METHOD("ValidateResourceConfig", validate_resource_config, ens_tf_validate_resource_config),
    METHOD("UpgradeResourceState", upgrade_resource_state, ens_tf_upgrade_resource_state),
    METHOD("ReadResource", read_resource, ens_tf_read_resource),
    METHOD("PlanResourceChange", plan_resource_change, ens_tf_plan_resource_change),
    METHOD("ApplyResourceChange", apply_resource_change, ens_tf_apply_resource_change),
    METHOD("ImportResourceState", import_resource_state, ens_tf_import_resource_state),
    METHOD("ValidateDataResourceConfig", validate_data_resource_config,
           ens_tf_validate_data_resource_config),
    METHOD("ReadDataSource", read_data_source, ens_tf_read_data_source),
    METHOD("ValidateActionConfig", validate_action_config, ens_tf_validate_action_config),
    METHOD("PlanAction", plan_action, ens_tf_plan_action),
    METHOD("InvokeAction", invoke_action, ens_tf_invoke_action),
};

struct ens_terraform *ens_terraform_new(struct ens_engine *engine, const struct ens_log *log)
{
    struct ens_terraform *tf = ens_alloc(sizeof(*tf));

    tf->engine = engine;
    tf->log = log;
    tf->arena = ens_arena_new();
    tf->schema_reply = ens_tf_schema_reply(tf->arena);
    return tf;
}

struct ens_rpc_service ens_terraform_service(struct ens_terraform *tf)
{
    return (struct ens_rpc_service){
        .methods = methods, .method_count = ENS_COUNT(methods), .ud = tf};
}

void ens_terraform_free(struct ens_terraform *tf)
{
    if (tf != NULL) {
        ens_arena_free(tf->arena);
        ens_free(tf);
    }
}

/* ---- calls ----------------------------------------------------------------------------------- */

struct ens_tf_call ens_tf_call_begin(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                                     enum ens_tf_kind kind, const char *type_name)
{
    struct ens_tf_call call = {.tf = tf, .rpc = rpc, .arena = ens_rpc_call_arena(rpc)};

    call.schema = ens_tf_schema_find(kind, ens_str_of(type_name));
    call.diags = ens_tf_diags_new(call.arena, call.schema);
    if (call.schema == NULL) {
        ens_tf_diags_add(
            &call.diags, ENS_ERROR, NULL,
            ens_arena_printf(call.arena, "The provider ensure has no type \"%s\"", type_name),
            ENS_STR(""));
    }
    return call;
}

bool ens_tf_call_value(struct ens_tf_call *call, const Tfplugin6__DynamicValue *wire,
                       struct ens_value *ret)
{
    struct ens_diags diags = {0};
    ens_rc rc = ENS_OK;

    *ret = ENS_NULL;
    if (call->schema == NULL) {
        return false;
    }
    if (wire != NULL && wire->msgpack.len == 0 && wire->json.len > 0) {
        ens_str json = {(const char *)wire->json.data, wire->json.len};
        rc = ens_tf_json_read(call->arena, call->schema->attributes, json, ret, &diags);
    } else if (wire != NULL) {
        ens_str bytes = {(const char *)wire->msgpack.data, wire->msgpack.len};
        rc = ens_msgpack_read(call->arena, bytes, ret, &diags);
        if (rc == ENS_OK) {
            rc = ens_tf_conform(call->schema->attributes, ret, &diags);
        }
    }
    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

bool ens_tf_unsettled(const struct ens_terraform *tf, ens_str cloud)
{
    for (size_t i = 0; i < tf->unsettled_count; i++) {
        if (ens_str_is(cloud, tf->unsettled[i])) {
            return true;
        }
    }
    return false;
}

struct ens_value ens_tf_default_region(struct ens_terraform *tf, struct ens_arena *arena,
                                       const struct ens_value *cloud)
{
    ens_str name = ens_value_text(cloud);

    if (cloud->kind == ENS_VALUE_UNKNOWN || ens_tf_unsettled(tf, name)) {
        return ENS_UNKNOWN;
    }
    ens_str region = ens_engine_region(tf->engine, arena, name);
    return region.len > 0 ? ens_value_string(arena, region) : ENS_NULL;
}

bool ens_tf_call_request(struct ens_tf_call *call, const struct ens_value *object,
                         struct ens_tf_request *ret)
{
    struct ens_diags diags = {0};
    ens_rc rc = ens_tf_request_read(call->arena, object, ens_engine_registry(call->tf->engine), ret,
                                    &diags);

    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/provider_service.h"

#include <tfplugin6.pb-c.h>

#include "base/alloc.h"
#include "terraform/call_context.h"
#include "terraform/handlers.h"

#define METHOD(name, message, handler)                                                             \
    {                                                                                              \
        "/tfplugin6.Provider/" name, &tfplugin6__##message##__request__descriptor, handler         \
    }

static const struct ens_rpc_method methods[] = {
    METHOD("GetMetadata", get_metadata, ens_tf_get_metadata),
    METHOD("GetProviderSchema", get_provider_schema, ens_tf_get_provider_schema),
    METHOD("GetResourceIdentitySchemas", get_resource_identity_schemas,
           ens_tf_get_resource_identity_schemas),
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
    METHOD("UpgradeResourceIdentity", upgrade_resource_identity, ens_tf_upgrade_resource_identity),
    METHOD("MoveResourceState", move_resource_state, ens_tf_move_resource_state),
    METHOD("GenerateResourceConfig", generate_resource_config, ens_tf_generate_resource_config),
    METHOD("ValidateDataResourceConfig", validate_data_resource_config,
           ens_tf_validate_data_resource_config),
    METHOD("ReadDataSource", read_data_source, ens_tf_read_data_source),
    METHOD("ValidateListResourceConfig", validate_list_resource_config,
           ens_tf_validate_list_resource_config),
    METHOD("ListResource", list_resource, ens_tf_list_resource),
    METHOD("ValidateActionConfig", validate_action_config, ens_tf_validate_action_config),
    METHOD("PlanAction", plan_action, ens_tf_plan_action),
    METHOD("InvokeAction", invoke_action, ens_tf_invoke_action),
};

struct ens_terraform *ens_terraform_new(struct ens_engine *engine, const struct ens_clock *clock,
                                        const struct ens_log *log)
{
    struct ens_terraform *tf = ens_alloc(sizeof(*tf));

    tf->engine = engine;
    tf->clock = clock;
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

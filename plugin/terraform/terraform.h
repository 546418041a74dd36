/* What the handlers of the service share. */
#ifndef ENSURE_TERRAFORM_TERRAFORM_H
#define ENSURE_TERRAFORM_TERRAFORM_H

#include "terraform/diagnostics.h"
#include "terraform/preflight.h"
#include "terraform/service.h"

struct Tfplugin6__DynamicValue;

#define ENS_TF_CLOUDS_MAX 8 /* that the provider block has settings for */

/* Touched on the server's thread only. */
struct ens_terraform {
    struct ens_engine *engine;
    const struct ens_log *log;
    struct ens_arena *arena;
    const ProtobufCMessage *schema_reply; /* to GetProviderSchema: the same for every call */

    enum ens_tf_preflight preflight;
    /* Clouds whose settings are not known yet: nothing may be asked of them, since it would be
     * asked with other keys than the ones meant. */
    const char *unsettled[ENS_TF_CLOUDS_MAX];
    size_t unsettled_count;
    bool stopped; /* StopProvider was called, and ConfigureProvider not since */
};

/* One call under way: who asked, about which block, and what there is to tell. */
struct ens_tf_call {
    struct ens_terraform *tf;
    struct ens_rpc_call *rpc;
    struct ens_arena *arena; /* the call's */
    const struct ens_tf_schema *schema;
    struct ens_tf_diags diags;
};

/* schema is NULL, with a diagnostic, when the provider has no such type. */
struct ens_tf_call ens_tf_call_begin(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                                     enum ens_tf_kind kind, const char *type_name);

/* Decodes a value of the call's block; false, with a diagnostic, when it can't be. */
bool ens_tf_call_value(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                       struct ens_value *ret);

/* Whether nothing may be asked of the cloud yet. */
bool ens_tf_unsettled(const struct ens_terraform *tf, ens_str cloud);

/* The region of a block whose configuration leaves it out: the provider block's, unknown where that
 * is not known yet, else null. */
struct ens_value ens_tf_default_region(struct ens_terraform *tf, struct ens_arena *arena,
                                       const struct ens_value *cloud);

/* What object names, with its diagnostics in call; false: there were errors. */
bool ens_tf_call_request(struct ens_tf_call *call, const struct ens_value *object,
                         struct ens_tf_request *ret);

/* ---- handlers, by file ----------------------------------------------------------------------- */

/* provider.c */
ens_rpc_handler_fn ens_tf_get_metadata;
ens_rpc_handler_fn ens_tf_get_provider_schema;
ens_rpc_handler_fn ens_tf_get_functions;
ens_rpc_handler_fn ens_tf_configure_provider;
ens_rpc_handler_fn ens_tf_stop_provider;
const ProtobufCMessage *ens_tf_schema_reply(struct ens_arena *arena);

/* validate.c */
ens_rpc_handler_fn ens_tf_validate_provider_config;
ens_rpc_handler_fn ens_tf_validate_resource_config;
ens_rpc_handler_fn ens_tf_validate_data_resource_config;
ens_rpc_handler_fn ens_tf_validate_action_config;

/* resource_*.c */
ens_rpc_handler_fn ens_tf_upgrade_resource_state;
ens_rpc_handler_fn ens_tf_read_resource;
ens_rpc_handler_fn ens_tf_plan_resource_change;
ens_rpc_handler_fn ens_tf_apply_resource_change;
ens_rpc_handler_fn ens_tf_import_resource_state;

/* data_source.c */
ens_rpc_handler_fn ens_tf_read_data_source;

/* action.c */
ens_rpc_handler_fn ens_tf_plan_action;
ens_rpc_handler_fn ens_tf_invoke_action;

#endif

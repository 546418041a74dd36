/* SPDX-License-Identifier: Apache-2.0 */
/* ImportResourceState: parses the import id into a state; Terraform's next read completes it. */
#include <tfplugin6.pb-c.h>

#include "terraform/attributes.h"
#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/wire.h"

/* Parses "cloud/region/id", or "cloud/region/id,id,..." for a resource with instance_ids. */
static struct ens_value parse(struct ens_tf_call *call, ens_str text)
{
    struct ens_value state = ens_tf_null_object(call->arena, call->schema->attributes);
    ens_str rest;
    ens_str cloud = ens_str_cut(text, '/', &rest);
    ens_str region = ens_str_cut(rest, '/', &rest);
    struct ens_value ids = ens_value_list(call->arena, ENS_TF_INSTANCES_MAX + 1);

    ids.list.count = 0;
    while (rest.ptr != NULL && ids.list.count <= ENS_TF_INSTANCES_MAX) {
        ens_str id = ens_str_cut(rest, ',', &rest);
        ids.list.items[ids.list.count++] = ens_value_string(call->arena, id);
    }
    ens_value_set(&state, "cloud", ens_value_string(call->arena, cloud));
    ens_value_set(&state, "region", ens_value_string(call->arena, region));
    if (ens_value_at(&state, "instance_ids") != NULL) {
        ens_value_set(&state, "instance_ids", ids);
    } else if (ids.list.count == 1) {
        ens_value_set(&state, "instance_id", ids.list.items[0]);
    }
    return state;
}

static Tfplugin6__ImportResourceState__ImportedResource *import(struct ens_tf_call *call,
                                                                const char *id)
{
    struct ens_value state = parse(call, ens_str_of(id));
    struct ens_tf_targets targets;
    ENS_AUTO_DIAGS diags = {0};
    const struct ens_tf_attribute *row =
        ens_tf_attribute_find(call->schema->attributes, ENS_STR("id"));

    if (ens_tf_targets_read(call->arena, &state, ens_engine_registry(call->tf->engine), &targets,
                            &diags) != ENS_OK) {
        const char *form = ens_value_at(&state, "instance_ids") != NULL
                               ? "cloud/region/instance-id,instance-id,..."
                               : "cloud/region/instance-id";
        ens_tf_diags_add(
            &call->diags, ENS_ERROR, NULL, ENS_STR("The import id can't be read"),
            ens_arena_printf(call->arena, "Expected %s: %s.", form, diags.items[0].summary));
        return NULL;
    }
    ens_value_set(&state, "id", row->plan(call->arena, &targets));
    Tfplugin6__ImportResourceState__ImportedResource *imported = ens_tf_message_new(
        call->arena, &tfplugin6__import_resource_state__imported_resource__descriptor);
    imported->type_name = ens_tf_wire_text(call->arena, ens_str_of(call->schema->name));
    imported->state = ens_tf_wire_value(call->arena, &state);
    return imported;
}

void ens_tf_import_resource_state(void *ud, struct ens_rpc_call *rpc,
                                  const ProtobufCMessage *request)
{
    const Tfplugin6__ImportResourceState__Request *in =
        (const Tfplugin6__ImportResourceState__Request *)request;
    Tfplugin6__ImportResourceState__Response response =
        TFPLUGIN6__IMPORT_RESOURCE_STATE__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    Tfplugin6__ImportResourceState__ImportedResource *imported = NULL;

    if (call.schema != NULL) {
        imported = import(&call, in->id);
    }
    response.imported_resources = &imported;
    response.n_imported_resources = imported != NULL;
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

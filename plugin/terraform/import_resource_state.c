/* SPDX-License-Identifier: Apache-2.0 */
/* ImportResourceState: reads the import id, or the identity, into a state; Terraform's next read
 * completes it. */
#include <tfplugin6.pb-c.h>

#include "terraform/attributes.h"
#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/wire.h"

/* Parses "cloud/region/id", or "cloud/region/id,id,..." for a resource with instance_ids. */
static struct ens_value parse_id(struct ens_tf_call *call, ens_str text)
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

/* Sets the id by the other attributes; false, with the reason in diags, if they are malformed. */
static bool complete(struct ens_tf_call *call, struct ens_value *state, struct ens_diags *diags)
{
    const struct ens_tf_attribute *row =
        ens_tf_attribute_find(call->schema->attributes, ENS_STR("id"));
    struct ens_tf_targets targets;

    if (ens_tf_targets_read(call->arena, state, ens_engine_registry(call->tf->engine), &targets,
                            diags) != ENS_OK) {
        return false;
    }
    ens_value_set(state, "id", row->plan(call->arena, &targets));
    return true;
}

static bool import_id(struct ens_tf_call *call, const char *id, struct ens_value *ret)
{
    ENS_AUTO_DIAGS diags = {0};

    *ret = parse_id(call, ens_str_of(id));
    if (complete(call, ret, &diags)) {
        return true;
    }
    const char *form = ens_value_at(ret, "instance_ids") != NULL
                           ? "cloud/region/instance-id,instance-id,..."
                           : "cloud/region/instance-id";
    ens_tf_diags_add(
        &call->diags, ENS_ERROR, NULL, ENS_STR("The import id can't be read"),
        ens_arena_printf(call->arena, "Expected %s: %s.", form, diags.items[0].summary));
    return false;
}

static bool import_identity(struct ens_tf_call *call, const Tfplugin6__ResourceIdentityData *wire,
                            struct ens_value *ret)
{
    ENS_AUTO_DIAGS diags = {0};
    struct ens_value identity;

    if (!ens_tf_identity_read(call, wire, &identity)) {
        return false;
    }
    *ret = ens_tf_null_object(call->arena, call->schema->attributes);
    for (const struct ens_tf_attribute *row = call->schema->identity; row->name != NULL; row++) {
        ens_value_set(ret, row->name, *ens_value_at(&identity, row->name));
    }
    if (complete(call, ret, &diags)) {
        return true;
    }
    ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("The import identity can't be read"),
                     ens_diag_line(call->arena, &diags.items[0]));
    return false;
}

static Tfplugin6__ImportResourceState__ImportedResource *imported(struct ens_tf_call *call,
                                                                  const struct ens_value *state)
{
    Tfplugin6__ImportResourceState__ImportedResource *wire = ens_tf_message_new(
        call->arena, &tfplugin6__import_resource_state__imported_resource__descriptor);

    wire->type_name = ens_tf_wire_text(call->arena, ens_str_of(call->schema->name));
    wire->state = ens_tf_wire_value(call->arena, state);
    wire->identity = ens_tf_identity_to_wire(call->arena, call->schema, state);
    return wire;
}

void ens_tf_import_resource_state(void *ud, struct ens_rpc_call *rpc,
                                  const ProtobufCMessage *request)
{
    const Tfplugin6__ImportResourceState__Request *in =
        (const Tfplugin6__ImportResourceState__Request *)request;
    Tfplugin6__ImportResourceState__Response response =
        TFPLUGIN6__IMPORT_RESOURCE_STATE__RESPONSE__INIT;
    struct ens_tf_call call = ens_tf_call_begin(ud, rpc, ENS_TF_RESOURCE, in->type_name);
    Tfplugin6__ImportResourceState__ImportedResource *one = NULL;
    struct ens_value state;

    if (call.schema != NULL && (in->identity != NULL ? import_identity(&call, in->identity, &state)
                                                     : import_id(&call, in->id, &state))) {
        one = imported(&call, &state);
    }
    response.imported_resources = &one;
    response.n_imported_resources = one != NULL;
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

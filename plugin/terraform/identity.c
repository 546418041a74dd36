/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/identity.h"

#include <tfplugin6.pb-c.h>

#include "terraform/wire.h"

Tfplugin6__ResourceIdentityData *ens_tf_identity_to_wire(struct ens_arena *arena,
                                                         const struct ens_tf_schema *schema,
                                                         const struct ens_value *object)
{
    const struct ens_tf_attribute *rows = schema != NULL ? schema->identity : NULL;

    if (rows == NULL || object->kind != ENS_VALUE_MAP) {
        return NULL;
    }
    struct ens_value identity = ens_tf_null_object(arena, rows);
    for (; rows->name != NULL; rows++) {
        const struct ens_value *part = ens_value_at(object, rows->name);
        if (ens_value_is_null(part) || part->kind == ENS_VALUE_UNKNOWN) {
            return NULL;
        }
        ens_value_set(&identity, rows->name, *part);
    }
    Tfplugin6__ResourceIdentityData *wire =
        ens_tf_message_new(arena, &tfplugin6__resource_identity_data__descriptor);
    wire->identity_data = ens_tf_wire_value(arena, &identity);
    return wire;
}

/* The attributes of the block's identity; NULL, with a diagnostic: it has none. */
static const struct ens_tf_attribute *rows_of(struct ens_tf_call *call)
{
    if (call->schema == NULL) {
        return NULL;
    }
    if (call->schema->identity == NULL) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL,
                         ens_arena_printf(call->arena, "%s has no identity", call->schema->name),
                         ENS_STR("It is imported by its id, cloud/region/instance-id,..."));
    }
    return call->schema->identity;
}

static bool is_complete(struct ens_tf_call *call, const struct ens_tf_attribute *rows,
                        const struct ens_value *identity)
{
    for (; rows->name != NULL; rows++) {
        const struct ens_value *part = ens_value_at(identity, rows->name);
        if (part == NULL || part->kind != ENS_VALUE_STRING) {
            ens_tf_diags_add(
                &call->diags, ENS_ERROR, NULL,
                ens_arena_printf(call->arena, "The identity has no %s", rows->name),
                ens_arena_printf(call->arena,
                                 "The identity of %s is cloud, region and instance_id, all known.",
                                 call->schema->name));
            return false;
        }
    }
    return true;
}

bool ens_tf_identity_read(struct ens_tf_call *call, const Tfplugin6__ResourceIdentityData *wire,
                          struct ens_value *ret)
{
    const struct ens_tf_attribute *rows = rows_of(call);

    return rows != NULL && ens_tf_call_decode(call, rows, wire->identity_data, ret) &&
           is_complete(call, rows, ret);
}

bool ens_tf_identity_stored(struct ens_tf_call *call, int64_t version,
                            const Tfplugin6__RawState *raw, struct ens_value *ret)
{
    const struct ens_tf_attribute *rows = rows_of(call);

    return rows != NULL &&
           ens_tf_call_stored(call, ENS_TF_JSON_IDENTITY, rows, version, raw, ret) &&
           is_complete(call, rows, ret);
}

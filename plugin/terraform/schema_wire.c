/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/schema_wire.h"

#include <string.h>

#include <tfplugin6.pb-c.h>

#include "terraform/wire.h"

/* The type expressions of cty, in JSON; NULL for nested types, which have a message of their own.
 */
static const char *const type_json[] = {
    [ENS_TF_STRING] = "\"string\"",
    [ENS_TF_NUMBER] = "\"number\"",
    [ENS_TF_BOOL] = "\"bool\"",
    [ENS_TF_STRING_SET] = "[\"set\",\"string\"]",
    [ENS_TF_STRING_MAP] = "[\"map\",\"string\"]",
    [ENS_TF_OBJECT] = NULL,
    [ENS_TF_OBJECT_LIST] = NULL,
    [ENS_TF_BLOCK] = NULL,
};

static char *text(struct ens_arena *arena, const char *literal)
{
    return ens_tf_wire_text(arena, ens_str_of(literal));
}

static ProtobufCBinaryData type(struct ens_arena *arena, const struct ens_tf_attribute *row)
{
    const char *json = type_json[row->type];

    return (ProtobufCBinaryData){.len = strlen(json), .data = (uint8_t *)text(arena, json)};
}

static Tfplugin6__Schema__Attribute *attribute(struct ens_arena *arena,
                                               const struct ens_tf_attribute *row);

static Tfplugin6__Schema__Attribute **attributes(struct ens_arena *arena,
                                                 const struct ens_tf_attribute *rows,
                                                 size_t *ret_count)
{
    Tfplugin6__Schema__Attribute **list =
        ens_arena_array(arena, ens_tf_attribute_count(rows), sizeof(void *));
    size_t count = 0;

    for (; rows->name != NULL; rows++) {
        if (rows->type != ENS_TF_BLOCK) {
            list[count++] = attribute(arena, rows);
        }
    }
    *ret_count = count;
    return list;
}

static Tfplugin6__Schema__Object *nested_object(struct ens_arena *arena,
                                                const struct ens_tf_attribute *row)
{
    Tfplugin6__Schema__Object *object =
        ens_tf_message_new(arena, &tfplugin6__schema__object__descriptor);

    object->attributes = attributes(arena, row->nested, &object->n_attributes);
    object->nesting = row->type == ENS_TF_OBJECT_LIST
                          ? TFPLUGIN6__SCHEMA__OBJECT__NESTING_MODE__LIST
                          : TFPLUGIN6__SCHEMA__OBJECT__NESTING_MODE__SINGLE;
    return object;
}

static Tfplugin6__Schema__Attribute *attribute(struct ens_arena *arena,
                                               const struct ens_tf_attribute *row)
{
    Tfplugin6__Schema__Attribute *wire =
        ens_tf_message_new(arena, &tfplugin6__schema__attribute__descriptor);

    wire->name = text(arena, row->name);
    wire->description = text(arena, row->description);
    wire->description_kind = TFPLUGIN6__STRING_KIND__MARKDOWN;
    wire->required = (row->flags & ENS_TF_REQUIRED) != 0;
    wire->optional = (row->flags & ENS_TF_OPTIONAL) != 0;
    wire->computed = (row->flags & ENS_TF_COMPUTED) != 0;
    wire->sensitive = (row->flags & ENS_TF_SENSITIVE) != 0;
    if (row->nested != NULL) {
        wire->nested_type = nested_object(arena, row);
    } else {
        wire->type = type(arena, row);
    }
    return wire;
}

static Tfplugin6__Schema__Block *block(struct ens_arena *arena, const struct ens_tf_attribute *rows,
                                       const char *description);

static Tfplugin6__Schema__NestedBlock *nested_block(struct ens_arena *arena,
                                                    const struct ens_tf_attribute *row)
{
    Tfplugin6__Schema__NestedBlock *wire =
        ens_tf_message_new(arena, &tfplugin6__schema__nested_block__descriptor);

    wire->type_name = text(arena, row->name);
    wire->block = block(arena, row->nested, row->description);
    wire->nesting = TFPLUGIN6__SCHEMA__NESTED_BLOCK__NESTING_MODE__SINGLE;
    return wire;
}

static Tfplugin6__Schema__Block *block(struct ens_arena *arena, const struct ens_tf_attribute *rows,
                                       const char *description)
{
    Tfplugin6__Schema__Block *wire =
        ens_tf_message_new(arena, &tfplugin6__schema__block__descriptor);

    wire->description = text(arena, description);
    wire->description_kind = TFPLUGIN6__STRING_KIND__MARKDOWN;
    wire->attributes = attributes(arena, rows, &wire->n_attributes);
    wire->block_types = ens_arena_array(arena, ens_tf_attribute_count(rows), sizeof(void *));
    for (; rows->name != NULL; rows++) {
        if (rows->type == ENS_TF_BLOCK) {
            wire->block_types[wire->n_block_types++] = nested_block(arena, rows);
        }
    }
    return wire;
}

Tfplugin6__Schema *ens_tf_schema_to_wire(struct ens_arena *arena,
                                         const struct ens_tf_schema *schema)
{
    Tfplugin6__Schema *wire = ens_tf_message_new(arena, &tfplugin6__schema__descriptor);

    wire->block = block(arena, schema->attributes, schema->description);
    return wire;
}

static Tfplugin6__ResourceIdentitySchema__IdentityAttribute *identity_attribute(
    struct ens_arena *arena, const struct ens_tf_attribute *row)
{
    Tfplugin6__ResourceIdentitySchema__IdentityAttribute *wire = ens_tf_message_new(
        arena, &tfplugin6__resource_identity_schema__identity_attribute__descriptor);

    wire->name = text(arena, row->name);
    wire->type = type(arena, row);
    wire->required_for_import = true;
    wire->description = text(arena, row->description);
    return wire;
}

Tfplugin6__ResourceIdentitySchema *ens_tf_identity_schema_to_wire(
    struct ens_arena *arena, const struct ens_tf_schema *schema)
{
    Tfplugin6__ResourceIdentitySchema *wire =
        ens_tf_message_new(arena, &tfplugin6__resource_identity_schema__descriptor);
    const struct ens_tf_attribute *row = schema->identity;

    wire->identity_attributes = ens_arena_array(arena, ens_tf_attribute_count(row), sizeof(void *));
    for (; row->name != NULL; row++) {
        wire->identity_attributes[wire->n_identity_attributes++] = identity_attribute(arena, row);
    }
    return wire;
}

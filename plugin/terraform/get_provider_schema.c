/* SPDX-License-Identifier: Apache-2.0 */
/* GetMetadata, GetProviderSchema, GetResourceIdentitySchemas, GetFunctions. */
#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"
#include "terraform/schema_wire.h"
#include "terraform/wire.h"

static Tfplugin6__ServerCapabilities *capabilities(struct ens_arena *arena)
{
    Tfplugin6__ServerCapabilities *wire =
        ens_tf_message_new(arena, &tfplugin6__server_capabilities__descriptor);

    wire->plan_destroy = true;
    wire->get_provider_schema_optional = true;
    wire->move_resource_state = true;
    wire->generate_resource_config = true;
    return wire;
}

/* Appends an entry to one of the map fields of the reply; a macro because their types differ. */
#define ADD_SCHEMA(list, type, entry_name, schema_message)                                         \
    do {                                                                                           \
        Tfplugin6__GetProviderSchema__Response__##type *entry = ens_tf_message_new(                \
            arena, &tfplugin6__get_provider_schema__response__##entry_name##__descriptor);         \
        entry->key = ens_tf_wire_text(arena, name);                                                \
        entry->value = schema_message;                                                             \
        response->list[response->n_##list++] = entry;                                              \
    } while (0)

static void add_schema(struct ens_arena *arena, const struct ens_tf_schema *schema,
                       Tfplugin6__GetProviderSchema__Response *response)
{
    ens_str name = ens_str_of(schema->name);
    Tfplugin6__Schema *wire = ens_tf_schema_to_wire(arena, schema);
    Tfplugin6__ActionSchema *action = NULL;

    switch (schema->kind) {
    case ENS_TF_PROVIDER:
        response->provider = wire;
        break;
    case ENS_TF_RESOURCE:
        ADD_SCHEMA(resource_schemas, ResourceSchemasEntry, resource_schemas_entry, wire);
        break;
    case ENS_TF_DATA_SOURCE:
        ADD_SCHEMA(data_source_schemas, DataSourceSchemasEntry, data_source_schemas_entry, wire);
        break;
    case ENS_TF_LIST:
        ADD_SCHEMA(list_resource_schemas, ListResourceSchemasEntry, list_resource_schemas_entry,
                   wire);
        break;
    case ENS_TF_ACTION:
        action = ens_tf_message_new(arena, &tfplugin6__action_schema__descriptor);
        action->schema = wire;
        ADD_SCHEMA(action_schemas, ActionSchemasEntry, action_schemas_entry, action);
        break;
    }
}

const ProtobufCMessage *ens_tf_schema_reply(struct ens_arena *arena)
{
    Tfplugin6__GetProviderSchema__Response *response =
        ens_tf_message_new(arena, &tfplugin6__get_provider_schema__response__descriptor);

    response->server_capabilities = capabilities(arena);
    response->resource_schemas = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response->data_source_schemas = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response->list_resource_schemas = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response->action_schemas = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        add_schema(arena, &ens_tf_schemas[i], response);
    }
    return &response->base;
}

void ens_tf_get_provider_schema(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const struct ens_terraform *tf = ud;

    (void)request;
    ens_rpc_call_reply(rpc, tf->schema_reply);
}

#define ADD_NAME(list, type, message_name)                                                         \
    do {                                                                                           \
        Tfplugin6__GetMetadata__##type *entry =                                                    \
            ens_tf_message_new(arena, &tfplugin6__get_metadata__##message_name##__descriptor);     \
        entry->type_name = ens_tf_wire_text(arena, ens_str_of(ens_tf_schemas[i].name));            \
        response.list[response.n_##list++] = entry;                                                \
    } while (0)

void ens_tf_get_metadata(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    Tfplugin6__GetMetadata__Response response = TFPLUGIN6__GET_METADATA__RESPONSE__INIT;
    struct ens_arena *arena = ens_rpc_call_arena(rpc);

    (void)ud;
    (void)request;
    response.server_capabilities = capabilities(arena);
    response.resources = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response.data_sources = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response.list_resources = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    response.actions = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        switch (ens_tf_schemas[i].kind) {
        case ENS_TF_PROVIDER:
            break;
        case ENS_TF_RESOURCE:
            ADD_NAME(resources, ResourceMetadata, resource_metadata);
            break;
        case ENS_TF_DATA_SOURCE:
            ADD_NAME(data_sources, DataSourceMetadata, data_source_metadata);
            break;
        case ENS_TF_LIST:
            ADD_NAME(list_resources, ListResourceMetadata, list_resource_metadata);
            break;
        case ENS_TF_ACTION:
            ADD_NAME(actions, ActionMetadata, action_metadata);
            break;
        }
    }
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_get_resource_identity_schemas(void *ud, struct ens_rpc_call *rpc,
                                          const ProtobufCMessage *request)
{
    Tfplugin6__GetResourceIdentitySchemas__Response response =
        TFPLUGIN6__GET_RESOURCE_IDENTITY_SCHEMAS__RESPONSE__INIT;
    struct ens_arena *arena = ens_rpc_call_arena(rpc);

    (void)ud;
    (void)request;
    response.identity_schemas = ens_arena_array(arena, ENS_TF_SCHEMA_COUNT, sizeof(void *));
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        const struct ens_tf_schema *schema = &ens_tf_schemas[i];
        if (schema->identity != NULL) {
            Tfplugin6__GetResourceIdentitySchemas__Response__IdentitySchemasEntry *entry =
                ens_tf_message_new(
                    arena,
                    &tfplugin6__get_resource_identity_schemas__response__identity_schemas_entry__descriptor);
            entry->key = ens_tf_wire_text(arena, ens_str_of(schema->name));
            entry->value = ens_tf_identity_schema_to_wire(arena, schema);
            response.identity_schemas[response.n_identity_schemas++] = entry;
        }
    }
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_get_functions(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__GetFunctions__Response none = TFPLUGIN6__GET_FUNCTIONS__RESPONSE__INIT;

    (void)ud;
    (void)request;
    ens_rpc_call_reply(rpc, &none.base);
}

/* What there is, and the provider block. */
#include <string.h>

#include <tfplugin6.pb-c.h>

#include "terraform/schema_wire.h"
#include "terraform/terraform.h"
#include "terraform/wire.h"

/* ---- what there is --------------------------------------------------------------------------- */

static Tfplugin6__ServerCapabilities *capabilities(struct ens_arena *arena)
{
    Tfplugin6__ServerCapabilities *wire =
        ens_tf_message_new(arena, &tfplugin6__server_capabilities__descriptor);

    wire->plan_destroy = true;
    wire->get_provider_schema_optional = true;
    return wire;
}

/* An entry of one of the lists of the reply, which differ in nothing but their types. */
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
        case ENS_TF_ACTION:
            ADD_NAME(actions, ActionMetadata, action_metadata);
            break;
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

/* ---- the provider block ---------------------------------------------------------------------- */

static void read_preflight(struct ens_tf_call *call, const struct ens_value *config)
{
    const struct ens_value *preflight = ens_value_at(config, "preflight");
    struct ens_diags diags = {0};

    call->tf->preflight = ENS_TF_PREFLIGHT_ENFORCE;
    if (preflight == NULL || preflight->kind == ENS_VALUE_NULL) {
        return;
    }
    if (preflight->kind == ENS_VALUE_UNKNOWN) {
        call->tf->preflight = ENS_TF_PREFLIGHT_OFF;
        ens_tf_diags_add(&call->diags, ENS_WARNING, "preflight",
                         ENS_STR("preflight is not known yet"),
                         ENS_STR("Nothing is asked of the clouds while this is planned."));
        return;
    }
    if (ens_tf_preflight_parse(preflight->text, "preflight", &call->tf->preflight, &diags) !=
        ENS_OK) {
        ens_tf_diags_take(&call->diags, &diags);
    }
}

static struct ens_cloud_settings settings_of(const struct ens_tf_attribute *row,
                                             const struct ens_value *object)
{
    struct ens_cloud_settings settings = {.cloud = ens_str_of(row->name)};

    for (const struct ens_tf_attribute *member = row->nested; member->name != NULL; member++) {
        ens_str text = ens_value_text(ens_value_at(object, member->name));
        memcpy((char *)&settings + member->setting, &text, sizeof(text));
    }
    return settings;
}

static void read_clouds(struct ens_tf_call *call, const struct ens_value *config)
{
    struct ens_terraform *tf = call->tf;
    struct ens_cloud_settings settings[ENS_TF_CLOUDS_MAX];
    struct ens_diags diags = {0};
    size_t count = 0;

    tf->unsettled_count = 0;
    for (const struct ens_tf_attribute *row = call->schema->attributes; row->name != NULL; row++) {
        const struct ens_value *object = ens_value_at(config, row->name);
        if (row->type != ENS_TF_OBJECT || ens_value_is_null(object)) {
            continue;
        }
        ENS_ASSERT(count + tf->unsettled_count < ENS_TF_CLOUDS_MAX);
        if (ens_value_known(object)) {
            settings[count++] = settings_of(row, object);
        } else {
            tf->unsettled[tf->unsettled_count++] = row->name;
        }
    }
    if (ens_engine_configure(tf->engine, settings, count, &diags) != ENS_OK) {
        ens_tf_diags_take(&call->diags, &diags);
    }
}

void ens_tf_configure_provider(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__ConfigureProvider__Request *in =
        (const Tfplugin6__ConfigureProvider__Request *)request;
    Tfplugin6__ConfigureProvider__Response response = TFPLUGIN6__CONFIGURE_PROVIDER__RESPONSE__INIT;
    struct ens_tf_call call =
        ens_tf_call_begin(ud, rpc, ENS_TF_PROVIDER, ens_tf_provider_schema->name);
    struct ens_value config;

    if (ens_tf_call_value(&call, in->config, &config)) {
        call.tf->stopped = false;
        read_preflight(&call, &config);
        read_clouds(&call, &config);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

void ens_tf_stop_provider(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    Tfplugin6__StopProvider__Response done;
    struct ens_terraform *tf = ud;

    (void)request;
    tfplugin6__stop_provider__response__init(&done);
    tf->stopped = true;
    ens_engine_cancel_all(tf->engine);
    ens_log(tf->log, ENS_LOG_INFO, "terraform", "Terraform asks to stop");
    ens_rpc_call_reply(rpc, &done.base);
}

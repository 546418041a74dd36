/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/call_context.h"

#include <tfplugin6.pb-c.h>

#include "terraform/conform.h"
#include "terraform/msgpack.h"
#include "terraform/wire.h"

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

bool ens_tf_call_decode(struct ens_tf_call *call, const struct ens_tf_attribute *rows,
                        const Tfplugin6__DynamicValue *wire, struct ens_value *ret)
{
    struct ens_diags diags = {0};
    ens_rc rc = ENS_OK;

    *ret = ENS_NULL;
    if (wire != NULL && wire->msgpack.len == 0 && wire->json.len > 0) {
        ens_str json = {(const char *)wire->json.data, wire->json.len};
        rc = ens_tf_json_read(call->arena, ENS_TF_JSON_STATE, rows, json, ret, &diags);
    } else if (wire != NULL) {
        ens_str bytes = {(const char *)wire->msgpack.data, wire->msgpack.len};
        rc = ens_msgpack_read(call->arena, bytes, ret, &diags);
        if (rc == ENS_OK) {
            rc = ens_tf_conform(rows, ret, &diags);
        }
    }
    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

bool ens_tf_call_value(struct ens_tf_call *call, const Tfplugin6__DynamicValue *wire,
                       struct ens_value *ret)
{
    *ret = ENS_NULL;
    return call->schema != NULL && ens_tf_call_decode(call, call->schema->attributes, wire, ret);
}

bool ens_tf_call_stored(struct ens_tf_call *call, enum ens_tf_json_kind kind,
                        const struct ens_tf_attribute *rows, int64_t version,
                        const Tfplugin6__RawState *raw, struct ens_value *ret)
{
    struct ens_diags diags = {0};
    const bool is_json = raw != NULL && raw->json.len > 0;

    *ret = ENS_NULL;
    if (!is_json || version != 0) {
        ens_tf_diags_add(
            &call->diags, ENS_ERROR, NULL,
            ens_arena_printf(call->arena, "The %s of this resource can't be read",
                             kind == ENS_TF_JSON_IDENTITY ? "identity" : "state"),
            ens_arena_printf(call->arena,
                             "It has schema version %lld and %s; this provider knows version 0, as "
                             "JSON.",
                             (long long)version, is_json ? "JSON" : "no JSON"));
        return false;
    }
    ens_str json = {(const char *)raw->json.data, raw->json.len};
    ens_rc rc = ens_tf_json_read(call->arena, kind, rows, json, ret, &diags);
    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

void ens_tf_call_validate(struct ens_tf_call *call, const Tfplugin6__DynamicValue *wire,
                          struct ens_value *ret)
{
    struct ens_diags diags = {0};

    if (ens_tf_call_value(call, wire, ret)) {
        ens_tf_validate(call->schema->attributes, ret, ens_engine_registry(call->tf->engine),
                        &diags);
        const bool good = diags.count == 0;
        ens_tf_diags_take(&call->diags, &diags);
        if (good && call->schema->finds && ret->kind == ENS_VALUE_MAP) {
            struct ens_selector selector;
            (void)ens_tf_call_selector(call, ret, &selector);
        }
    }
}

bool ens_tf_call_selector(struct ens_tf_call *call, const struct ens_value *object,
                          struct ens_selector *ret)
{
    struct ens_diags diags = {0};
    ens_rc rc = ens_tf_selector_read(call->arena, object, ens_engine_registry(call->tf->engine),
                                     ret, &diags);

    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

bool ens_tf_settings_unknown(const struct ens_terraform *tf, ens_str cloud)
{
    for (size_t i = 0; i < tf->unknown_count; i++) {
        if (ens_str_is(cloud, tf->unknown_clouds[i])) {
            return true;
        }
    }
    return false;
}

bool ens_tf_call_plans(const struct ens_tf_call *call)
{
    const struct ens_terraform *tf = call->tf;

    if (tf->preflight_unknown) {
        return false;
    }
    return tf->preflight != ENS_TF_PREFLIGHT_OFF ||
           ens_engine_policy(tf->engine, call->arena).count > 0;
}

bool ens_tf_call_may_ask(struct ens_tf_call *call, ens_str cloud, bool known)
{
    if (known && !ens_tf_settings_unknown(call->tf, cloud)) {
        return true;
    }
    ens_tf_diags_add(&call->diags, ENS_ERROR, "cloud",
                     ENS_STR("The provider's settings are not known yet"),
                     ENS_STR("It is not known with which keys to ask. Apply first what the "
                             "provider block depends on."));
    return false;
}

Tfplugin6__Deferred *ens_tf_call_deferred(const struct ens_tf_call *call,
                                          const Tfplugin6__ClientCapabilities *host,
                                          bool provider_unknown, bool block_unknown)
{
    if (host == NULL || !host->deferral_allowed || (!provider_unknown && !block_unknown)) {
        return NULL;
    }
    Tfplugin6__Deferred *wire = ens_tf_message_new(call->arena, &tfplugin6__deferred__descriptor);
    wire->reason = provider_unknown ? TFPLUGIN6__DEFERRED__REASON__PROVIDER_CONFIG_UNKNOWN
                                    : TFPLUGIN6__DEFERRED__REASON__RESOURCE_CONFIG_UNKNOWN;
    return wire;
}

struct ens_value ens_tf_default_region(struct ens_terraform *tf, struct ens_arena *arena,
                                       const struct ens_value *cloud)
{
    ens_str name = ens_value_text(cloud);

    if (cloud->kind == ENS_VALUE_UNKNOWN || ens_tf_settings_unknown(tf, name)) {
        return ENS_UNKNOWN;
    }
    ens_str region = ens_engine_region(tf->engine, arena, name);
    return region.len > 0 ? ens_value_string(arena, region) : ENS_NULL;
}

bool ens_tf_call_targets(struct ens_tf_call *call, const struct ens_value *object,
                         struct ens_tf_targets *ret)
{
    struct ens_diags diags = {0};
    ens_rc rc = ens_tf_targets_read(call->arena, object, ens_engine_registry(call->tf->engine), ret,
                                    &diags);

    ens_tf_diags_take(&call->diags, &diags);
    return rc == ENS_OK;
}

void ens_tf_call_fill_region(struct ens_tf_call *call, struct ens_value *object)
{
    if (ens_value_is_null(ens_value_at(object, "region"))) {
        ens_value_set(object, "region",
                      ens_tf_default_region(call->tf, call->arena, ens_value_at(object, "cloud")));
    }
}

bool ens_tf_call_action(struct ens_tf_call *call, const Tfplugin6__DynamicValue *wire,
                        struct ens_value *ret_config, struct ens_tf_targets *ret)
{
    if (!ens_tf_call_value(call, wire, ret_config)) {
        return false;
    }
    if (ret_config->kind != ENS_VALUE_MAP) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("No config block"),
                         ENS_STR("The action needs config { cloud, region, instance_ids }."));
        return false;
    }
    ens_tf_call_fill_region(call, ret_config);
    return ens_tf_call_targets(call, ret_config, ret);
}

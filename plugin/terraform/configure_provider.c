/* SPDX-License-Identifier: Apache-2.0 */
/* ConfigureProvider: applies the settings of the provider block to all later calls. */
#include <string.h>

#include <tfplugin6.pb-c.h>

#include "terraform/call_context.h"
#include "terraform/handlers.h"

/* A member of the provider block; of an unknown block each is unknown. */
static const struct ens_value *member(const struct ens_value *config, const char *name)
{
    return config->kind == ENS_VALUE_UNKNOWN ? config : ens_value_at(config, name);
}

static void read_preflight(struct ens_tf_call *call, const struct ens_value *config, bool defers)
{
    const struct ens_value *preflight = member(config, "preflight");
    struct ens_diags diags = {0};

    call->tf->preflight = ENS_TF_PREFLIGHT_ENFORCE;
    call->tf->preflight_unknown = false;
    if (!ens_tf_is_set(preflight)) {
        return;
    }
    if (preflight->kind == ENS_VALUE_UNKNOWN) {
        call->tf->preflight = ENS_TF_PREFLIGHT_OFF;
        call->tf->preflight_unknown = true;
        if (!defers) {
            ens_tf_diags_add(&call->diags, ENS_WARNING, "preflight",
                             ENS_STR("preflight is not known yet"),
                             ENS_STR("Nothing is asked of the clouds while this is planned."));
        }
        return;
    }
    if (ens_tf_preflight_parse(preflight->text, "preflight", &call->tf->preflight, &diags) !=
        ENS_OK) {
        ens_tf_diags_take(&call->diags, &diags);
    }
}

/* A number of seconds. One that is out of range becomes one that the engine refuses. */
static uint32_t seconds_of(const struct ens_value *value)
{
    if (ens_value_is_null(value)) {
        return 0;
    }
    return value->kind == ENS_VALUE_INTEGER && value->integer >= 0 && value->integer < UINT32_MAX
               ? (uint32_t)value->integer
               : UINT32_MAX;
}

static void read_settings(const struct ens_tf_attribute *rows, const struct ens_value *object,
                          struct ens_cloud_settings *ret)
{
    for (const struct ens_tf_attribute *row = rows; row->name != NULL; row++) {
        const struct ens_value *value = ens_value_at(object, row->name);
        char *at = (char *)ret + row->setting;
        if (row->type == ENS_TF_OBJECT) {
            read_settings(row->nested, value, ret);
        } else if (row->type == ENS_TF_NUMBER) {
            const uint32_t seconds = seconds_of(value);
            memcpy(at, &seconds, sizeof(seconds));
        } else {
            const ens_str text = ens_value_text(value);
            memcpy(at, &text, sizeof(text));
        }
    }
}

/* The values of a guard, as texts. */
static struct ens_guard guard_of(struct ens_arena *arena, const struct ens_value *value)
{
    const bool is_list = value->kind == ENS_VALUE_LIST;
    const size_t count = is_list ? value->list.count : 1;
    ens_str *values = ens_arena_array(arena, count, sizeof(*values));

    for (size_t i = 0; i < count; i++) {
        const struct ens_value *one = is_list ? &value->list.items[i] : value;
        values[i] = one->kind == ENS_VALUE_INTEGER
                        ? ens_arena_printf(arena, "%lld", (long long)one->integer)
                    : one->kind == ENS_VALUE_BOOL ? ENS_STR("true")
                                                  : ens_value_text(one);
    }
    return (struct ens_guard){
        .source = ENS_STR("the provider block"), .values = values, .value_count = count};
}

/* The guards of the provider block. Those whose values are not known yet are not in force. */
static ens_rc read_policy(struct ens_tf_call *call, const struct ens_value *config, bool defers,
                          struct ens_policy *ret, struct ens_diags *diags)
{
    const struct ens_value *policy = member(config, "policy");
    const struct ens_tf_attribute *rows =
        ens_tf_attribute_find(call->schema->attributes, ENS_STR("policy"))->nested;

    call->tf->policy_unknown = false;
    for (; rows->name != NULL && !ens_value_is_null(policy); rows++) {
        const struct ens_value *value = member(policy, rows->name);
        if (!ens_tf_is_set(value) || (value->kind == ENS_VALUE_BOOL && !value->boolean)) {
            continue;
        }
        if (!ens_value_known(value)) {
            call->tf->policy_unknown = true;
            continue;
        }
        struct ens_guard guard = guard_of(call->arena, value);
        ENS_ASSERT(ens_rule_parse(ens_str_of(rows->name), &guard.rule));
        ens_rc rc = ens_policy_read_guard(call->arena, ret, &guard, "policy", diags);
        if (rc != ENS_OK) {
            return rc;
        }
    }
    if (call->tf->policy_unknown && !defers) {
        ens_tf_diags_add(&call->diags, ENS_WARNING, "policy", ENS_STR("policy is not known yet"),
                         ENS_STR("Guards whose values are not known do not hold while this is "
                                 "planned; they hold when it is applied."));
    }
    return ENS_OK;
}

static void read_session(struct ens_tf_call *call, const struct ens_value *config, bool defers)
{
    struct ens_terraform *tf = call->tf;
    struct ens_cloud_settings settings[ENS_TF_CLOUDS_MAX];
    struct ens_policy policy = {0};
    struct ens_diags diags = {0};
    size_t count = 0;

    tf->unknown_count = 0;
    for (const struct ens_tf_attribute *row = call->schema->attributes; row->name != NULL; row++) {
        const struct ens_value *object = member(config, row->name);
        if ((row->flags & ENS_TF_CLOUD) == 0 || ens_value_is_null(object)) {
            continue;
        }
        ENS_ASSERT(count + tf->unknown_count < ENS_TF_CLOUDS_MAX);
        if (ens_value_known(object)) {
            settings[count] = (struct ens_cloud_settings){.cloud = ens_str_of(row->name)};
            read_settings(row->nested, object, &settings[count++]);
        } else {
            tf->unknown_clouds[tf->unknown_count++] = row->name;
        }
    }
    if (read_policy(call, config, defers, &policy, &diags) != ENS_OK ||
        ens_engine_configure(tf->engine, settings, count, &policy, &diags) != ENS_OK) {
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
        const bool defers =
            in->client_capabilities != NULL && in->client_capabilities->deferral_allowed;
        atomic_store(&call.tf->stopped, false);
        read_preflight(&call, &config, defers);
        read_session(&call, &config, defers);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

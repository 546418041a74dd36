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

static void read_clouds(struct ens_tf_call *call, const struct ens_value *config)
{
    struct ens_terraform *tf = call->tf;
    struct ens_cloud_settings settings[ENS_TF_CLOUDS_MAX];
    struct ens_diags diags = {0};
    size_t count = 0;

    tf->unknown_count = 0;
    for (const struct ens_tf_attribute *row = call->schema->attributes; row->name != NULL; row++) {
        const struct ens_value *object = member(config, row->name);
        if (row->type != ENS_TF_OBJECT || ens_value_is_null(object)) {
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
    if (ens_engine_configure(tf->engine, settings, count, NULL, &diags) != ENS_OK) {
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
        atomic_store(&call.tf->stopped, false);
        read_preflight(&call, &config,
                       in->client_capabilities != NULL &&
                           in->client_capabilities->deferral_allowed);
        read_clouds(&call, &config);
    }
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

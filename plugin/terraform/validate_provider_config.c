/* SPDX-License-Identifier: Apache-2.0 */
/* ValidateProviderConfig. */
#include <tfplugin6.pb-c.h>

#include "credentials/settings_rules.h"
#include "terraform/call_context.h"
#include "terraform/handlers.h"

/* Of an object: set if a member is, else unknown if a member is. */
static enum ens_presence presence_of(const struct ens_value *value)
{
    enum ens_presence found = ENS_PRESENCE_UNSET;

    if (!ens_value_is_null(value) && value->kind == ENS_VALUE_UNKNOWN) {
        return ENS_PRESENCE_UNKNOWN;
    }
    if (ens_value_is_null(value) || value->kind != ENS_VALUE_MAP) {
        return ens_tf_is_set(value) ? ENS_PRESENCE_SET : ENS_PRESENCE_UNSET;
    }
    for (size_t i = 0; i < value->map.count; i++) {
        const enum ens_presence member = presence_of(&value->map.pairs[i].value);
        found = member > found ? member : found;
    }
    return found;
}

/* Of the setting of a cloud, "profile" or "assume_role.policy", in its object. */
static enum ens_presence presence(const void *ud, const char *name)
{
    const struct ens_value *value = ud;
    ens_str rest = ens_str_of(name);

    while (rest.len > 0) {
        const ens_str step = ens_str_cut(rest, '.', &rest);
        if (!ens_value_is_null(value) && value->kind == ENS_VALUE_UNKNOWN) {
            return ENS_PRESENCE_UNKNOWN;
        }
        value = ens_value_is_null(value) ? NULL : ens_value_at_str(value, step);
    }
    return presence_of(value);
}

/* Checks which settings go together. A cloud without a provider is told when it is used. */
static void check_clouds(struct ens_tf_call *call, const struct ens_value *config)
{
    const struct ens_registry *registry = ens_engine_registry(call->tf->engine);
    struct ens_diags diags = {0};

    for (const struct ens_tf_attribute *row = call->schema->attributes; row->name != NULL; row++) {
        const struct ens_provider *provider = ens_registry_find(registry, ens_str_of(row->name));
        const struct ens_presences presences = {presence, ens_value_at(config, row->name)};
        if (provider != NULL && row->type == ENS_TF_OBJECT) {
            (void)ens_settings_rules_check(provider, &presences, &diags);
        }
    }
    ens_tf_diags_take(&call->diags, &diags);
}

void ens_tf_validate_provider_config(void *ud, struct ens_rpc_call *rpc,
                                     const ProtobufCMessage *request)
{
    const Tfplugin6__ValidateProviderConfig__Request *in =
        (const Tfplugin6__ValidateProviderConfig__Request *)request;
    Tfplugin6__ValidateProviderConfig__Response response =
        TFPLUGIN6__VALIDATE_PROVIDER_CONFIG__RESPONSE__INIT;
    struct ens_value config = ENS_NULL;
    struct ens_tf_call call =
        ens_tf_call_begin(ud, rpc, ENS_TF_PROVIDER, ens_tf_provider_schema->name);

    ens_tf_call_validate(&call, in->config, &config);
    check_clouds(&call, &config);
    response.diagnostics = call.diags.items;
    response.n_diagnostics = call.diags.count;
    ens_rpc_call_reply(rpc, &response.base);
}

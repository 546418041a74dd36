/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/params.h"

#include <string.h>

#include "ansible/args.h"

#define AT(name, type, member)                                                                     \
    {                                                                                              \
        (name), ENS_PARAM_##type, false, offsetof(struct ens_args, member), NULL                   \
    }
#define REQUIRED(name, member)                                                                     \
    {                                                                                              \
        (name), ENS_PARAM_TEXT, true, offsetof(struct ens_args, member), NULL                      \
    }
#define IN(name, table)                                                                            \
    {                                                                                              \
        (name), ENS_PARAM_DICTIONARY, false, 0, (table)                                            \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, ENS_PARAM_TEXT, false, 0, NULL                                                       \
    }

static const struct ens_param assume_role[] = {
    AT("role", TEXT, settings.assume_role.role),
    AT("session_name", TEXT, settings.assume_role.session_name),
    AT("duration_seconds", SECONDS, settings.assume_role.duration_s),
    AT("policy", TEXT, settings.assume_role.policy),
    AT("external_id", TEXT, settings.assume_role.external_id),
    END,
};

static const struct ens_param assume_role_with_oidc[] = {
    AT("role", TEXT, settings.assume_role_with_oidc.role),
    AT("provider", TEXT, settings.assume_role_with_oidc.provider),
    AT("token", SECRET, settings.assume_role_with_oidc.token),
    AT("token_file", TEXT, settings.assume_role_with_oidc.token_file),
    AT("session_name", TEXT, settings.assume_role_with_oidc.session_name),
    AT("duration_seconds", SECONDS, settings.assume_role_with_oidc.duration_s),
    AT("policy", TEXT, settings.assume_role_with_oidc.policy),
    END,
};

static const struct ens_param filters[] = {
    AT("status", STATUSES, selector.statuses),
    AT("tags", TAGS, selector.tags),
    AT("name", TEXT, selector.name),
    AT("zone", TEXT, selector.zone),
    AT("group", TEXT, selector.group),
    AT("limit", LIMIT, selector.limit),
    END,
};

#define GUARD(name)                                                                                \
    {                                                                                              \
        (name), ENS_PARAM_GUARD, false, 0, NULL                                                    \
    }

static const struct ens_param policy[] = {
    GUARD("max_starts"),     GUARD("allow"),          GUARD("deny"),
    GUARD("min_confidence"), GUARD("audit_required"), END,
};

#define PLACE REQUIRED("cloud", settings.cloud), REQUIRED("region", region)

/* Keys, and where the cloud's API is. */
#define ACCOUNT                                                                                    \
    AT("access_key", SECRET, settings.access_key), AT("secret_key", SECRET, settings.secret_key),  \
        AT("security_token", SECRET, settings.security_token),                                     \
        AT("profile", TEXT, settings.profile), IN("assume_role", assume_role),                     \
        IN("assume_role_with_oidc", assume_role_with_oidc),                                        \
        AT("metadata_role", TEXT, settings.metadata_role), AT("endpoint", URL, settings.endpoint)

static const struct ens_param instance_running[] = {
    PLACE,
    AT("instance_id", TEXT, instance_id),
    AT("instance_ids", TEXTS, instance_ids),
    AT("wait_timeout", DURATION, wait_timeout_ms),
    ACCOUNT,
    AT("preflight", BOOL, preflight),
    {"policy", ENS_PARAM_POLICY, false, offsetof(struct ens_args, policy), policy},
    END,
};

static const struct ens_param instance_info[] = {
    PLACE,
    AT("instance_ids", TEXTS, instance_ids),
    IN("filters", filters),
    AT("wait_timeout", DURATION, wait_timeout_ms),
    ACCOUNT,
    END,
};

const struct ens_param *ens_module_params(enum ens_module module)
{
    static const struct ens_param *const tables[ENS_MODULE_COUNT] = {
        [ENS_MODULE_INSTANCE_RUNNING] = instance_running,
        [ENS_MODULE_INSTANCE_INFO] = instance_info,
    };

    return tables[module];
}

const struct ens_param *ens_param_find(const struct ens_param *table, const char *name)
{
    while (table->name != NULL && strcmp(table->name, name) != 0) {
        table++;
    }
    return table->name != NULL ? table : NULL;
}

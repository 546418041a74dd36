/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/profile.h"

#include "kit/profile.h"
#include "kit/text.h"

static ens_str role_name(const struct ens_memory *memory, ens_str account, ens_str role)
{
    return KIT_CONCAT(memory, KIT_STR("trn:iam::"), account, KIT_STR(":role/"), role);
}

/* ~/.volcengine/config.json */
static void read_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                        struct ens_profile *ret)
{
    static const struct kit_mode modes[] = {
        {"ak", KIT_FROM_KEYS, false, NULL},
        {"ramrolearn", KIT_FROM_KEYS, true, NULL},
        {"oidc", KIT_FROM_OIDC, false, NULL},
        {"ecsrole", KIT_FROM_METADATA, false, NULL},
        {"sso", KIT_FROM_KEYS, false, "log in again with: ve sso login"},
        {"console-login", KIT_FROM_LOGIN, false, "log in again with: ve login"},
        {NULL, KIT_FROM_KEYS, false, NULL},
    };
    static const struct kit_profile_shape shape = {
        .access_key = "access-key",
        .secret_key = "secret-key",
        .security_token = "session-token",
        .expiry = "sts-expiration",
        .region = "region",
        .mode = "mode",
        .modes = modes,
        .role = "role-name",
        .role_account = "account-id",
        .role_name = role_name,
        .oidc_role = "role-trn",
        .token_file = "oidc-token-file",
        .metadata_role = "role-name",
        .login = "login-session",
    };

    kit_profile_read_json(memory, text, asked, &shape, ret);
}

/* ~/.volc/config of the older SDKs */
static void read_old_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                            struct ens_profile *ret)
{
    static const struct kit_profile_shape shape = {
        .access_key = "VOLC_ACCESSKEY",
        .secret_key = "VOLC_SECRETKEY",
        .modes = kit_keys_alone,
    };

    kit_profile_read_one(memory, text, asked, &shape, ret);
}

/* ~/.volcengine/credentials, deprecated, with the names of two generations of SDKs */
static void read_credentials(const struct ens_memory *memory, ens_str text, ens_str asked,
                             struct ens_profile *ret)
{
    static const struct kit_profile_shape shape = {
        .access_key = "volcstack_access_key_id|volcengine_access_key_id",
        .secret_key = "volcstack_secret_access_key|volcengine_secret_access_key",
        .security_token = "volcengine_session_token|volcstack_session_token",
        .modes = kit_keys_alone,
    };

    kit_profile_read_ini(memory, text, asked, &shape, ret);
}

static const char *const name_variables[] = {"VOLCENGINE_PROFILE", "VOLCSTACK_PROFILE", NULL};

static const struct ens_profile_file config = {
    .struct_size = sizeof(config),
    .path_variable = "VOLCENGINE_CLI_CONFIG_FILE",
    .home_path = ".volcengine/config.json",
    .name_variables = name_variables,
    .read = read_config,
};

static const struct ens_profile_file old_config = {
    .struct_size = sizeof(old_config),
    .home_path = ".volc/config",
    .read = read_old_config,
};

static const struct ens_profile_file credentials = {
    .struct_size = sizeof(credentials),
    .path_variable = "VOLCSTACK_SHARED_CREDENTIALS_FILE",
    .home_path = ".volcengine/credentials",
    .name_variables = name_variables,
    .read = read_credentials,
};

const struct ens_profile_file *const volcengine_profile_files[] = {&config, &old_config,
                                                                   &credentials, NULL};

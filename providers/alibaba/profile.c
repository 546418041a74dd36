/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/profile.h"

#include "kit/profile.h"

#define LOGIN_AGAIN(mode) "log in again with: aliyun configure --mode " mode

/* ~/.aliyun/config.json */
static void read_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                        struct ens_profile *ret)
{
    static const struct kit_mode modes[] = {
        {"AK", KIT_FROM_KEYS, false, NULL},
        {"StsToken", KIT_FROM_KEYS, false, NULL},
        {"RamRoleArn", KIT_FROM_KEYS, true, NULL},
        {"ChainableRamRoleArn", KIT_FROM_SOURCE, true, NULL},
        {"EcsRamRole", KIT_FROM_METADATA, false, NULL},
        {"RamRoleArnWithRoleName", KIT_FROM_METADATA, true, NULL},
        {"OIDC", KIT_FROM_OIDC, false, NULL},
        {"External", KIT_FROM_COMMAND, false, NULL},
        {"CredentialsURI", KIT_FROM_URI, false, NULL},
        {"CloudSSO", KIT_FROM_KEYS, false, LOGIN_AGAIN("CloudSSO")},
        {"OAuth", KIT_FROM_KEYS, false, LOGIN_AGAIN("OAuth")},
        {NULL, KIT_FROM_KEYS, false, NULL},
    };
    static const struct kit_profile_shape shape = {
        .access_key = "access_key_id",
        .secret_key = "access_key_secret",
        .security_token = "sts_token",
        .expiry = "sts_expiration",
        .region = "region_id",
        .mode = "mode",
        .modes = modes,
        .role = "ram_role_arn",
        .session_name = "ram_session_name",
        .duration = "expired_seconds",
        .policy = "policy",
        .external_id = "external_id",
        .sts_host = "sts_endpoint",
        .sts_region = "sts_region",
        .sts_private = "enable_vpc",
        .oidc_role = "ram_role_arn",
        .identity_provider = "oidc_provider_arn",
        .token_file = "oidc_token_file",
        .metadata_role = "ram_role_name",
        .command = "process_command",
        .uri = "credentials_uri",
        .source_profile = "source_profile",
    };

    kit_profile_read_json(memory, text, asked, &shape, ret);
}

/* ~/.alibabacloud/credentials */
static void read_credentials(const struct ens_memory *memory, ens_str text, ens_str asked,
                             struct ens_profile *ret)
{
    static const struct kit_mode types[] = {
        {"access_key", KIT_FROM_KEYS, false, NULL},
        {"ram_role_arn", KIT_FROM_KEYS, true, NULL},
        {"ecs_ram_role", KIT_FROM_METADATA, false, NULL},
        {NULL, KIT_FROM_KEYS, false, NULL},
    };
    static const struct kit_profile_shape shape = {
        .access_key = "access_key_id",
        .secret_key = "access_key_secret",
        .mode = "type",
        .modes = types,
        .role = "role_arn",
        .session_name = "role_session_name",
        .policy = "policy",
        .metadata_role = "role_name",
    };

    kit_profile_read_ini(memory, text, asked, &shape, ret);
}

static const char *const name_variables[] = {"ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE",
                                             "ALICLOUD_PROFILE", NULL};

static const struct ens_profile_file config = {
    .struct_size = sizeof(config),
    .path_variable = "ALIBABA_CLOUD_CONFIG_FILE",
    .home_path = ".aliyun/config.json",
    .name_variables = name_variables,
    .read = read_config,
    .off_variable = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
};

static const struct ens_profile_file credentials = {
    .struct_size = sizeof(credentials),
    .path_variable = "ALIBABA_CLOUD_CREDENTIALS_FILE",
    .home_path = ".alibabacloud/credentials",
    .name_variables = name_variables,
    .read = read_credentials,
};

const struct ens_profile_file *const alibaba_profile_files[] = {&config, &credentials, NULL};

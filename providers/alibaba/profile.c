/* SPDX-License-Identifier: Apache-2.0 */
#include "alibaba/profile.h"

#include "kit/profile.h"

/* ~/.aliyun/config.json */
static void read_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                        struct ens_profile *ret)
{
    static const char *const modes[] = {"AK", "StsToken", NULL};
    static const struct kit_profile_shape shape = {
        .access_key = "access_key_id",
        .secret_key = "access_key_secret",
        .security_token = "sts_token",
        .region = "region_id",
        .mode = "mode",
        .modes = modes,
    };

    kit_profile_read_json(memory, text, asked, &shape, ret);
}

/* ~/.alibabacloud/credentials */
static void read_credentials(const struct ens_memory *memory, ens_str text, ens_str asked,
                             struct ens_profile *ret)
{
    static const char *const types[] = {"access_key", NULL};
    static const struct kit_profile_shape shape = {
        .access_key = "access_key_id",
        .secret_key = "access_key_secret",
        .mode = "type",
        .modes = types,
    };

    kit_profile_read_ini(memory, text, asked, &shape, ret);
}

static const char *const name_variables[] = {"ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", NULL};

static const struct ens_profile_file config = {
    .struct_size = sizeof(config),
    .path_variable = "ALIBABA_CLOUD_CONFIG_FILE",
    .home_path = ".aliyun/config.json",
    .name_variables = name_variables,
    .read = read_config,
};

static const struct ens_profile_file credentials = {
    .struct_size = sizeof(credentials),
    .path_variable = "ALIBABA_CLOUD_CREDENTIALS_FILE",
    .home_path = ".alibabacloud/credentials",
    .name_variables = name_variables,
    .read = read_credentials,
};

const struct ens_profile_file *const alibaba_profile_files[] = {&config, &credentials, NULL};

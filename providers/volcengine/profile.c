/* SPDX-License-Identifier: Apache-2.0 */
#include "volcengine/profile.h"

#include "kit/profile.h"

/* ~/.volcengine/config.json */
static void read_config(const struct ens_memory *memory, ens_str text, ens_str asked,
                        struct ens_profile *ret)
{
    static const char *const modes[] = {"ak", NULL};
    static const struct kit_profile_shape shape = {
        .access_key = "access-key",
        .secret_key = "secret-key",
        .security_token = "session-token",
        .region = "region",
        .mode = "mode",
        .modes = modes,
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
    };

    kit_profile_read_one(memory, text, asked, &shape, ret);
}

/* ~/.volcengine/credentials, deprecated */
static void read_credentials(const struct ens_memory *memory, ens_str text, ens_str asked,
                             struct ens_profile *ret)
{
    static const struct kit_profile_shape shape = {
        .access_key = "volcstack_access_key_id",
        .secret_key = "volcstack_secret_access_key",
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
    .home_path = ".volcengine/credentials",
    .name_variables = name_variables,
    .read = read_credentials,
};

const struct ens_profile_file *const volcengine_profile_files[] = {&config, &old_config,
                                                                   &credentials, NULL};
